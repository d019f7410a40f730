"""Robots of group chats: DingTalk, WeCom and Feishu. Their HTTP status is always 200; the answer's code tells.

Sources: the robots' public interface pages (custom robots of DingTalk and Feishu, message push of WeCom).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from ...workflow.errors import Undelivered
from ...workflow.messages import say

Hosts = Mapping[str, str]

HOSTS: Hosts = {
    "dingtalk": "https://oapi.dingtalk.com",
    "wecom": "https://qyapi.weixin.qq.com",
    "feishu": "https://open.feishu.cn",
}
"""Where the robots live."""


def send(kind: str, host: str, secrets: str, text: str, seconds: float) -> None:
    """Have a robot say a text in its group. Raises `Undelivered` unless it answers that it has.

    Args:
        secrets: its token, and its signing secret after a colon where it has one.
    """
    token, _, secret = secrets.partition(":")
    path, asked = _ASKING[kind](token, secret, text)
    answer = _answer(f"{host}{path}", asked, seconds)
    code = answer.get("errcode", answer.get("code"))
    if code != 0:
        raise Undelivered(
            say("the robot has refused it: {code} {reason}", code=code, reason=answer.get("errmsg", answer.get("msg")))
        )


def _dingtalk(token: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
    query = {"access_token": token}
    if secret:
        stamp = str(round(time.time() * 1000))
        query |= {"timestamp": stamp, "sign": _signed(secret, f"{stamp}\n{secret}")}
    return f"/robot/send?{urlencode(query)}", {"msgtype": "text", "text": {"content": text}}


def _wecom(token: str, _: str, text: str) -> tuple[str, dict[str, Any]]:
    return f"/cgi-bin/webhook/send?{urlencode({'key': token})}", {"msgtype": "text", "text": {"content": text}}


def _feishu(token: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
    asked: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(round(time.time()))
        # Here what is signed is empty, and the stamp is part of the key.
        asked |= {"timestamp": stamp, "sign": _signed(f"{stamp}\n{secret}", "")}
    return f"/open-apis/bot/v2/hook/{quote(token, safe='')}", asked


_ASKING: Mapping[str, Callable[[str, str, str], tuple[str, dict[str, Any]]]] = {
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "feishu": _feishu,
}


def _unreachable(reason: object) -> Undelivered:
    return Undelivered(say("the robot cannot be reached: {reason}", reason=reason))


def _signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _answer(address: str, asked: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Post JSON and return the JSON that comes back. Raises `Undelivered` for anything else."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(address, json.dumps(asked, ensure_ascii=False).encode(), headers)  # noqa: S310 (see HOSTS)
    try:
        with urlopen(request, timeout=seconds) as response:  # noqa: S310
            answer = json.loads(response.read())
    except HTTPError as error:
        error.close()
        raise _unreachable(error.code) from None
    except (OSError, HTTPException) as error:
        # Not the error's own text: it may hold the address, and with it the token.
        raise _unreachable(type(error).__name__) from None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Undelivered(say("the robot has answered something that is no answer"))
    return answer
