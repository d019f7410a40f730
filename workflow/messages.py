"""Text for people, as values: said once in English, shown in the language of whoever reads it.

Code never formats a sentence; it returns ``say("no case {case}", case=ref)``. The sentence is the key into the
catalogue of translations, so a face (CLI, page, document) can show the same answer in English or Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Text:
    """A title or sentence that a definition gives in English and Chinese.

    >>> Text("Intake", "受理").of("zh")
    '受理'
    """

    en: str
    zh: str

    def of(self, language: str) -> str:
        """Return the Chinese wording for ``zh`` and the English one for every other language code."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Language:
    """A language to speak: its code, and how it translates an English template.

    Args:
        code: ``en`` or ``zh``.
        translate: returns the template in this language, or the template itself when it has no translation.
    """

    code: str
    translate: Callable[[str], str]


ENGLISH = Language("en", lambda template: template)


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence with its values, not yet in any language. Made by `say`."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language = ENGLISH) -> str:
        """Return the sentence in ``language``.

        >>> say("no case {case}", case="2026-0001").text()
        'no case 2026-0001'
        """
        shown = {name: render(value, language) for name, value in self.values.items()}
        return language.translate(self.template).format(**shown)

    def __str__(self) -> str:
        return self.text()


def say(template: str, /, **values: object) -> Message:
    """Return the message ``template`` with its named ``values``; translators find templates by this call."""
    return Message(template, values)


def spoken_due(local: datetime) -> str:
    """Return a due as law speaks: midnight is the 24:00 that ends a day, not the 00:00 that begins the next one.

    Midnight is the first instant of a day, even where the clocks skip it and show a later time.

    Args:
        local: the due, in the zone of those who read it.

    >>> spoken_due(datetime(2026, 11, 20, 0, 0))
    '2026-11-19 24:00'
    """
    before = _just_before(local)
    return local.strftime("%Y-%m-%d %H:%M") if before.date() == local.date() else before.strftime("%Y-%m-%d 24:00")


def _just_before(local: datetime) -> datetime:
    """The last instant before another, in the same zone: exact time is counted in UTC."""
    if local.tzinfo is None:
        return local - datetime.resolution
    return (local.astimezone(UTC) - datetime.resolution).astimezone(local.tzinfo)


def render(value: object, language: Language) -> str:
    """Return one value as people read it in ``language``: lists joined, instants to the minute, texts translated."""
    match value:
        case Message():
            return value.text(language)
        case Text():
            return value.of(language.code)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M" if value.tzinfo is not UTC else "%Y-%m-%d %H:%M UTC")
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return ("、" if language.code == "zh" else ", ").join(render(item, language) for item in value)
        case _:
            return str(value)
