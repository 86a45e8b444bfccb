"""``unit_of_work()``: the one place that commits, and where events become their consequences."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from backoffice.db import db
from backoffice.errors import Busy, StaleRevision
from backoffice.events import Event, collecting

Reaction = Callable[..., None]
Nudge = Callable[[str, int], None]

MAKE_WAY = frozenset({"55P03", "40P01", "40001"})
"""PostgreSQL: a lock was not given in time, a deadlock was broken up, a transaction came across another."""

MANY = 100
"""Rows of one table, from which on it is worth asking for their keys beforehand."""

_nested: ContextVar[bool] = ContextVar("inside a unit of work", default=False)


@dataclass(frozen=True)
class Wiring:
    """Handed over by ``create_app``: who answers events, and how a waiting worker hears of new outbox rows."""

    reactions: Mapping[type[Event], Iterable[Reaction]]
    nudge: Nudge | None


def init_app(app: Flask, wiring: Wiring) -> None:
    app.extensions["accord.work"] = wiring


class UnansweredEvent(Exception):
    """An event without an entry in REACTIONS: a consequence was forgotten."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One intention, one transaction.

    Everything acted on is loaded inside. On leaving, recorded events are answered until none is
    left, then all is committed; any error rolls everything back. Raises Busy when a lock is not
    given in time and StaleRevision when somebody else changed a loaded row first.
    """
    if _nested.get():
        raise RuntimeError("a unit of work is already open: one intention, one transaction")
    wiring: Wiring = current_app.extensions["accord.work"]
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("the session holds changes made outside a unit of work")
    session.rollback()  # ends a read transaction: SQLite cannot turn it into a writer's
    session.expunge_all()
    events: list[Event] = []
    token = _nested.set(True)
    try:
        with translated_errors(), collecting(events):
            session.connection(execution_options={"begin": "IMMEDIATE"})
            session.info["held"] = []
            yield session
            _answer(session, events, wiring.reactions)
            wanted = _outbox_rows(session)
            session.commit()
    except BaseException:
        session.rollback()
        session.expunge_all()
        raise
    finally:
        _nested.reset(token)
        session.info.pop("held", None)
    if wiring.nudge is not None:
        for table, key in wanted:
            wiring.nudge(table, key)


def _answer(
    session: Session, events: list[Event], reactions: Mapping[type[Event], Iterable[Reaction]]
) -> None:
    """First in, first out; a reaction may record further events."""
    session.flush()
    position = 0
    while position < len(events):
        event = events[position]
        position += 1
        try:
            answers = reactions[type(event)]
        except KeyError:
            raise UnansweredEvent(type(event).__name__) from None
        for reaction in answers:
            reaction(event, session)
        session.flush()


def _outbox_rows(session: Session) -> list[tuple[str, int]]:
    """Rows added in this unit that a worker will carry out; entities name themselves by ``outbox = True``."""
    return [(entity.__tablename__, entity.id) for entity in session.info.pop("outbox", [])]


@sa.event.listens_for(Session, "before_flush")
def _number_many(session: Session, _context: object, _instances: object) -> None:
    """Many new rows of one table take their keys from its sequence beforehand, in one statement.

    On PostgreSQL nothing need come back from writing them then: a thousand lines are stored in half the time.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    by_table: dict[sa.Table, list[Any]] = {}
    for entity in session.new:
        by_table.setdefault(entity.__table__, []).append(entity)
    for table, entities in by_table.items():
        key = table.autoincrement_column
        unnumbered = [each for each in entities if key is not None and getattr(each, key.key) is None]
        if key is None or len(unnumbered) < MANY:
            continue
        sequence = sa.func.pg_get_serial_sequence(table.name, key.name)
        numbers = sa.select(sa.func.nextval(sequence)).select_from(
            sa.func.generate_series(1, len(unnumbered))
        )
        for entity, number in zip(unnumbered, session.execute(numbers).scalars(), strict=True):
            setattr(entity, key.key, number)


@sa.event.listens_for(Session, "after_flush")
def _remember_outbox(session: Session, _context: object) -> None:
    rows = [entity for entity in session.new if getattr(entity, "outbox", False)]
    if rows:
        session.info.setdefault("outbox", []).extend(rows)


@sa.event.listens_for(Session, "loaded_as_persistent")
@sa.event.listens_for(Session, "pending_to_persistent")
def _hold(session: Session, entity: object) -> None:
    """Keep what a unit loads and adds until it ends: its reactions ask for the same rows, and a session forgets."""
    held = session.info.get("held")
    if held is not None:
        held.append(entity)


@sa.event.listens_for(Session, "after_rollback")
def _forget_outbox(session: Session) -> None:
    session.info.pop("outbox", None)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Database errors that are answers to a reader, put into our own words."""
    try:
        yield
    except StaleDataError as error:
        raise StaleRevision from error
    except DBAPIError as error:
        if is_lock_timeout(error):
            raise Busy from error
        raise


def is_lock_timeout(error: DBAPIError) -> bool:
    """True when a lock was not given in time, on either database."""
    if isinstance(error, OperationalError) and isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in MAKE_WAY
