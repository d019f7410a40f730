"""What is nearly right is told with what is probably meant."""

from pathlib import Path

import pytest

from caseclock.definitions import YamlReader, shipped
from caseclock.definitions.rehearsals.reader import read_rehearsal
from caseclock.workflow.errors import DefinitionInvalid

LIMIT = "limit: 5 working days"


def problems(text: str, file: str = "inquiry.procedure.yaml") -> list[str]:
    with pytest.raises(DefinitionInvalid) as error:
        YamlReader().compile(text, file=file)
    return [problem.message.text() for problem in error.value.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1h", "1 hour"),
        ("90 mins", "90 minutes"),
        ("a month", "1 month"),
        ("two weeks", "2 weeks"),
        ("10 business days", "10 working days"),
        ("2 business hours", "2 working hours"),
        ("3 Working Days", "3 working days"),
        ("3days", "3 days"),
        ("5 wroking days", "5 working days"),
        ("1 quarter", "3 months"),
        ("a fortnight", "2 weeks"),
        ("1 half-year", "6 months"),
        ("20个工作日", "20 working days"),
        ("15日", "15 days"),
        ("1 month and 3d", "1 month and 3 days"),
        ("14d then 3d", "14 days then 3 days"),
    ],
)
def test_a_length_that_is_nearly_one_is_told_with_the_one_that_is_meant(written, meant):
    (told,) = problems(shipped("inquiry.procedure.yaml").replace(LIMIT, f"limit: {written}"))
    assert f"did you mean {meant}?" in told
    assert "working minute" in told, "the units are listed"
    YamlReader().compile(shipped("inquiry.procedure.yaml").replace(LIMIT, f"limit: {meant}"), file="i.yaml")


@pytest.mark.parametrize("written", ["soon", "5", "1.5 hours", "half a day", "-1 days", "5 of them"])
def test_nothing_is_guessed_where_nothing_is_near(written):
    (told,) = problems(shipped("inquiry.procedure.yaml").replace(LIMIT, f"limit: {written}"))
    assert "did you mean" not in told
    assert "working minute" in told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("0 working days", "for the same day write 1 working day"),
        ("3 months less 1 day", "for a day less write 3 months"),
        ("a year minus one day", "for a day less write 1 year"),
    ],
)
def test_what_is_said_in_another_way_is_told_with_the_way(written, told):
    (message,) = problems(shipped("inquiry.procedure.yaml").replace(LIMIT, f"limit: {written}"))
    assert f"{told} with counting: first_day: included" in message


def test_a_comma_in_a_text_without_quotes_is_explained():
    text = shipped("inquiry.procedure.yaml").replace("en: Question}", "en: Question, in writing}")
    assert "put quotes round a text that has a comma" in problems(text)[0]
    calendar = shipped("xiangxi.calendar.yaml").replace("en: Working days of", "en: Days, of")
    assert "put quotes round a text that has a comma" in problems(calendar, "x.calendar.yaml")[0]


@pytest.mark.parametrize("kind", ["procedure", "calendar", "roster"])
def test_a_definition_that_is_given_as_a_test_is_told_to_be_none(kind, tmp_path: Path):
    name = {"procedure": "inquiry", "calendar": "cn", "roster": "township"}[kind]
    with pytest.raises(DefinitionInvalid) as error:
        read_rehearsal(shipped(f"{name}.{kind}.yaml"), f"{name}.{kind}.yaml")
    (problem,) = error.value.problems
    assert problem.code == "unknown-kind"
    assert problem.message.text() == f"this is a {kind}, not a test; give its test, such as {name}.test.yaml"
