"""A mail is sent again once, also when two people ask for it: SQLite's lock would hide what goes wrong."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_sent_quote, an_opportunity

WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


def test_of_two_clicks_the_later_does_not_take_the_mail_from_the_worker(app, signed_in):
    rep = a_member(Role.REP)
    a_sent_quote(an_opportunity(owner=rep))
    with unit_of_work() as session:
        mail = session.scalars(sa.select(OutgoingMail)).one()
        mail.state, mail.attempts, mail.last_error = MailState.FAILED, 20, "refused: 550 no"
    reader = signed_in(rep)
    form = reader.page(f"/mail/{mail.id}").form("send-again")
    lease = clock.now() + timedelta(minutes=2)

    with ThreadPoolExecutor(max_workers=1) as other, the_first_click(mail.id, lease):
        second = other.submit(reader.post, form["action"], data=form["fields"])
        until_one_waits()
    assert second.result().status_code == 409
    with unit_of_work() as session:
        row = session.get_one(OutgoingMail, mail.id)
        assert (row.state, row.attempts, row.available_at) == (MailState.QUEUED, 1, lease)


@contextmanager
def the_first_click(mail_id: int, lease) -> Iterator[None]:
    """On a connection of its own: sent again and taken up by a worker, not yet committed."""
    with db.engine.begin() as connection:
        values = {"state": MailState.QUEUED, "attempts": 1, "last_error": "", "available_at": lease}
        connection.execute(sa.update(OutgoingMail).where(OutgoingMail.id == mail_id).values(**values))
        yield


def until_one_waits() -> None:
    deadline = time.monotonic() + 4
    while time.monotonic() < deadline:
        with db.engine.connect() as onlooker:
            if onlooker.scalar(WAITING):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waited for the row")
