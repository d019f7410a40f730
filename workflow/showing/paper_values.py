"""What a template prints of a paper: everything that is fixed in it, as texts with titles, in one language.

The values are plain: mappings, lists and texts, the same for every format. `skeleton` gives the same shape without a
case, by which templates are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..engine.prints import Paper
from ..messages import Text, spoken_due
from ..model import CASE, SYSTEM, Action, Clock, Document, Field, FieldType, Lifecycle, Procedure, Shown
from ..ports import IssuedDocument

Values = dict[str, Any]

HIDDEN = "***"
"""What stands for a private value in a print that shows none."""

ERASED = Text("(erased)", "（已依法删除）")
LEADS = {True: Text("lead", "牵头"), False: Text("co-unit", "协办")}
BY_SYSTEM = Text("the system", "系统自动")
FLAGS = {True: Text("yes", "是"), False: Text("no", "否")}


@dataclass(slots=True)
class _Reader:
    """Reads the values of one paper; notes down which private values it has shown."""

    paper: Paper
    language: str
    with_private: bool
    shown: set[tuple[str, str]] = field(default_factory=set)

    def named(self, kind: str, name: str | None) -> str:
        """The name of a person or unit, as it was when the paper was issued."""
        if name == SYSTEM:
            return BY_SYSTEM.of(self.language)
        known = self.paper.issued.data.get(kind, {}).get(name)
        if isinstance(known, Mapping):
            return str(known[self.language])
        return str(known or name or "")

    def instant(self, text: str | None) -> str:
        return (
            _instant(datetime.fromisoformat(text).astimezone(ZoneInfo(self.paper.zone)), self.language) if text else ""
        )

    def ymd(self, text: str) -> list[int]:
        local = datetime.fromisoformat(text).astimezone(ZoneInfo(self.paper.zone))
        return [local.year, local.month, local.day]

    def due(self, text: str | None) -> str:
        """A due as law speaks: the 24:00 that ends a day."""
        if not text:
            return ""
        local = datetime.fromisoformat(text).astimezone(ZoneInfo(self.paper.zone))
        day, _, time = spoken_due(local).partition(" ")
        return f"{_day(date.fromisoformat(day), self.language)} {time}"

    def day(self, text: str | None) -> str:
        return _day(date.fromisoformat(text), self.language) if text else ""

    def text(self, value: Any, declared: Field) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(value, list | tuple):
            joint = "、" if self.language == "zh" else ", "
            return joint.join(self.one(each, declared.of or FieldType.TEXT, declared) for each in value)
        return self.one(value, declared.type, declared)

    def one(self, value: Any, kind: FieldType, declared: Field) -> str:
        match kind:
            case FieldType.FLAG:
                return FLAGS[bool(value)].of(self.language)
            case FieldType.CHOICE:
                return declared.choices[value].of(self.language) if value in declared.choices else str(value)
            case FieldType.INSTANT:
                return self.instant(value)
            case FieldType.DATE:
                return self.day(value)
            case FieldType.UNIT:
                return self.named("units", value)
            case FieldType.ACTOR:
                return self.named("people", value)
            case FieldType.FILE if isinstance(value, Mapping):
                return f"{value.get('name', '')}（SHA-256 {str(value.get('sha256', ''))[:16]}…）"
        return str(value)

    def private(self, case: str, declared: Field) -> str:
        """A private value: itself, a mask, or that it has been erased."""
        key = (case, declared.name)
        if key in self.paper.erased:
            return ERASED.of(self.language)
        if not self.with_private or key not in self.paper.private:
            return HIDDEN
        self.shown.add(key)
        return self.text(self.paper.private[key], declared)


def values(paper: Paper, language: str, *, private: bool) -> tuple[Values, tuple[tuple[str, str], ...]]:
    """Return what a template prints of a paper, and which private values stand in it.

    Args:
        language: ``zh`` or ``en``.
        private: with private values; otherwise `HIDDEN` stands for each.
    """
    read = _Reader(paper, language, private)
    document, data = paper.procedure.documents[paper.issued.name], paper.issued.data
    shows = data.get("shows", {})
    own = _part(read, shows.get("own"), paper.procedure.lifecycle(paper.kind), _own(document, paper.kind))
    parent = _part(read, shows.get("parent"), paper.procedure.case, _of_case(document)) if "parent" in shows else own
    found: Values = {
        **_head(read, document),
        "own": own,
        CASE: parent,
        "subcases": {
            kind: [_part(read, part, paper.procedure.subcases[kind].lifecycle, what) for part in parts]
            for kind, what in document.subcases.items()
            for parts in [shows.get("subcases", {}).get(kind, [])]
        },
        "papers": list(_papers(read, shows.get("papers", []))),
        "inputs": _inputs(read, paper.procedure.lifecycle(paper.kind)),
    }
    return found, tuple(sorted(read.shown))


def _head(read: _Reader, document: Document) -> Values:
    data, procedure = read.paper.issued.data, read.paper.procedure
    day = read.instant(data["effective_at"])
    return {
        "title": document.title.of(read.language),
        "number": read.paper.issued.number,
        "procedure": procedure.title.of(read.language),
        "basis": procedure.basis.of(read.language) if procedure.basis else "",
        "case_number": data["case"],
        "unit": read.named("units", data.get("unit")),
        "actor_unit": read.named("units", data.get("actor_unit")),
        "actor": read.named("people", data["actor"]),
        "at": day,
        "date": day.rpartition(" ")[0],
        "day": read.ymd(data["effective_at"]),
        "sha256": read.paper.issued.sha256,
        "language": read.language,
    }


def _inputs(read: _Reader, lifecycle: Lifecycle) -> Values:
    """The inputs of the action that issued the paper, by name: all that a paper of an older caseclock holds."""
    given = read.paper.issued.data.get("inputs", {})
    return {
        name: {"title": declared.title.of(read.language), "text": read.text(given.get(name), declared)}
        for name, declared in lifecycle.fields.items()
        if name in given
    }


def _own(document: Document, kind: str) -> Shown:
    """What a document shows of the case that issues it; of one without parent, what is ``case.`` as well."""
    if kind == CASE:
        return _prefixless(document.shows, lambda name: True)
    return _prefixless(document.shows, lambda name: not name.startswith(f"{CASE}."))


def _of_case(document: Document) -> Shown:
    return _prefixless(document.shows, lambda name: name.startswith(f"{CASE}."))


def _prefixless(what: Shown, wanted: Callable[[str], bool]) -> Shown:
    def plain(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.removeprefix(f"{CASE}.") for name in names if wanted(name)))

    return Shown(plain(what.fields), plain(what.clocks), plain(what.actions))


def _part(read: _Reader, part: Mapping[str, Any] | None, lifecycle: Lifecycle, what: Shown) -> Values:
    """A case or subcase; everything declared is there, as an empty text where the case has no value.

    A paper that cases and subcases issue alike shows the names of both, so that one template prints either.
    """
    part = part or {}
    others = (read.paper.procedure.lifecycle(kind) for kind in (CASE, *read.paper.procedure.subcases))
    lifecycles = (lifecycle, *others)
    case = _case_id(read.paper, part)
    return {
        "number": part.get("number", ""),
        "unit": read.named("units", part.get("unit")),
        "lead": bool(part.get("lead")),
        "role": LEADS[bool(part.get("lead"))].of(read.language),
        "state": lifecycle.states[part["state"]].title.of(read.language) if "state" in part else "",
        "delivered_to": read.named("people", part.get("delivered_to")),
        "opened_at": read.instant(part.get("opened_at")),
        "fields": {
            name: _field(read, part, case, next(one.fields[name] for one in lifecycles if name in one.fields))
            for name in what.fields
        },
        "clocks": {
            name: _clock(
                read,
                part.get("clocks", {}).get(name, {}),
                next(one.clocks[name] for one in lifecycles if name in one.clocks),
            )
            for name in what.clocks
        },
        "actions": {
            name: _action(
                read,
                part.get("actions", {}).get(name, {}),
                case,
                next(one.actions[name] for one in lifecycles if name in one.actions),
            )
            for name in what.actions
        },
    }


def _case_id(paper: Paper, part: Mapping[str, Any]) -> str:
    return paper.cases.get(part.get("number", ""), "")


def _field(read: _Reader, part: Mapping[str, Any], case: str, declared: Field) -> Values:
    sealed = declared.name in part.get("private", ())
    value = part.get("fields", {}).get(declared.name, False if declared.type is FieldType.FLAG else None)
    text = read.private(case, declared) if sealed else read.text(value, declared)
    return {"title": declared.title.of(read.language), "text": text}


def _clock(read: _Reader, told: Mapping[str, Any], clock: Clock) -> Values:
    extensions = told.get("extensions", [])
    return {
        "title": clock.title.of(read.language),
        "basis": clock.basis.of(read.language) if clock.basis else "",
        "runs": bool(told),
        "started": read.instant(told.get("started_at")),
        "due": read.due(told.get("due_at")),
        "target": read.due(told.get("target_at")),
        "original": read.day(told.get("original_day")),
        "extended": len(extensions),
        "extended_at": read.instant(extensions[-1]["at"]) if extensions else "",
        "stopped": read.instant(told.get("stopped_at")),
        "late": bool(told.get("late")),
        "overdue_days": int(told.get("overdue_days", 0)),
        "overdue_hours": int(told.get("overdue_hours", 0)),
        "provisional": bool(told.get("provisional")),
        "calendar": told.get("calendar", ""),
    }


def _action(read: _Reader, told: Mapping[str, Any], case: str, action: Action) -> Values:
    done = [{"at": read.instant(one["at"]), "by": read.named("people", one["by"])} for one in told.get("done", [])]
    last = done[-1] if done else {"at": "", "by": ""}
    inputs: Values = {}
    for declared in action.inputs:
        sealed = declared.name in told.get("private", ())
        given = told.get("inputs", {}).get(declared.name)
        text = read.private(case, declared) if sealed else read.text(given, declared)
        inputs[declared.name] = {"title": declared.title.of(read.language), "text": text}
    return {
        "title": action.title.of(read.language),
        "times": told.get("times", 0),
        "done": done,
        **last,
        "inputs": inputs,
    }


def _papers(read: _Reader, told: Sequence[Mapping[str, Any]]) -> Iterator[Values]:
    for at, one in enumerate(told, 1):
        title = read.paper.procedure.documents[one["name"]].title.of(read.language)
        yield {
            "nth": at,
            "name": one["name"],
            "title": title,
            "number": one["number"],
            "case": one["case"],
            "at": read.instant(one["at"]).rpartition(" ")[0],
            "sha256": one["sha256"],
            "short": one["sha256"][:16],
        }


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def _instant(local: datetime, language: str) -> str:
    return f"{_day(local.date(), language)} {local:%H:%M}"


def skeleton(procedure: Procedure, document: Document, zone: str, language: str) -> Values:
    """Return the shape of what a template of ``document`` may print, with one of everything that may be many."""
    at = "2000-01-01T00:00:00+00:00"
    told: Values = {
        "case": "",
        "actor": "",
        "effective_at": at,
        "shows": {
            "subcases": {kind: [{}] for kind in document.subcases},
            "papers": [{"name": document.name, "number": "", "case": "", "at": at, "sha256": ""}],
        },
    }
    issued = IssuedDocument("", 0, document.name, "", told, "")
    paper = Paper(issued, procedure, CASE, zone, {}, frozenset(), (), {}, {})
    found, _ = values(paper, language, private=False)
    return found
