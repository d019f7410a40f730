"""A case with its subcases, as one value: what is loaded, locked and decided upon together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..history import Case


@dataclass(frozen=True, slots=True)
class Family:
    """A case and its subcases; the case stands first."""

    cases: tuple[Case, ...]

    @property
    def root(self) -> Case:
        """The case that has no parent."""
        return self.cases[0]

    @property
    def subcases(self) -> tuple[Case, ...]:
        """The subcases, in the order in which they were opened."""
        return self.cases[1:]

    def member(self, case_id: str) -> Case:
        """Return the case with this id; KeyError when it is not of this family."""
        for case in self.cases:
            if case.id == case_id:
                return case
        raise KeyError(case_id)

    def holding(self, kind: str, unit: str) -> Case | None:
        """Return the open subcase of this kind that ``unit`` holds, if there is one."""
        for case in self.subcases:
            if case.kind == kind and case.unit == unit and case.closed_at is None:
                return case
        return None

    def units_of(self, case: Case) -> frozenset[str]:
        """Return the units that may act on ``case``: its holder; for the root, all that hold an open subcase."""
        if case.parent is not None:
            return frozenset({case.unit} if case.unit else ())
        return frozenset(other.unit for other in self.subcases if other.unit and other.closed_at is None)

    def has_done(self, actor: str, action: str) -> bool:
        """Return whether ``actor`` has done ``action`` on the case or any subcase."""
        return any(mark.actor == actor for case in self.cases for mark in case.marks.get(action, ()))

    def with_case(self, case: Case) -> Family:
        """Return the family with ``case`` in place of the one with its id, or added at the end."""
        if any(known.id == case.id for known in self.cases):
            return replace(self, cases=tuple(case if known.id == case.id else known for known in self.cases))
        return replace(self, cases=(*self.cases, case))
