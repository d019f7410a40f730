"""Posts that may be about the same matter: proposed with a score and reasons, never merged; a person decides.

Posts are compared only with those of the same week and place, so that an office's years of posts take seconds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..workflow.engine import Engine
from ..workflow.errors import CaseclockError, InvalidInput
from ..workflow.history import Case
from ..workflow.messages import Message, say
from ..workflow.model import CASE, FieldType, Lifecycle
from ..workflow.ports import CaseQuery

WITHIN = timedelta(days=7)
"""Posts further apart than this are not compared."""

ENOUGH = 55
"""The score, of 100, from which a pair is proposed."""

SAME_AUTHOR = 10
"""How much more likely it makes a pair that both posts are of one author."""

PLACES = ("site", "subject_unit")
"""The fields that tell the place of a post: who writes about a road does so on its board, or names its unit."""

BODY = 3000
"""How many characters of a text are compared."""

_FRAME = re.compile(r"^关于|的?问题$")
"""What stands around very many subjects in Chinese, as "re:" does in English, and says nothing of the matter."""

_WORDLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Likely:
    """A pair of open cases that may be about the same matter.

    Args:
        case: the number of the later post's case.
        of: that of the earlier post's case, into which it could be merged.
        score: how alike they are, from 0 to 100.
        reasons: why they are proposed; no private value stands in them.
        merge: the action by which they can be merged; None where the procedure has none that is legal now.
        field: the input of that action that names the other case.
    """

    case: str
    of: str
    score: int
    reasons: tuple[Message, ...]
    merge: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class _Compared:
    """What is compared of a case."""

    case: Case
    posted_at: datetime
    subject: str
    body: str
    author: str
    places: frozenset[tuple[str, str]]


def likely_duplicates(
    engine: Engine, procedure: str, *, enough: int = ENOUGH, within: timedelta = WITHIN, only: Sequence[str] = ()
) -> tuple[Likely, ...]:
    """Return the pairs of open cases that may be about the same matter, the most alike first.

    Args:
        procedure: the cases' procedure; it needs a field ``subject``. Its fields ``body``, ``author``, ``site``,
            ``subject_unit`` and ``posted_at`` are looked at where it has them.
        enough: the score, from 0 to 100, from which a pair is proposed.
        within: how far apart in time the two posts may be.
        only: numbers of cases of which each pair must hold at least one; any pair when empty.

    Raises `InvalidInput` for a procedure without a subject, `CaseclockError` where the package that compares texts is
    not installed.
    """
    lifecycle = engine.procedure(procedure).case
    subject = lifecycle.fields.get("subject")
    if subject is None or subject.type is not FieldType.TEXT:
        raise InvalidInput(
            say("cases of {procedure} have no subject to compare by", procedure=procedure),
            hint=say("a procedure of posts has a field subject of type text"),
        )
    items = engine.cases(CaseQuery(procedure, kind=CASE, open_only=True))
    private = lifecycle.private
    posts = sorted(
        (_compared(item.case, private) for item in items), key=lambda post: (post.posted_at, post.case.number)
    )
    wanted = frozenset(only)
    found = [
        _proposed(lifecycle, earlier, later, score, reasons)
        for earlier, later in _neighbours(posts, within)
        if not wanted or {earlier.case.number, later.case.number} & wanted
        if (told := _likeness(earlier, later, enough)) is not None
        for score, reasons in [told]
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.of, pair.case)))


def _compared(case: Case, private: frozenset[str]) -> _Compared:
    data = case.data
    posted = data.get("posted_at")
    places = {(name, str(data[name])) for name in PLACES if data.get(name) and name not in private}
    return _Compared(
        case,
        datetime.fromisoformat(posted) if isinstance(posted, str) and "T" in posted else case.opened_at,
        _FRAME.sub("", _normal(data.get("subject"))),
        _normal(data.get("body"))[:BODY],
        _normal(data.get("author")),
        frozenset(places),
    )


def _normal(value: Any) -> str:
    """The letters and figures of a text alone: full-width ones as usual, without blanks and signs."""
    return _WORDLESS.sub("", unicodedata.normalize("NFKC", str(value or "")).casefold())


def _neighbours(posts: Sequence[_Compared], within: timedelta) -> Iterator[tuple[_Compared, _Compared]]:
    """Yield the pairs of posts that stand close enough in time and place to be compared, the earlier one first."""
    instants = [post.posted_at for post in posts]
    for at, later in enumerate(posts):
        for earlier in posts[bisect_left(instants, later.posted_at - within) : at]:
            same_author = bool(later.author) and later.author == earlier.author
            if same_author or not earlier.places or not later.places or earlier.places & later.places:
                yield earlier, later


def _likeness(earlier: _Compared, later: _Compared, enough: int) -> tuple[int, tuple[Message, ...]] | None:
    """How alike two posts are, and why; None where it is not enough."""
    fuzz = _comparing()
    subjects = _alike(fuzz, earlier.subject, later.subject)
    bodies = round(fuzz.ratio(earlier.body, later.body, score_cutoff=enough)) if earlier.body and later.body else 0
    same_author = bool(later.author) and later.author == earlier.author
    score = min(100, max(subjects, bodies) + (SAME_AUTHOR if same_author else 0))
    if score < enough:
        return None
    reasons = [say("subjects alike by {score} of 100", score=subjects)]
    if bodies:
        reasons.append(say("texts alike by {score} of 100", score=bodies))
    if same_author:
        reasons.append(say("the same author"))
    reasons += [say("the same {name}: {value}", name=name, value=value) for name, value in _shared(earlier, later)]
    hours = round((later.posted_at - earlier.posted_at) / timedelta(hours=1))
    reasons.append(say("{hours} hours apart", hours=hours))
    return score, tuple(reasons)


def _shared(earlier: _Compared, later: _Compared) -> list[tuple[str, str]]:
    return sorted(earlier.places & later.places)


def _alike(fuzz: Any, one: str, other: str) -> int:
    """How alike two subjects are, from 0 to 100: as wholes, and the shorter with the part that it fits best.

    The first alone misses a short subject within a long one; the second alone finds any two that share a word.
    """
    return round((fuzz.ratio(one, other) + fuzz.partial_ratio(one, other)) / 2) if one and other else 0


def _comparing() -> Any:
    try:
        from rapidfuzz import fuzz
    except ImportError as error:
        raise CaseclockError(
            say("the package that compares texts is not installed"), say("pip install 'caseclock[duplicates]'")
        ) from error
    return fuzz


def _proposed(
    lifecycle: Lifecycle, earlier: _Compared, later: _Compared, score: int, reasons: tuple[Message, ...]
) -> Likely:
    """The pair, with the one to be merged first: the later post, unless only the earlier one can still be merged."""
    for case, of in ((later.case, earlier.case), (earlier.case, later.case)):
        for action in lifecycle.states[case.state].actions.values():
            if action.merges_into is not None:
                return Likely(case.number, of.number, score, reasons, action.name, action.merges_into)
    return Likely(later.case.number, earlier.case.number, score, reasons)


def alike(engine: Engine, procedure: str, opened: Sequence[str]) -> tuple[Likely, ...]:
    """Return the pairs of which each holds one of these new cases; none where they cannot be compared."""
    try:
        return likely_duplicates(engine, procedure, only=opened) if opened else ()
    except CaseclockError:
        return ()
