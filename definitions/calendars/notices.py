"""The notices of a calendar file: which one covers a day, and for which years there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ...workflow.messages import Text, say
from .file import CalendarFile, Path

NOTICE_KEYS = ("number", "published", "amended")
ISSUER = Text("notice", "通知")


@dataclass(frozen=True, slots=True)
class Notices:
    """What a calendar's days come from.

    Args:
        law: the issuer where no notices are given: days stand by a law, the same every year.
        cited: the notice of each year, as it is cited.
    """

    law: Text | None = None
    cited: Mapping[int, Text] = field(default_factory=dict)

    def covering(self, day: date) -> Text | None:
        """Return what covers a day. A year's notice also moves days to the three before its New Year's Day."""
        return self.law or self.cited.get((day + timedelta(days=3)).year) or self.cited.get(day.year)


def read_notices(file: CalendarFile) -> Notices:
    """Return the notices of a file."""
    issuer = file.text(file.data["issuer"], ("issuer",)) if "issuer" in file.data else ISSUER
    if "notices" not in file.data:
        return Notices(issuer) if "issuer" in file.data else Notices()
    cited = {}
    for year, notice in file.mapping(file.data["notices"], ("notices",)).items():
        path: Path = ("notices", year)
        if str(year).isdecimal():
            cited[int(year)] = _citation(file, issuer, file.mapping(notice, path, NOTICE_KEYS), path)
        else:
            file.problem("wrong-year", path, say("expected a year, got: {found}", found=year), on_key=True)
    return Notices(None, cited)


def _citation(file: CalendarFile, issuer: Text, given: Mapping[Any, Any], path: Path) -> Text:
    missing = [key for key in ("number", "published") if key not in given]
    if missing:
        message = say("the notice of {year} is given without {missing}", year=path[-1], missing=missing)
        file.finding("incomplete-notice", path, message, on_key=True)
    for key in ("published", "amended"):
        if key in given:
            file.day(given[key], (*path, key))
    parts = [str(given[key]) for key in ("number", "published") if key in given]
    amended = [str(given["amended"])] if "amended" in given else []
    return Text(
        ", ".join([issuer.en, *parts, *(f"amended {day}" for day in amended)]),
        "，".join([issuer.zh, *parts, *(f"{day} 修订" for day in amended)]),
    )


def find_years_without_notice(file: CalendarFile, notices: Notices, first: int) -> None:
    """Note the years from ``first`` on that are said to be official although no notice is given for them.

    Where a file with a base gives no notice at all, its days stand by a law.
    """
    official_through = str(file.data.get("official_through", ""))
    by_law = notices.law or ("base" in file.data and "notices" not in file.data)
    if by_law or not official_through[:4].isdecimal():
        return
    missing = [year for year in range(first, int(official_through[:4]) + 1) if year not in notices.cited]
    if missing:
        message = say(
            "official, and yet no notice is given for {years}; give it, or name a law as issuer without notices",
            years=_ranges(missing),
        )
        key = "notices" if "notices" in file.data else "official_through"
        file.finding("no-notice", (key,), message, on_key=True)


def _ranges(years: Iterable[int]) -> list[str]:
    """The years, their unbroken runs as ranges.

    >>> _ranges([2010, 2011, 2012, 2014])
    ['2010..2012', '2014']
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [f"{run[0]}..{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
