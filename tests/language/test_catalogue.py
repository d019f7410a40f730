"""Every sentence that people can read is in the Chinese catalogue, and the compiled catalogue is the written one."""

from __future__ import annotations

import gettext
import string
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from caseclock.definitions.language import LOCALE, language

ROOT = Path(__file__).parents[2]
SOURCES = ("workflow", "definitions", "storage")
KEYWORDS = {**DEFAULT_KEYWORDS, "say": None}
PO = LOCALE / "zh" / "LC_MESSAGES" / "caseclock.po"


def templates() -> set[str]:
    """Return every English template: what stands in a call of ``say`` or ``_``, in our sources and in click's."""
    folders = [*(ROOT / folder for folder in SOURCES), Path(click.__file__).parent]
    found = [entry for folder in folders for entry in extract_from_dir(folder, keywords=KEYWORDS)]
    found += [("", *entry) for entry in extract_from_file("python", ROOT / "cli.py", keywords=KEYWORDS)]
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def wordings(catalogue: Catalog) -> dict[str, str]:
    """Return the Chinese wording of every English template; a plural has one wording in Chinese."""
    return {_first(message.id): _first(message.string) for message in catalogue if message.id}


def _last(text: str | tuple[str, ...] | list[str]) -> str:
    """Return a sentence, or its plural: that is the one with all the values."""
    return text if isinstance(text, str) else text[-1]


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def spoken(compiled: gettext.GNUTranslations, template: str | tuple[str, ...] | list[str]) -> str:
    """Return what a program would say for a template of the compiled catalogue, or for a singular and a plural."""
    return compiled.gettext(template) if isinstance(template, str) else compiled.ngettext(template[0], template[1], 2)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


def test_every_sentence_has_a_chinese_wording_and_no_wording_is_left_over(catalogue: Catalog) -> None:
    assert {text for text, wording in wordings(catalogue).items() if wording} == templates()


def test_each_wording_has_the_same_values_as_its_sentence(catalogue: Catalog) -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [message.id for message in catalogue if values(_last(message.id)) != values(_last(message.string))] == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: Catalog) -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [
        message.id for message in catalogue if message.id and spoken(compiled, message.id) != _first(message.string)
    ] == []


def test_chinese_is_spoken() -> None:
    assert language("zh").translate("did you mean {nearest}?") != "did you mean {nearest}?"
