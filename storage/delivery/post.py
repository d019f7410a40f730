"""The post: puts a letter into words, and sends it the way that its address names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...workflow.errors import Undelivered
from ...workflow.letters import Letter
from ...workflow.messages import Language, say
from ...workflow.showing.letter_pages import body, subject
from . import by_apprise, robots

SECONDS = 20
"""How long a receiver may take to answer; much shorter than the lease of a letter."""


@dataclass(frozen=True, slots=True)
class Post:
    """Sends letters.

    Args:
        language: gives the language of a code, ``en`` or ``zh``.
        mail: the mail server, as an address of apprise's such as ``mailtos://user:password@smtp.example.org``; None
            where the office sends no mail.
        hosts: where the robots live, by their kind; tests name their own.
    """

    language: Callable[[str], Language]
    mail: str | None = None
    hosts: robots.Hosts = field(default_factory=lambda: robots.HOSTS)
    seconds: float = SECONDS

    def send(self, letter: Letter) -> None:
        """Send a letter. Raises `Undelivered` unless its receiver confirms that it has it."""
        language = self.language(letter.language)
        title, text = subject(letter, language), body(letter, language)
        kind, _, rest = letter.address.partition(":")
        if kind in ("http", "https"):
            by_apprise.send_json(letter.address, title, text, letter.key, self.seconds)
        elif kind in self.hosts:
            robots.send(kind, self.hosts[kind], rest, f"{title}\n{text}\n[{letter.key}]", self.seconds)
        elif "@" in letter.address:
            self._mail(letter, title, text)
        else:
            raise Undelivered(say("nothing is known that could be sent to such an address"), for_good=True)

    def _mail(self, letter: Letter, title: str, text: str) -> None:
        if self.mail is None:
            raise Undelivered(
                say("the office has no mail server"),
                say("name one in office.yaml: mail: mailtos://USER:PASSWORD@HOST, or in CASECLOCK_MAIL"),
            )
        by_apprise.send_mail(self.mail, letter.address, title, text, letter.key, self.seconds)
