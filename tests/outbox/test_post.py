"""Letters reach real receivers, and what a receiver answers is believed only when it says that it has them."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from caseclock.definitions.language import language
from caseclock.storage.delivery import Post
from caseclock.workflow.errors import Undelivered

pytestmark = pytest.mark.parametrize("any_store", ["memory"], indirect=True)

ROBOTS = ("dingtalk", "wecom", "feishu")


def letter_to(town: Any, person: str, kind: str) -> Any:
    """The letter of one person by one way."""
    town.dispatched()
    town.clock[0] += timedelta(days=6)
    town.engine.tick()
    letters = (letter for letter in town.engine.letters() if letter.person == person and kind in letter.address)
    return next(letters)


def post(receiver: Any = None, *, mail: str | None = None, seconds: float = 5) -> Post:
    hosts = dict.fromkeys(ROBOTS, receiver.address if receiver else "http://127.0.0.1:9")
    return Post(language, mail, hosts, seconds)


@pytest.fixture
def letter(town: Any) -> Any:
    return letter_to(town, "wim", "dingtalk")


@pytest.fixture
def mails() -> Iterator[tuple[str, list[Any]]]:
    """A mail server on a free port, and the mails that it has taken."""
    taken: list[Any] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            if envelope.rcpt_tos == ["refused@example.org"]:
                return "550 no such box"
            taken.append(envelope)
            return "250 OK"

    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    yield f"mailto://127.0.0.1:{port}?from=office@example.org&mode=insecure", taken
    controller.stop()


def test_a_mail_arrives_in_the_receivers_language_with_its_key(town: Any, mails: Any) -> None:
    letter = letter_to(town, "wanda", "@")
    address, taken = mails
    post(mail=address).send(letter)
    (envelope,) = taken
    mail = email.message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["wanda@example.org"]
    assert mail["X-Caseclock-Key"] == letter.key
    assert letter.facts["number"] in str(make_header(decode_header(mail["Subject"])))
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    assert "案件" in text.decode()


def test_a_mail_that_is_refused_or_finds_no_server_is_not_delivered(town: Any, mails: Any) -> None:
    letter = letter_to(town, "wanda", "@")
    with pytest.raises(Undelivered, match="has not taken it"):
        post(mail=mails[0]).send(replace(letter, address="refused@example.org"))
    with pytest.raises(Undelivered, match="has not taken it"):
        post(mail="mailto://127.0.0.1:9?from=office@example.org&mode=insecure").send(letter)
    with pytest.raises(Undelivered, match="no mail server"):
        post().send(letter)


def test_a_web_address_gets_json_with_the_key(town: Any, receiver: Any) -> None:
    letter = replace(letter_to(town, "wanda", "https"), address=f"{receiver.address}/inbox?room=1")
    post().send(letter)
    ((path, headers, told),) = receiver.got
    assert path == "/inbox?room=1"
    assert (headers["X-Caseclock-Key"], told["key"]) == (letter.key, letter.key)
    assert letter.facts["number"] in told["title"]


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_a_web_address_that_answers_with_an_error_has_not_got_it(town: Any, receiver: Any, status: int) -> None:
    letter = replace(letter_to(town, "wanda", "https"), address=f"{receiver.address}/inbox")
    receiver.status = status
    with pytest.raises(Undelivered):
        post().send(letter)


@pytest.mark.parametrize("way", ["hangs", "hangs_up"])
def test_a_web_address_that_hangs_or_hangs_up_has_not_got_it(town: Any, receiver: Any, way: str) -> None:
    letter = replace(letter_to(town, "wanda", "https"), address=f"{receiver.address}/inbox")
    setattr(receiver, way, True)
    with pytest.raises(Undelivered):
        post(seconds=0.3).send(letter)


def test_a_dingtalk_robot_is_asked_with_a_signature(letter: Any, receiver: Any) -> None:
    post(receiver).send(letter)
    ((path, _, told),) = receiver.got
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    signed = f"{query['timestamp']}\nsigning-secret"
    sign = base64.b64encode(hmac.new(b"signing-secret", signed.encode(), hashlib.sha256).digest()).decode()
    assert (urlsplit(path).path, query["access_token"], query["sign"]) == ("/robot/send", "secret-token", sign)
    assert letter.key in told["text"]["content"]
    assert "2026-11-19 24:00" in told["text"]["content"]


def test_wecom_and_feishu_robots_are_asked_in_their_own_ways(letter: Any, receiver: Any) -> None:
    post(receiver).send(replace(letter, address="wecom:key-1"))
    post(receiver).send(replace(letter, address="feishu:token-1:signing-secret"))
    (wecom, _, first), (feishu, _, second) = receiver.got
    assert wecom == "/cgi-bin/webhook/send?key=key-1"
    assert letter.key in first["text"]["content"]
    assert feishu == "/open-apis/bot/v2/hook/token-1"
    key = f"{second['timestamp']}\nsigning-secret"
    assert second["sign"] == base64.b64encode(hmac.new(key.encode(), b"", hashlib.sha256).digest()).decode()
    assert letter.key in second["content"]["text"]


LIES = {
    "an error code": b'{"errcode": 310000, "errmsg": "sign not match"}',
    "feishu's error code": b'{"code": 19021, "msg": "sign match fail"}',
    "no code": b"{}",
    "a list": b"[0]",
    "a page": b"<html>OK</html>",
    "nothing": b"",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_robot_that_says_200_and_means_no_is_not_believed(letter: Any, receiver: Any, lie: str) -> None:
    receiver.answer = LIES[lie]
    with pytest.raises(Undelivered) as refused:
        post(receiver).send(letter)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("way", ["hangs", "hangs_up"])
def test_a_robot_that_hangs_or_hangs_up_has_not_said_it(letter: Any, receiver: Any, way: str) -> None:
    setattr(receiver, way, True)
    with pytest.raises(Undelivered) as refused:
        post(receiver, seconds=0.3).send(letter)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("status", [404, 500])
def test_a_robot_that_is_not_there_has_not_said_it(letter: Any, receiver: Any, status: int) -> None:
    receiver.status = status
    with pytest.raises(Undelivered, match=str(status)) as refused:
        post(receiver).send(letter)
    assert "secret" not in str(refused.value)
    with pytest.raises(Undelivered, match="cannot be reached"):
        post().send(letter)
