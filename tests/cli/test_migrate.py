"""Moving running cases from the command line: a plan is proposed, completed, tried, applied and undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PROCEDURE = "online_opinion.procedure.yaml"


def _change(shell: Any) -> None:
    """The second version: a longer public limit, and a state with another name."""
    file = Path(shell.folder) / PROCEDURE
    text = file.read_text(encoding="utf-8").replace("version: 1\n", "version: 2\n", 1)
    text = text.replace("    limit: 3 days\n", "    limit: 4 days\n", 1).replace("under_review", "reviewing")
    file.write_text(text, encoding="utf-8")
    shell.run("deploy")


@pytest.fixture
def plan(shell: Any, tmp_path: Path) -> Path:
    """A proposed plan for two running cases, one of them given to a unit."""
    shell.dispatched()
    shell.open(body="A lamp is out")
    _change(shell)
    file = tmp_path / "2.migration.yaml"
    shell.run("migrate", "propose", "online_opinion", "1", "2", "--output", str(file))
    return file


def _completed(plan: Path, rule: str = "recompute") -> Path:
    text = plan.read_text(encoding="utf-8")
    text = text.replace("reason: CHOOSE", "reason: New rule").replace("public_reply: keep", f"public_reply: {rule}")
    plan.write_text(text, encoding="utf-8")
    return plan


def test_a_proposal_maps_renamed_states_and_leaves_open_what_only_a_person_can_say(plan: Path, shell: Any) -> None:
    text = plan.read_text(encoding="utf-8")
    assert "under_review: reviewing    # probably" in text
    assert "public_reply: keep    # it means something else in the new version" in text
    refused = shell.run("migrate", "try", str(plan), status=3).output
    assert f"{plan}:4:9: say why the cases go over" in refused


def test_what_a_person_left_open_is_told_at_its_place(plan: Path, shell: Any) -> None:
    text = _completed(plan, "sometimes").read_text(encoding="utf-8")
    plan.write_text(text.replace("under_review: reviewing", "under_review: CHOOSE"), encoding="utf-8")
    told = shell.run("migrate", "try", str(plan), status=3).output
    assert "no state CHOOSE" in told
    assert "expected one of recompute, keep, rest, restart; got: sometimes" in told


def test_the_trial_tells_before_and_after_and_apply_does_exactly_that(plan: Path, shell: Any, tmp_path: Path) -> None:
    outcome = tmp_path / "outcome.json"
    tried = shell.json("migrate", "try", str(_completed(plan)), "--output", str(outcome))
    assert tried["problems"] == []
    assert json.loads(outcome.read_text(encoding="utf-8"))["cases"] == tried["cases"]
    assert all(case["version"] == 1 for case in shell.json("list"))
    done = shell.json("migrate", "apply", str(plan), str(outcome), by="li_guang")
    assert done["cases"] == [case["case"] for case in tried["cases"]]
    for case in tried["cases"]:
        member = case["members"][0]
        shown = shell.json("show", case["case"])
        assert shown["state"]["id"] if isinstance(shown["state"], dict) else shown["state"] == member["state"][1]
        due = next(clock["due_at"] for clock in shown["clocks"] if clock["clock"] == "public_reply")
        assert due == member["clocks"]["public_reply"]["due"][1]
    assert "version 1 -> 2" in shell.run("history", done["cases"][0]).output
    shell.run("verify")
    shell.run("migrate", "undo", done["migration"], "--reason", "Withdrawn", by="li_guang")
    assert all(case["version"] == 1 for case in shell.json("list"))
    shell.run("verify")
    shell.run("rebuild", "--check")


def test_nothing_is_done_when_a_case_was_worked_on_since_the_trial(plan: Path, shell: Any, tmp_path: Path) -> None:
    outcome = tmp_path / "outcome.json"
    shell.run("migrate", "try", str(_completed(plan)), "--output", str(outcome))
    shell.run("advance", "2026-0002", "report", by="zhao_min")
    told = shell.run("migrate", "apply", str(plan), str(outcome), by="li_guang", status=6).output
    assert "is not as it was when the plan was tried" in told
    assert all(case["version"] == 1 for case in shell.json("list"))


def test_a_file_that_is_no_outcome_is_refused(plan: Path, shell: Any) -> None:
    told = shell.run("migrate", "apply", str(_completed(plan)), str(plan), by="li_guang", status=2).output
    assert "this is not the outcome of a trial" in told


def _migrated(plan: Path, shell: Any, outcome: Path) -> str:
    shell.run("migrate", "try", str(_completed(plan)), "--output", str(outcome))
    return str(shell.json("migrate", "apply", str(plan), str(outcome), by="li_guang")["migration"])


def test_a_paper_that_only_the_new_version_knows_is_issued_and_replayed(shell: Any, tmp_path: Path) -> None:
    shell.open()
    file = Path(shell.folder) / PROCEDURE
    text = file.read_text(encoding="utf-8").replace("version: 1\n", "version: 2\n", 1)
    text = text.replace("report: {by: officer,", "report: {issues: note, by: officer,", 1)
    text = text.replace(
        "documents:\n", 'documents:\n  note: {title: {zh: 报送单, en: Note}, numbering: "N-{serial}"}\n', 1
    )
    file.write_text(text, encoding="utf-8")
    shell.run("deploy")
    plan = tmp_path / "2.migration.yaml"
    shell.run("migrate", "propose", "online_opinion", "1", "2", "--output", str(plan))
    _migrated(plan, shell, tmp_path / "outcome.json")
    shell.at("2026-11-16 09:10")
    shell.run("advance", "2026-0001", "report", by="zhao_min")
    assert [paper["number"] for paper in shell.json("show", "2026-0001")["documents"]] == ["N-1"]
    shell.run("replay", "--check")


def test_what_a_migration_took_back_is_in_force_again_when_it_is_undone(plan: Path, shell: Any, tmp_path: Path) -> None:
    shell.at("2026-11-18 09:00")
    shell.run("tick")
    assert "(overtaken" not in shell.run("history", "2026-0001").output
    migration = _migrated(plan, shell, tmp_path / "outcome.json")
    assert "Warn (overtaken by" in shell.run("history", "2026-0001").output
    shell.run("migrate", "undo", migration, "--reason", "Withdrawn", by="li_guang")
    assert "(overtaken" not in shell.run("history", "2026-0001").output
    shell.run("replay", "--check")
