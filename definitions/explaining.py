"""Every kind of problem explained: a wrong example as the checker tells it, the right one, and what to do.

The examples are those of docs/problems.yaml; `FILE` holds them for the program, and docs/generate.py writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..workflow.checks.sentences import nearest
from ..workflow.errors import DefinitionInvalid, NotFound, Problem
from ..workflow.messages import Language, Text, say
from . import YamlReader, shipped
from .office_reader import check_files
from .problem_display import display

FILE = "problems.json"
"""The shipped examples."""

Example = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """A kind of problem: its example, what the checker says to that, and the same without the mistake."""

    code: str
    group: Text
    problem: Problem
    right: tuple[str, ...]
    do: Text

    def lines(self, language: Language) -> Iterator[str]:
        """Yield the lines that explain it."""
        yield say("{code} ({group})", code=self.code, group=self.group).text(language)
        yield ""
        yield say("Wrong:").text(language)
        yield from display(self.problem, language)
        if self.right:
            yield ""
            yield say("Right:").text(language)
            yield from (f"  {line}" for line in self.right)
        yield ""
        yield self.do.of(language.code)

    def plain(self, language: Language) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "code": self.code,
            "group": self.group.of(language.code),
            "severity": self.problem.severity,
            "message": self.problem.message.text(language),
            "wrong": self.problem.source,
            "right": "\n".join(self.right),
            "do": self.do.of(language.code),
            "page": f"docs/problems.md#{self.code}",
        }


def explain(code: str) -> Explained:
    """Return what a code means. Raises `NotFound`, with the nearest code, for one that there is not."""
    examples: list[Example] = json.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    group = Text("", "")
    for example in examples:
        if "group" in example:
            group = Text(example["group"], example.get("zh", example["group"]))
        elif example["code"] == code:
            return explained(example, group)
    codes = sorted(example["code"] for example in examples if "code" in example)
    near = nearest(code, codes)
    raise NotFound(
        say("no problem is called {code}", code=code),
        say("did you mean {near}?", near=near) if near else say("they are: {codes}", codes=codes),
    )


def explained(example: Example, group: Text) -> Explained:
    """Return the explanation that an entry of problems.yaml gives. Raises ValueError where it shows another code."""
    fitting = next((problem for problem in found_in(example) if problem.code == example["code"]), None)
    if fitting is None:
        raise ValueError(f"problems.yaml: the example of {example['code']} does not show it")
    if "size" in example:
        fitting = replace(fitting, source="")
    return Explained(
        example["code"], group, fitting, _right(example), Text(example["do"], example.get("zh", example["do"]))
    )


def found_in(example: Example) -> tuple[Problem, ...]:
    """Return what the checker finds in an example; the lint only where the entry says so."""
    file = example.get("file") or example.get("in", "example.procedure.yaml")
    if "lint" in example or "beside" in example:
        return _found_together(file, example)
    try:
        if "bytes" in example:
            return _badly_saved(example["bytes"], file)
        if ".story." in file:
            from .rehearsals.story_reader import read_story

            read_story(_text(example), file)
        elif ".test." in file:
            from .rehearsals.reader import read_rehearsal

            read_rehearsal(_text(example), file)
        else:
            compiled = YamlReader().compile(_text(example), file=file)
            return (*compiled.warnings, *YamlReader().findings(_text(example), file=file))
    except DefinitionInvalid as error:
        return error.problems
    return ()


def _found_together(name: str, example: Example) -> tuple[Problem, ...]:
    """What is found when the example lies in a folder, with what stands beside it."""
    from .checking import check_everything

    with TemporaryDirectory() as folder:
        for other, text in {**example.get("beside", {}), name: _text(example)}.items():
            path = Path(folder, other)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = check_everything([Path(folder, name)]).problems
        return tuple(replace(it, file=str(Path(it.file).relative_to(folder))) for it in found)


def _badly_saved(text: str, name: str) -> tuple[Problem, ...]:
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(text.encode("latin-1"))
        return tuple(replace(problem, file=name) for problem in check_files([file])[1])


def _text(example: Example) -> str:
    if "size" in example:
        return "#" * int(example["size"])
    if "text" in example:
        return str(example["text"])
    whole = shipped(example["in"])
    if example["old"] not in whole:
        raise ValueError(f"problems.yaml: {example['code']}: not in {example['in']}: {example['old']!r}")
    return whole.replace(example["old"], example["new"], 1)


def _right(example: Example) -> tuple[str, ...]:
    """The lines of the example as they are without the mistake."""
    if "right" in example:
        return tuple(str(example["right"]).rstrip("\n").split("\n"))
    if "old" not in example:
        return ()
    whole = shipped(example["in"])
    begins = whole.index(example["old"])
    ends = begins + len(example["old"].rstrip("\n"))
    first, last = whole.rfind("\n", 0, begins) + 1, whole.find("\n", ends)
    return tuple(line for line in whole[first:last].split("\n"))
