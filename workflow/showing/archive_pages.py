"""What the archive command shows: the package that was written, or what was found in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ..messages import say
from .pages import Line, Page


def written(told: Mapping[str, Any]) -> Page:
    """Return what to know of a package that was written."""
    yield Line(say("archived in {folder}", folder=told["folder"]), "strong")
    yield Line(say("items: {count}; retention: {retention}", count=told["items"], retention=told["retention"] or "-"))
    if told["missing"]:
        yield Line(say("not in the package, only named by their hash: {files}", files=told["missing"]), "note")
        yield Line(say("name the folder that has them with --files, and archive again"))
    if told["private"] == "withheld":
        yield Line(say("private values are left out: the package can be checked, not loaded"), "note")
    yield Line(say("seal, for the register of transfer: {seal}", seal=told["seal"]))


def checked_data(bag: PurePath, found: Sequence[str]) -> dict[str, Any]:
    """Return what a check found, as plain data."""
    return {"folder": str(bag), "holds": not found, "findings": list(found)}


def checked(bag: PurePath, found: Sequence[str]) -> Page:
    """Return what a check found."""
    if not found:
        yield Line(say("everything in {folder} is as it was written", folder=str(bag)), "strong")
    for one in found:
        yield Line(one, "alarm")
