"""Proof that a head covers a case, for whoever holds neither the other cases nor the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..chain import End, Head, leaves, level_above
from ..history import Case
from .session import Session


@dataclass(frozen=True, slots=True)
class Proof:
    """That a head covers the end of a case's chain.

    Args:
        head: the number of the head.
        path: from the end up to the head's root: on which side the other half stands, ``left`` or ``right``, and
            its digest.
    """

    end: End
    head: int
    path: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proofs for the cases of a family, and the heads from the first that they name to the last there is.

    Args:
        uncovered: ids of cases whose last event no head covers yet.
    """

    heads: tuple[Head, ...] = ()
    proofs: tuple[Proof, ...] = ()
    uncovered: tuple[str, ...] = ()


def inclusion(session: Session, case: str) -> Inclusion:
    """Return the proofs for a case and its subcases. Raises `NotFound`."""
    tx = session.tx
    heads = tx.heads()
    wanted = {_end(one) for one in tx.family(tx.find(case))}
    proofs: list[Proof] = []
    for head in reversed(heads):
        if not wanted:
            break
        ends = tx.ends(head.number)
        found = [(at, end) for at, end in enumerate(ends) if end in wanted]
        proofs += [Proof(end, head.number, merkle_path(ends, at)) for at, end in found]
        wanted -= {end for _, end in found}
    first = min((proof.head for proof in proofs), default=len(heads))
    return Inclusion(
        heads=tuple(head for head in heads if head.number >= first),
        proofs=tuple(sorted(proofs, key=lambda proof: proof.end)),
        uncovered=tuple(sorted(end.case for end in wanted)),
    )


def _end(case: Case) -> End:
    return End(case.id, case.revision, case.link)


def merkle_path(ends: Sequence[End], at: int) -> tuple[tuple[str, str], ...]:
    """Return what must be joined to the end at this position, in order, to come to the root of `chain.merkle_root`."""
    level = leaves(ends)
    path: list[tuple[str, str]] = []
    while len(level) > 1:
        other = at ^ 1
        if other < len(level):
            path.append(("left" if other < at else "right", level[other]))
        level, at = level_above(level), at // 2
    return tuple(path)
