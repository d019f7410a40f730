"""Mail and JSON webhooks, sent by apprise, which says whether they were taken."""

from __future__ import annotations

from types import ModuleType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ...workflow.errors import StorageFailed, Undelivered
from ...workflow.messages import say

KEY_HEADER = "X-Caseclock-Key"
"""The header by which a receiver tells that it has had a letter already."""


def send_json(address: str, title: str, text: str, key: str, seconds: float) -> None:
    """Post a letter as JSON to a web address: ``title``, ``message`` and ``key``. Raises `Undelivered`."""
    web = urlsplit(address)
    kept = [(f"-{name}", value) for name, value in parse_qsl(web.query)]
    query = urlencode([*kept, (f"+{KEY_HEADER}", key), (":key", key), *_patience(seconds)])
    scheme = "jsons" if web.scheme == "https" else "json"
    _send(urlunsplit((scheme, web.netloc, web.path, query, "")), title, text)


def send_mail(server: str, address: str, title: str, text: str, key: str, seconds: float) -> None:
    """Mail a letter through a server, in plain text. Raises `Undelivered`."""
    more = urlencode([("to", address), ("format", "text"), (f"+{KEY_HEADER}", key), *_patience(seconds)])
    _send(f"{server}{'&' if '?' in server else '?'}{more}", title, text)


def _patience(seconds: float) -> list[tuple[str, str]]:
    return [("cto", str(seconds)), ("rto", str(seconds))]


def _send(address: str, title: str, text: str) -> None:
    service = _apprise().Apprise()
    if not service.add(address):
        raise Undelivered(say("this is no address that apprise understands"), for_good=True)
    # Nothing of what it logs is repeated: an address may hold a secret.
    if not service.notify(body=text, title=title, body_format="text"):
        raise Undelivered(say("the receiver cannot be reached, or has not taken it"))


def _apprise() -> ModuleType:
    import logging

    try:
        import apprise
    except ModuleNotFoundError as error:
        raise StorageFailed(
            say("mail and web addresses need a package that is not installed: {module}", module="apprise"),
            say("install it: pip install 'caseclock[notify]'"),
        ) from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    made: ModuleType = apprise
    return made
