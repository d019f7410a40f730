"""A calendar is stored as JSON: nothing gets lost, old stored calendars load, and counting on one needs no reader."""

import json
import subprocess
import sys
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from caseclock.definitions import YamlReader, shipped
from caseclock.workflow.calendars import Calendar, ClosedSeason, Note, Session
from caseclock.workflow.messages import Text

FIRST = date(2026, 1, 1)

STORED_BEFORE_THERE_WERE_SEASONS = {
    "id": "demo",
    "title": {"en": "Demo", "zh": "示例"},
    "zone": "Asia/Shanghai",
    "first": "2026-11-16",
    "days": "1111100",
    "official_through": "2026-11-22",
    "notes": {
        "2026-11-18": {"name": {"en": "Fair", "zh": "集市"}, "source": {"en": "Order 1", "zh": "第1号"}},
        "2026-11-19": {"name": {"en": "Fair", "zh": "集市"}, "source": None},
    },
    "hours": [[["08:30:00", "12:00:00"], ["13:30:00", "18:00:00"]], [], [], [], [], [], []],
}

texts = st.builds(Text, st.text(max_size=8), st.text(max_size=8))
notes = st.builds(Note, texts, st.none() | texts)
days = st.integers(0, 399).map(lambda n: FIRST + timedelta(days=n))
walls = st.times().map(lambda wall: wall.replace(tzinfo=None, fold=0))
sessions = st.lists(st.builds(Session, walls, walls), max_size=2).map(tuple)
spans = st.lists(st.tuples(days, days), max_size=3).map(tuple)
seasons = st.builds(ClosedSeason, st.text(max_size=8), texts, st.none() | texts, st.booleans(), spans)
calendars = st.builds(
    Calendar,
    id=st.text(max_size=8),
    title=texts,
    zone=st.sampled_from(["Asia/Shanghai", "Europe/London", "UTC"]),
    first=st.just(FIRST),
    days=st.text("10sS", min_size=1, max_size=400),
    official_through=days,
    notes=st.dictionaries(days, notes, max_size=4),
    hours=st.tuples(*[sessions] * 7),
    seasons=st.lists(seasons, max_size=2).map(tuple),
    special_hours=st.dictionaries(days, sessions, max_size=3),
)


@given(calendars)
def test_a_stored_calendar_is_equal_and_has_the_same_fingerprint(calendar):
    again = Calendar.from_json(json.loads(json.dumps(calendar.to_json())))
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert again.fingerprint == calendar.fingerprint


@given(calendars, st.sampled_from(["seasons", "special_hours"]))
def test_what_a_calendar_does_not_use_is_not_stored(calendar, name):
    assert (name in calendar.to_json()) == bool(getattr(calendar, name))


def test_a_calendar_stored_before_there_were_seasons_loads_and_keeps_its_fingerprint():
    calendar = Calendar.from_json(STORED_BEFORE_THERE_WERE_SEASONS)
    assert calendar.to_json() == STORED_BEFORE_THERE_WERE_SEASONS
    assert calendar.fingerprint == "6382efd96cdf44302280486a23427a815b1ec9f93d31705cda2e1ed229d49cc7"
    assert (calendar.seasons, calendar.special_hours) == ((), {})
    assert not calendar.stands(date(2026, 11, 18))
    assert calendar.office_hours(date(2026, 11, 16))[0] == Session(time(8, 30), time(12))


def test_counting_on_a_stored_calendar_imports_no_reader_no_holidays_and_no_pendulum(tmp_path):
    """A due must not wait for packages that only deployment needs."""
    stored = tmp_path / "cn.json"
    stored.write_text(YamlReader().compile(shipped("cn.calendar.yaml"), file="cn").compiled, encoding="utf-8")
    program = (
        "import json, sys\n"
        "from datetime import UTC, datetime\n"
        "from caseclock.workflow.calendars import Calendar\n"
        "from caseclock.workflow.clocks import count\n"
        "from caseclock.workflow.model import Counting, Limit, Period, TimeUnit\n"
        "calendar = Calendar.from_json(json.load(open(sys.argv[1], encoding='utf-8')))\n"
        "limit = Limit(Period(10, TimeUnit.WORKING_DAY), Counting())\n"
        "found = count(limit, datetime(2026, 9, 28, 1, tzinfo=UTC), calendar)\n"
        "print(found.due.isoformat())\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program, str(stored)], capture_output=True, text=True, check=True
    )
    due, loaded = done.stdout.splitlines()
    assert due == "2026-10-16T16:00:00+00:00"
    assert {"holidays", "pendulum", "yaml", "pydantic", "dateutil"}.isdisjoint(loaded.split())
