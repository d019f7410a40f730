"""Comparing definitions: what differs between two procedures, in the procedure's own words."""

from .comparing import compare, differs_in_words_only
from .difference import Difference, Matter, Path, Way
from .renaming import probable_renames
from .rosters import compare_rosters
from .wording import worded

__all__ = [
    "Difference",
    "Matter",
    "Path",
    "Way",
    "compare",
    "compare_rosters",
    "differs_in_words_only",
    "probable_renames",
    "worded",
]
