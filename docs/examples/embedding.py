"""Embed caseclock in a small program that has a table of its own: one transaction for both.

Run it anywhere with caseclock installed: python embedding.py
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from caseclock.definitions import YamlReader, shipped
from caseclock.storage import SqlStore, prepare_engine, upgrade_if_needed
from caseclock.workflow import Actor, Engine, Refusal

# The host program: its database, its own table, its own accounts.
metadata = sa.MetaData()
complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("case_number", sa.String, nullable=False),
)
clerk = Actor("account-17", roles=frozenset({"clerk"}))
head = Actor("account-3", roles=frozenset({"head"}))


class DrivenTime:
    """Time for a test or a demonstration: it moves when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the present instant, as the engine asks for it."""
        return self.now


def main() -> None:
    """Run the host program."""
    database = prepare_engine(sa.create_engine("sqlite://", poolclass=sa.StaticPool))
    metadata.create_all(database)
    upgrade_if_needed(database)

    time = DrivenTime(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))
    store = SqlStore(database)
    engine = Engine(store, YamlReader(), office="my-office", now=time)
    engine.deploy(shipped("cn.calendar.yaml"), file="cn.calendar.yaml")
    engine.deploy(shipped("inquiry.procedure.yaml"), file="inquiry.procedure.yaml")

    # One transaction: the host's row and the case, or neither.
    with database.begin() as connection:
        joined = engine.using(SqlStore.joined(connection))
        receipt = joined.open("inquiry", {"question": "When is the street light repaired?"}, by=clerk)
        number = receipt.case.number
        connection.execute(complaints.insert().values(text="The street light is out", case_number=number))
    print(f"opened {number}")

    # A menu: what may this actor do now?
    for offer in engine.actions(number, clerk):
        print(f"{clerk.id} may {offer.action}: {offer.title.en}, inputs: {[field.name for field in offer.inputs]}")

    # A refusal: caught, shown, and nothing has changed, in neither table.
    try:
        with database.begin() as connection:
            connection.execute(complaints.delete())
            engine.using(SqlStore.joined(connection)).fire(number, "answer", by=head, data={})
    except Refusal as refusal:
        print(f"refused ({refusal.code}): {refusal.text()}")
    with database.connect() as connection:
        print("rows left:", connection.execute(sa.select(sa.func.count()).select_from(complaints)).scalar())

    # Time passes: the clock is measured anew at every reading.
    time.now += timedelta(days=30)
    for clock in engine.case(number).clocks:
        print(f"{clock.status.clock.title.en}: due {clock.status.due_at:%Y-%m-%d %H:%M} UTC, overdue: {clock.overdue}")


if __name__ == "__main__":
    main()
