"""Write the generated parts of the pages: what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

python docs/generate.py           write them
python docs/generate.py --check   write nothing; exit 1 when a page is out of date
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

import caseclock.definitions
import caseclock.storage
import caseclock.workflow
from caseclock.definitions import shipped
from caseclock.definitions.explaining import FILE as EXPLAINED
from caseclock.definitions.explaining import explained, found_in
from caseclock.definitions.problem_display import display
from caseclock.definitions.yaml_reader import Source, read_yaml
from caseclock.workflow.errors import CaseclockError, Problem
from caseclock.workflow.messages import Text

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PROCEDURE = "definitions/online_opinion.procedure.yaml"
STORY = "definitions/demo.story.yaml"
PACKAGES = (caseclock.workflow, caseclock.definitions, caseclock.storage)
BLOCK = re.compile(r"(<!-- begin ([a-z-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def link(file: str, line: int, text: str) -> str:
    """Return a link from a page to a line of a file of the repository."""
    return f"[{text}](../{file}#L{line})"


# Commands


def commands() -> Iterator[str]:
    """Yield the help of the command line, the commands in alphabetical order."""
    from caseclock.cli import caseclock as group

    os.environ["LANGUAGE"] = "en"
    with click.Context(group, info_name="caseclock", terminal_width=88, max_content_width=88) as top:
        yield from _help("caseclock", group, top)
        yield from _commands_of(group, top, "caseclock")


def _commands_of(group: click.Group, above: click.Context, title: str) -> Iterator[str]:
    for name in sorted(group.commands):
        command = group.commands[name]
        with click.Context(command, info_name=name, parent=above, terminal_width=88, max_content_width=88) as context:
            yield from _help(f"{title} {name}", command, context)
            if isinstance(command, click.Group):
                yield from _commands_of(command, context, f"{title} {name}")


def _help(title: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {title}\n\n```text\n{command.get_help(context)}\n```\n"


# Problems


def problem_examples() -> list[Mapping[str, Any]]:
    """Return the entries of problems.yaml, headings (``group``) included."""
    entries: list[Mapping[str, Any]] = yaml.safe_load((DOCS / "problems.yaml").read_text(encoding="utf-8"))
    return entries


def found_problems(example: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what the checker finds in an example."""
    return found_in(example)


def problems() -> Iterator[str]:
    """Yield every code with an example, what the checker says to it, the same without the mistake, and what to do."""
    for example in problem_examples():
        if "group" in example:
            yield f"## {example['group']}\n"
            continue
        entry = explained(example, Text("", ""))
        shown = "\n".join(display(entry.problem))
        yield f"### {example['code']}\n\n```text\n{shown}\n```\n\n{example['do']}\n"
        if entry.right:
            right = "\n".join(entry.right)
            yield f"Right:\n\n```yaml\n{right}\n```\n"


def problems_file() -> str:
    """Return problems.yaml as the program has it: JSON, which needs no reader."""
    return json.dumps(problem_examples(), ensure_ascii=False, indent=1) + "\n"


# The rule table


def rule_rows() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of rule_table.yaml by their ids."""
    rows: Mapping[str, Mapping[str, Any]] = yaml.safe_load((DOCS / "rule_table.yaml").read_text(encoding="utf-8"))
    return rows


def place(source: Source, dotted: str) -> int:
    """Return the line of a place in a YAML file. Raises SystemExit when there is none."""
    path = tuple(int(step) if step.isdecimal() else step for step in dotted.split("."))
    found = source.keys.get(path) or source.values.get(path)
    if found is None:
        raise SystemExit(f"rule_table.yaml: no place {dotted} in {source.file}")
    return found.line


def test_link(name: str) -> str:
    """Return a link to a test such as ``engine/test_machine.py::test_x``. Raises SystemExit when there is none."""
    file, _, function = name.partition("::")
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    if not any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body):
        raise SystemExit(f"rule_table.yaml: no test {name}")
    return f"[{function.removeprefix('test_').replace('_', ' ')}](../tests/{file})"


def story_lines(source: Source) -> dict[str, int]:
    """Return the lines of the story's steps, by deed and time."""
    lines = {}
    for index, step in enumerate(source.data["steps"]):
        deed = step.get("do") or next(key for key in ("open", "tick", "why", "show") if key in step)
        deed = f"why {step['why']}" if deed == "why" else deed
        lines[f"{deed} {step['at']}"] = source.values["steps", index].line
    return lines


def rule_table() -> Iterator[str]:
    """Yield the table: row, clause, lines of the procedure, and what shows it."""
    procedure, story = (read_yaml((ROOT / file).read_text(encoding="utf-8"), file) for file in (PROCEDURE, STORY))
    steps = story_lines(story)
    yield "| row | clause | lines | shown by |\n| --- | --- | --- | --- |"
    for row, entry in rule_rows().items():
        lines = [link(PROCEDURE, place(procedure, dotted), f"`{dotted}`") for dotted in entry.get("lines", ())]
        shown = [test_link(test) for test in entry.get("tests", ())]
        for step in entry.get("story", ()):
            if step not in steps:
                raise SystemExit(f"rule_table.yaml: no step {step} in {STORY}; steps: {', '.join(steps)}")
            shown.append("demo: " + link(STORY, steps[step], step))
        cells = [row, f"{entry['clause']}<br>{entry['means']}", "<br>".join(lines), "<br>".join(shown)]
        if "note" in entry:
            cells[2] = "<br>".join(filter(None, [cells[2], f"*{entry['note'].strip()}*"]))
        yield f"| {' | '.join(cell or '-' for cell in cells)} |"


# Modules and errors


def modules() -> Iterator[str]:
    """Yield the names of all modules of the package, in order of their files."""
    for package in PACKAGES:
        yield package.__name__
        found = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
        yield from (name for name in sorted(found) if ".migrations." not in name)
    yield "caseclock.cli"


def module_table() -> Iterator[str]:
    """Yield one line for each module: the first sentence of its docstring."""
    folder = None
    for name in modules():
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        file = Path(spec.origin).resolve().relative_to(ROOT.resolve())
        if file.parent != folder:
            folder = file.parent
            yield (
                f"\n### `{folder.as_posix()}/`\n\n| module | what it is |\n| --- | --- |"
                if folder.name
                else ("\n### The command line\n\n| module | what it is |\n| --- | --- |")
            )
        docstring = ast.get_docstring(ast.parse(file_text(file))) or ""
        yield f"| [`{file.name}`](../{file.as_posix()}) | {docstring.splitlines()[0].replace('|', '/')} |"
    yield ""


def file_text(file: Path) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / file).read_text(encoding="utf-8")


def error_classes() -> list[type[CaseclockError]]:
    """Return every error class of the package, bases first."""
    for name in modules():
        importlib.import_module(name)
    found: list[type[CaseclockError]] = []
    waiting: list[type[CaseclockError]] = [CaseclockError]
    while waiting:
        kind = waiting.pop(0)
        if kind.__module__.startswith("caseclock."):
            found.append(kind)
        waiting = [*kind.__subclasses__(), *waiting]
    return found


def error_table() -> Iterator[str]:
    """Yield the table of error classes."""
    yield "| class | `code` | `exit_status` | when |\n| --- | --- | --- | --- |"
    for kind in error_classes():
        sentence = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
        yield f"| `{kind.__name__}` | `{kind.code}` | {kind.exit_status} | {sentence} |"


def inquiry() -> Iterator[str]:
    """Yield the tutorial's procedure as it is shipped."""
    yield f"```yaml file=inquiry.procedure.yaml\n{shipped('inquiry.procedure.yaml')}```"


def diagram() -> Iterator[str]:
    """Yield the seven-step procedure as Mermaid."""
    from caseclock.definitions import YamlReader
    from caseclock.definitions.language import language
    from caseclock.workflow.pictures.making import picture

    reader = YamlReader()
    file = Path(PROCEDURE).name
    procedure = reader.procedure(reader.compile(shipped(file), file=file).compiled)
    for drawn in picture(procedure, language("en"), "mermaid").split("\n\n"):
        yield f"```mermaid\n{drawn.strip()}\n```\n"


BLOCKS: Mapping[str, Callable[[], Iterator[str]]] = {
    "inquiry": inquiry,
    "commands": commands,
    "problems": problems,
    "rule-table": rule_table,
    "modules": module_table,
    "errors": error_table,
    "diagram": diagram,
}


def render(page: str) -> str:
    """Return a page with its generated parts made anew."""
    return BLOCK.sub(lambda found: found[1] + "\n".join(BLOCKS[found[2]]()).strip("\n") + "\n" + found[3], page)


def outdated() -> dict[Path, str]:
    """Return the pages and the file of examples that are out of date, with what they should say."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    found = {path: made for path, page in pages.items() if (made := render(page)) != page}
    file = ROOT / "definitions" / EXPLAINED
    if (DOCS / "problems.yaml").exists() and (not file.exists() or file.read_text(encoding="utf-8") != problems_file()):
        found[file] = problems_file()
    return found


def main(arguments: list[str]) -> int:
    """Write or check the pages; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    pages = outdated()
    for path, page in pages.items():
        print(f"{path.relative_to(ROOT)} is out of date" if arguments else f"wrote {path.relative_to(ROOT)}")
        if not arguments:
            path.write_text(page, encoding="utf-8")
    if pages and arguments:
        print("run: python docs/generate.py")
    return bool(pages and arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
