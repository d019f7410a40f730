"""Every sentence that people can read is in the Chinese catalogue, and the compiled catalogue is the written one."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from caseclock.definitions.language import LOCALE, language

ROOT = Path(__file__).parents[2]
SOURCES = ("workflow", "definitions", "storage")
PO = LOCALE / "zh" / "LC_MESSAGES" / "caseclock.po"


def templates() -> set[str]:
    """Return every English template in the sources: what stands in a call of ``say`` or ``_``."""
    found = {
        message
        for folder in SOURCES
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, keywords={"say": None, "_": None})
    }
    lines = extract_from_dir(ROOT, method_map=[("cli.py", "python")], keywords={"say": None, "_": None})
    return found | {message for _, _, message, _, _ in lines}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


def test_every_sentence_has_a_chinese_wording(catalogue: Catalog) -> None:
    missing = sorted(text for text in templates() if text not in catalogue or not catalogue[text].string)
    assert missing == []


def test_the_catalogue_holds_nothing_that_no_code_says(catalogue: Catalog) -> None:
    """Sentences of click itself are kept apart by their flag ``click``."""
    known = templates()
    stale = [
        message.id for message in catalogue if message.id and "click" not in message.flags and message.id not in known
    ]
    assert stale == []


def test_each_wording_has_the_same_values_as_its_sentence(catalogue: Catalog) -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    wrong = [
        message.id
        for message in catalogue
        if message.id and "click" not in message.flags and values(str(message.id)) != values(str(message.string))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_chinese_is_spoken() -> None:
    assert language("zh").translate("did you mean {nearest}?") != "did you mean {nearest}?"
