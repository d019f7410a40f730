"""The shipped templates are what their layouts give."""

from __future__ import annotations

import importlib.util
from pathlib import Path

FOLDER = Path(__file__).parents[2]


def test_every_template_is_as_its_layout_says(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("templates", FOLDER / "docs" / "templates.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    writer.main(tmp_path)
    written = sorted(tmp_path.iterdir())
    assert len(written) > 25
    shipped = FOLDER / "definitions" / "templates"
    assert [file.name for file in written if file.read_bytes() != (shipped / file.name).read_bytes()] == []
