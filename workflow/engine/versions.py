"""Versions of a procedure: what may change under the same one, what is refused, and what cases run on which.

A deployed text is never changed: cases were opened under its fingerprint, and everybody can check that. Another wording
of it, with the same meaning, is kept beside it as a definition of the kind ``words``; its words are shown from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..comparison import Difference, compare, differs_in_words_only
from ..errors import Conflict
from ..messages import Message, say
from ..ports import Compiled, Definition, Reader, Transaction


class VersionTaken(Conflict):
    """A version is deployed with another meaning; `differences` says what would be another."""

    def __init__(self, message: Message, differences: Sequence[Difference], hint: Message) -> None:
        super().__init__(message, hint)
        self.differences = tuple(differences)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One deployed version of a procedure.

    Args:
        running, ended: how many cases without parent run on it, and how many have ended on it.
        worded: the newest wording of it that was deployed later; None for none.
        newest: new cases are opened on it.
    """

    definition: Definition
    running: int
    ended: int
    worded: Definition | None
    newest: bool


def words_name(procedure: str, version: int) -> str:
    """Return the name under which the wordings of a version are deployed, such as ``permit@2``."""
    return f"{procedure}@{version}"


def rewording(
    tx: Transaction, reader: Reader, compiled: Compiled, source: str, now: datetime, office: str
) -> Definition | None:
    """Return the wording to deploy of a procedure whose version is deployed; None where it is not, or says the same.

    Raises `VersionTaken` when it differs from what is deployed in more than words.
    """
    known = tx.definition("procedure", compiled.name, compiled.version) if compiled.version is not None else None
    if compiled.kind != "procedure" or known is None:
        return None
    name = words_name(known.name, known.version)
    latest = tx.definition("words", name)
    if (latest or known).fingerprint == compiled.fingerprint:
        return latest
    newest = tx.definition("procedure", known.name) or known
    _refuse_another_meaning(reader, compiled, known, newest)
    return Definition(
        office=office,
        kind="words",
        name=name,
        version=latest.version + 1 if latest else 1,
        fingerprint=compiled.fingerprint,
        source=source,
        compiled=compiled.compiled,
        deployed_at=now,
    )


def refuse_taken(definitions: Iterable[Definition], reader: Reader, compiled: Compiled) -> None:
    """Raise `VersionTaken` for a procedure whose version is deployed with another meaning.

    Args:
        definitions: what is deployed.
    """
    own = [one for one in definitions if (one.kind, one.name) == ("procedure", compiled.name)]
    known = next((one for one in own if one.version == compiled.version), None)
    if compiled.kind == "procedure" and known and known.fingerprint != compiled.fingerprint:
        _refuse_another_meaning(reader, compiled, known, max(own, key=lambda one: one.version))


def _refuse_another_meaning(reader: Reader, compiled: Compiled, known: Definition, newest: Definition) -> None:
    found = compare(reader.procedure(known.compiled), reader.procedure(compiled.compiled))
    if not differs_in_words_only(found):
        raise _taken(known, newest, found)


def _taken(known: Definition, newest: Definition, found: Sequence[Difference]) -> VersionTaken:
    return VersionTaken(
        say(
            "{kind} {name} version {version} is already deployed with other content",
            kind=known.kind,
            name=known.name,
            version=known.version,
        ),
        found,
        say("running cases rely on it: write `version: {next}` into the changed file", next=newest.version + 1),
    )


def told_of_version(before: Iterable[Definition], deployed: Definition) -> Iterator[Message]:
    """Yield what somebody should know who has deployed a version: that it is not the newest, or that one is left out.

    Args:
        before: what was deployed until then.
    """
    known = [one.version for one in before if (one.kind, one.name) == ("procedure", deployed.name)]
    if deployed.kind == "words":
        yield say("only words have changed: they are shown from now on, and no case is handled in another way")
    if deployed.kind != "procedure" or not known or deployed.version in known:
        return
    newest = max(known)
    if deployed.version < newest:
        yield say(
            "version {version} is lower than {newest}: new cases are opened on version {newest} all the same",
            version=deployed.version,
            newest=newest,
        )
    elif deployed.version > newest + 1:
        yield say("version {version} follows version {newest} directly", version=deployed.version, newest=newest)
    if deployed.version > newest:
        yield say("new cases are opened on version {version}; running cases keep theirs", version=deployed.version)


def versions(tx: Transaction, procedure: str | None) -> tuple[VersionView, ...]:
    """Return the deployed versions of procedures, oldest first; see `Engine.versions`."""
    deployed = tx.definitions()
    counts = tx.cases_by_version()
    newest = {one.name: one.version for one in deployed if one.kind == "procedure"}
    words = {one.name: one for one in deployed if one.kind == "words"}
    return tuple(
        _view(one, counts, words.get(words_name(one.name, one.version)), newest[one.name] == one.version)
        for one in deployed
        if one.kind == "procedure" and procedure in (None, one.name)
    )


def _view(
    one: Definition, counts: Mapping[tuple[str, int], tuple[int, int]], worded: Definition | None, newest: bool
) -> VersionView:
    running, ended = counts.get((one.name, one.version), (0, 0))
    return VersionView(one, running, ended, worded, newest)
