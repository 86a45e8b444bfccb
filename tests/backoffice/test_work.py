"""The one place that commits."""
# ruff: noqa: PT012 - a unit of work is refused as a whole

import threading
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from flask import current_app

from backoffice.clients.models import Client
from backoffice.db import Bilingual, db
from backoffice.errors import Busy, StaleRevision
from backoffice.events import Event, RecordsEvents
from backoffice.families.models import ProductFamily
from backoffice.seller.models import ONLY, Seller
from backoffice.work import MANY, UnansweredEvent, Wiring, unit_of_work
from tests.factories import a_client, a_member, a_seller, everything


@pytest.fixture(autouse=True)
def _database(app):
    """Each test has the tables, and the reactions of the house again afterwards."""
    wiring = app.extensions["accord.work"]
    a_seller()
    yield
    app.extensions["accord.work"] = wiring


@dataclass(frozen=True, kw_only=True)
class Knocked(Event):
    name: str


@dataclass(frozen=True, kw_only=True)
class Opened(Event):
    name: str


class Door(RecordsEvents):
    pass


def answered_by(**reactions):
    kinds = {"knocked": Knocked, "opened": Opened}
    wiring: Wiring = current_app.extensions["accord.work"]
    current_app.extensions["accord.work"] = replace(
        wiring, reactions={kinds[name]: acts for name, acts in reactions.items()}
    )


def name_of_seller() -> str:
    db.session.remove()
    return db.session.get_one(Seller, ONLY).name


def test_what_is_done_inside_is_kept():
    with unit_of_work() as session:
        session.get_one(Seller, ONLY).name = "Autre"
    assert name_of_seller() == "Autre"


def test_units_do_not_nest():
    with pytest.raises(RuntimeError, match="already open"), unit_of_work(), unit_of_work():
        pass


def test_a_session_changed_outside_is_refused():
    db.session.get_one(Seller, ONLY).name = "Autre"
    with pytest.raises(RuntimeError, match="outside a unit"), unit_of_work():
        pass
    db.session.rollback()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_any_error_takes_everything_back(error):
    before = everything()
    with pytest.raises(error), unit_of_work() as session:
        session.get_one(Seller, ONLY).name = "Autre"
        session.flush()
        raise error
    assert everything() == before
    with unit_of_work() as session:  # and the next unit is not in its way
        assert session.get_one(Seller, ONLY).name == "Atelier Duval"


def test_entities_loaded_before_are_not_those_inside():
    before = db.session.get_one(Seller, ONLY)
    with unit_of_work() as session:
        assert session.get_one(Seller, ONLY) is not before


def test_events_are_answered_first_in_first_out_and_so_are_those_of_the_answers():
    heard = []

    def hear(event, _session):
        heard.append((type(event).__name__, event.name))

    def open_up(event, _session):
        Door().record(Opened(name=event.name))

    answered_by(knocked=(hear, open_up), opened=(hear,))
    with unit_of_work():
        Door().record(Knocked(name="Anne"))
        Door().record(Knocked(name="Yann"))
        assert heard == []
    assert heard == [("Knocked", "Anne"), ("Knocked", "Yann"), ("Opened", "Anne"), ("Opened", "Yann")]


def test_an_event_that_nobody_answers_is_an_error_and_nothing_is_kept():
    answered_by(opened=())
    with pytest.raises(UnansweredEvent, match="Knocked"), unit_of_work() as session:
        session.get_one(Seller, ONLY).name = "Autre"
        Door().record(Knocked(name="Anne"))
    assert name_of_seller() == "Atelier Duval"


def test_events_of_a_unit_that_failed_are_forgotten():
    heard = []
    answered_by(knocked=(lambda event, _session: heard.append(event),))
    with pytest.raises(ValueError, match="stop"), unit_of_work():
        Door().record(Knocked(name="Anne"))
        raise ValueError("stop")
    with unit_of_work():
        pass
    assert heard == []


def test_without_a_unit_an_entity_keeps_its_own_events():
    door = Door()
    door.record(Knocked(name="Anne"))
    assert (door.take_events(), door.take_events()) == ([Knocked(name="Anne")], [])


def test_a_failing_reaction_takes_the_act_back():
    def fail(_event, _session):
        raise ValueError("no")

    answered_by(knocked=(fail,))
    with pytest.raises(ValueError, match="no"), unit_of_work() as session:
        session.get_one(Seller, ONLY).name = "Autre"
        Door().record(Knocked(name="Anne"))
    assert name_of_seller() == "Atelier Duval"


def test_who_changes_a_row_on_an_old_revision_is_told(app):
    client = a_client(a_member())
    with pytest.raises(StaleRevision), unit_of_work() as session:
        row = session.get_one(Client, client)
        session.execute(
            sa.update(Client)
            .values(revision=Client.revision + 1)
            .execution_options(synchronize_session=False)
        )
        row.name = "Autre"


def test_a_lock_that_is_not_given_in_time_is_said_as_busy(app, database):
    release, held = threading.Event(), threading.Event()

    def hold() -> None:
        with (
            app.app_context(),
            db.engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            connection.execute(sa.update(Seller).values(name="Tenu"))
            held.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    try:
        db.session.remove()

        def impatient(connection, _record=None):
            if database == "sqlite":
                connection.execute("PRAGMA busy_timeout=50")
            else:
                connection.execute("SET lock_timeout = '50ms'")
                connection.commit()

        db.engine.dispose(close=False) if database == "sqlite" else None
        sa.event.listen(
            db.engine, "checkout", lambda connection, record, _proxy: impatient(connection, record), once=True
        )
        with pytest.raises(Busy), unit_of_work() as session:
            session.execute(sa.update(Seller).values(name="Autre"))
    finally:
        release.set()
        holder.join()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("count", [MANY - 1, MANY, 3 * MANY])
def test_many_rows_at_once_are_numbered_in_their_order_and_no_number_is_given_twice(count):
    def add(names: list[str]) -> list[int]:
        with unit_of_work() as session:
            families = [ProductFamily(name=Bilingual(name)) for name in names]
            session.add_all(families)
            session.flush()
            return [family.id for family in families]

    first, many, last = add(["Avant"]), add([f"Famille {number}" for number in range(count)]), add(["Après"])
    assert [*first, *many, *last] == sorted({*first, *many, *last})
    of_many = sa.select(ProductFamily).where(ProductFamily.id.in_(many)).order_by(ProductFamily.id)
    stored = [(family.id, family.name.fr) for family in db.session.scalars(of_many)]
    assert stored == [(key, f"Famille {number}") for number, key in enumerate(many)]
