"""Plans of migration: every state and clock of the old version has its place in the new one, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import Problem
from ..messages import say
from ..migration import KEEP, RECOMPUTE, RULES, Moves, kept_clock, with_clock
from ..model import CASE, Clock, Lifecycle, Procedure
from .sentences import unknown

Path = tuple[str | int, ...]


def check_moves(old: Procedure, new: Procedure, kinds: Mapping[str, Moves]) -> Iterator[Problem]:
    """Yield what is wrong with a plan by which cases of ``old`` go over to ``new``; paths are those of its file."""
    # checks are gathered there, and this is one that none of them may call
    from . import check

    known = frozenset(problem.text() for problem in check(new))
    for kind, moves in kinds.items():
        path: Path = (CASE,) if kind == CASE else ("subcases", kind)
        if kind != CASE and kind not in old.subcases:
            yield Problem("unknown-subcase", path, unknown("subcase", kind, old.subcases), on_key=True)
        elif kind == CASE or kind in new.subcases:
            before, after = old.lifecycle(kind), new.lifecycle(kind)
            yield from _states(path, before, after, moves)
            yield from _actions(path, before, after, moves)
            yield from _clocks(path, old, new, kind, moves, known)
            yield from _private(path, before, after)


def _states(path: Path, old: Lifecycle, new: Lifecycle, moves: Moves) -> Iterator[Problem]:
    for was, now in moves.states.items():
        place = (*path, "states", was)
        if was not in old.states:
            yield Problem("unknown-state", place, unknown("state", was, old.states), on_key=True)
        elif now not in new.states:
            yield Problem("unknown-state", place, unknown("state", now, new.states))
        elif old.states[was].final != new.states[now].final:
            message = say("{was} and {now}: a migration neither ends a case nor takes one up again", was=was, now=now)
            yield Problem("wrong-value", place, message)
    for was, state in old.states.items():
        # Whether any running case has to do with an exit that is gone, only the trial can tell.
        if was not in moves.states and was not in new.states and not state.final:
            message = say("the state {state} is not in the new version: name the one that takes its place", state=was)
            yield Problem("missing-key", (*path, "states"), message)


def _actions(path: Path, old: Lifecycle, new: Lifecycle, moves: Moves) -> Iterator[Problem]:
    for was, now in moves.actions.items():
        place = (*path, "actions", was)
        if was not in old.actions:
            yield Problem("unknown-action", place, unknown("action", was, old.actions), on_key=True)
        elif now not in new.actions:
            yield Problem("unknown-action", place, unknown("action", now, new.actions))
        elif list(moves.actions.values()).count(now) > 1 or (now in old.actions and now not in moves.actions):
            message = say("{action} means another action in the old version; two cannot become one", action=now)
            yield Problem("two-meanings", place, message)


def _clocks(
    path: Path, old: Procedure, new: Procedure, kind: str, moves: Moves, known: frozenset[str]
) -> Iterator[Problem]:
    before, after = old.lifecycle(kind).clocks, new.lifecycle(kind).clocks
    for name, rule in moves.clocks.items():
        place = (*path, "clocks", name)
        if name not in before:
            yield Problem("unknown-clock", place, unknown("clock", name, before), on_key=True)
        elif rule not in RULES:
            message = say("expected one of {valid}; got: {found}", valid=RULES, found=rule)
            yield Problem("unknown-word", place, message)
        elif rule not in (RECOMPUTE, KEEP) and name not in after:
            message = say("the clock {clock} is not in the new version: keep it; with recompute it is gone", clock=name)
            yield Problem("unknown-clock", place, message)
        elif rule != RECOMPUTE:
            clock = kept_clock(old, kind, name, moves.actions)
            yield from _kept(place, clock, with_clock(new, kind, clock), known)
    for name, clock in before.items():
        if name not in moves.clocks and clock != after.get(name):
            message = say("say by which rule the clock {clock} goes on: {rules}", clock=name, rules=RULES)
            yield Problem("missing-key", (*path, "clocks"), message)


def _kept(place: Path, clock: Clock, procedure: Procedure, known: frozenset[str]) -> Iterator[Problem]:
    """What does not fit in the new procedure with the old clock; a clock that is paused or over is kept by every rule.

    Args:
        known: what is wrong with the new procedure itself.
    """
    from . import check

    for problem in check(procedure):
        if problem.text() not in known:
            told = {"clock": clock.name, "reason": problem.message}
            yield Problem("wrong-value", place, say("the old {clock} does not fit the new version: {reason}", **told))


def _private(path: Path, old: Lifecycle, new: Lifecycle) -> Iterator[Problem]:
    """Private values stay private: what is hidden in the old version is not shown in the new one."""
    for name in sorted(old.private - new.private):
        message = say("the field {field} is private in the old version and would be shown in the new one", field=name)
        yield Problem("wrong-value", path, message)
