"""The languages caseclock speaks: English, and Chinese from the gettext catalogue beside this module."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ..workflow.messages import ENGLISH, Language

DOMAIN = "caseclock"
LOCALE = Path(__file__).parent / "locale"


@lru_cache
def language(code: str) -> Language:
    """Return the language with this code: ``zh`` is Chinese, anything else English.

    >>> language("en").code
    'en'
    """
    if code != "zh":
        return ENGLISH
    return Language("zh", gettext.translation(DOMAIN, LOCALE, languages=["zh"]).gettext)


def preferred_language(environment: Mapping[str, str]) -> str:
    """Return the code of the language that a user's environment asks for, as gettext reads it.

    >>> preferred_language({"LANG": "zh_CN.UTF-8"})
    'zh'
    >>> preferred_language({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"})
    'en'
    """
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if wanted := environment.get(variable):
            return "zh" if wanted.lower().startswith("zh") else "en"
    return "en"
