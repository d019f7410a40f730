"""The judge: whether a mistake is found at the right place, shown as a difference, or no mistake at all.

A problem stands at the right place when it stands

- *on the mistake*: on a line that was touched, and in the part of it that was touched, up to YAML's next sign; or
- *on a name* that stood, or stands, where the mistake was made: a use of what was misspelt or dropped, something in
  the declaration of such a name, or a use of the state, action or clock in which it was made; or
- *on the part above*: on the key, or at the beginning, of what the touched part belongs to, down to its entity; or
- *in the same clock*, or step of a test, or in a clock that names the action in which the mistake was made: what
  starts, stops and rings a clock depends on one another; or
- on the second of *two keys of one name*, where it says that the first is on the line of the mistake; or
- on a rung that the system *cannot deliver* in a state, or a lead that an action does not check, where it *names* the
  state or action in which the mistake was made; or on the step of a test before which time would run backwards; or
- *behind a bracket* that came or went, on its line: where the rest of the line stops to make sense; or
- *on the next line with content*, where YAML judges a line by those before it, and where a whole line was touched,
  a sign of YAML's structure was, or a text was left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from caseclock.definitions import YamlReader
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.storage import MemoryStore
from caseclock.workflow.calendars.facts import differences as day_differences
from caseclock.workflow.calendars.facts import settings
from caseclock.workflow.comparison import Difference, compare, compare_rosters
from caseclock.workflow.errors import DefinitionInvalid, Problem
from caseclock.workflow.ports import Compiled
from caseclock.workflow.rehearsal.rehearsing import Rehearsal, rehearse

from .anatomy import DECLARE, DEFINITIONS, Mutant

READER = YamlReader()
_STRUCTURAL = ("yaml-syntax", "full-width", "yaml-key", "yaml-documents")


class Verdict(StrEnum):
    """What became of a mistake."""

    ON_IT = "found on the mistake"
    ON_A_NAME = "found on a name of it"
    ABOVE = "found on the part above"
    SAME_CLOCK = "found in the same clock or step"
    TOLD = "found, and named in words"
    BEHIND = "found behind the bracket"
    NEXT_LINE = "found on the next line"
    SHOWN = "shown by diff"
    FAILS = "the tests fail"
    HOLDS = "another test, which holds"
    EQUAL = "equal"
    ELSEWHERE = "MISSED: found elsewhere"
    SILENT = "MISSED: no line of diff"
    NAMELESS = "MISSED: diff names something else"
    CRASHED = "MISSED: a traceback"

    @property
    def missed(self) -> bool:
        """Whether the mistake was missed."""
        return self.value.startswith("MISSED")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one mistake, and what was said of it."""

    mutant: Mutant
    verdict: Verdict
    told: tuple[str, ...]


def judge(mutant: Mutant) -> Judgement:
    """Return what becomes of a mistake."""
    try:
        return _judge(mutant)
    except Exception as error:
        return Judgement(mutant, Verdict.CRASHED, (repr(error),))


def _judge(mutant: Mutant) -> Judgement:
    file = str(DEFINITIONS / mutant.file)
    try:
        if mutant.file.endswith(".test.yaml"):
            return _of_test(mutant, read_rehearsal(mutant.text, file))
        compiled = READER.compile(mutant.text, file=file)
    except DefinitionInvalid as error:
        return _refused(mutant, error.problems)
    old = _original(mutant.file)
    if old.fingerprint == compiled.fingerprint:
        return Judgement(mutant, Verdict.EQUAL, ())
    told = _difference(old, compiled)
    if not told:
        return Judgement(mutant, Verdict.SILENT, ())
    named = {word for line in told for word in re.findall(r"\w+", line)}
    changed = {part for name in mutant.words | mutant.owners | mutant.keys for part in (name, *name.split("_"))}
    by_name = old.kind == "calendar" or named & changed
    return Judgement(mutant, Verdict.SHOWN if by_name else Verdict.NAMELESS, told)


def _refused(mutant: Mutant, problems: tuple[Problem, ...]) -> Judgement:
    told = tuple(problem.text() for problem in problems)
    for verdict, fits in (
        (Verdict.ON_IT, _on_it),
        (Verdict.ON_A_NAME, _on_a_name),
        (Verdict.ABOVE, _above),
        (Verdict.SAME_CLOCK, _in_the_clock),
        (Verdict.TOLD, _tells_it),
        (Verdict.BEHIND, _behind),
        (Verdict.NEXT_LINE, _next_line),
    ):
        if any(fits(mutant, problem) for problem in problems):
            return Judgement(mutant, verdict, told)
    return Judgement(mutant, Verdict.ELSEWHERE, told)


def _on_it(mutant: Mutant, problem: Problem) -> bool:
    if not mutant.lines[0] <= problem.line <= mutant.lines[1]:
        return False
    return mutant.columns is None or mutant.columns[0] <= problem.column <= mutant.columns[1]


def _on_a_name(mutant: Mutant, problem: Problem) -> bool:
    word = re.match(r"[\"']?(\w+(\.\w+)*)", problem.source[problem.column - 1 :])
    used = {*word[1].split("."), word[1]} if word else set()
    declared = {str(name) for kind, name in pairwise(problem.path) if kind in DECLARE}
    return bool((mutant.words | mutant.owners) & used or mutant.words & declared)


def _tells_it(mutant: Mutant, problem: Problem) -> bool:
    values = problem.message.values
    if problem.code == "duplicate-key":
        return values.get("line") in mutant.lines
    if problem.code == "time-order":
        return problem.line == mutant.after
    return problem.code in ("not-legal", "lead-unchecked") and bool(
        mutant.owners & {*re.findall(r"\w+", problem.message.text())}
    )


def _above(mutant: Mutant, problem: Problem) -> bool:
    return (problem.line, problem.column) in mutant.parents


def _in_the_clock(mutant: Mutant, problem: Problem) -> bool:
    return any(problem.path[: len(path)] == path for path in mutant.within)


def _behind(mutant: Mutant, problem: Problem) -> bool:
    columns = mutant.columns or (1, 1)
    return mutant.bracket and problem.line in mutant.lines and problem.column >= columns[0]


def _next_line(mutant: Mutant, problem: Problem) -> bool:
    return problem.line == mutant.after and (mutant.columns is None or problem.code in _STRUCTURAL)


def _difference(old: Compiled, new: Compiled) -> tuple[str, ...]:
    """Every line by which `diff` tells the two apart."""
    if old.kind != new.kind or old.name != new.name:
        return (f"{old.kind} {old.name} became {new.kind} {new.name}",)
    if old.kind == "procedure":
        found = compare(READER.procedure(old.compiled), READER.procedure(new.compiled))
        return tuple(_with_names(one) for one in found)
    if old.kind == "roster":
        found = compare_rosters(READER.roster(old.compiled), READER.roster(new.compiled))
        return tuple(_with_names(one) for one in found)
    before, after = READER.calendar(old.compiled), READER.calendar(new.compiled)
    days = (f"{day.day} {day.what} {day.old} {day.new}" for day in day_differences(before, after))
    return (*(str(setting) for setting in settings(before, after)), *days)


def _with_names(one: Difference) -> str:
    """The sentence, and the names of what it is about; the sentence itself has their titles."""
    names = (
        one.lifecycle,
        *one.states,
        one.clock,
        one.action,
        one.field,
        *(str(it) for path in one.paths for it in path),
    )
    return f"{one.told.text()} [{' '.join(names)}]"


def _of_test(mutant: Mutant, rehearsal: Rehearsal) -> Judgement:
    if _asked(rehearsal) == _asked(_original_test(mutant.file)):
        return Judgement(mutant, Verdict.EQUAL, ())
    findings = rehearse(rehearsal, READER, MemoryStore).findings
    if findings:
        return Judgement(mutant, Verdict.FAILS, tuple(str(one) for one in findings))
    return Judgement(mutant, Verdict.HOLDS, ())


def _asked(rehearsal: Rehearsal) -> object:
    return rehearsal.title, rehearsal.definitions, rehearsal.scenes


@cache
def _original(name: str) -> Compiled:
    return READER.compile((DEFINITIONS / name).read_text(encoding="utf-8"), file=str(DEFINITIONS / name))


@cache
def _original_test(name: str) -> Rehearsal:
    return read_rehearsal((DEFINITIONS / name).read_text(encoding="utf-8"), str(DEFINITIONS / name))
