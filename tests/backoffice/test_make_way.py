"""Two transactions that stand in each other's way on PostgreSQL: one of them is asked to come again, not failed."""

import threading

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.errors import Busy
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member


@pytest.mark.parametrize("database", ["postgresql"])  # SQLite has one writer at a time
def test_a_deadlock_is_told_as_busy(app):
    rep = a_member()
    first, second = a_client(rep), a_client(rep)
    both_hold_one, told = threading.Barrier(2), []

    def lock(session, client):
        session.execute(sa.text("UPDATE clients SET phone = phone WHERE id = :id"), {"id": client})

    def crosswise(mine, other):
        with app.app_context():
            try:
                with unit_of_work() as session:
                    lock(session, mine)
                    both_hold_one.wait(10)
                    lock(session, other)
                told.append("done")
            except Busy:
                told.append("busy")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=crosswise, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == ["busy", "done"]
