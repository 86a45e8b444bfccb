"""The bell counts what one has not read, on every page and between two of them, and costs next to nothing."""

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.notices.models import Notice
from backoffice.notices.reading import read_one
from backoffice.staff import sessions
from backoffice.staff.models import StaffMember, StaffSession
from backoffice.work import unit_of_work
from tests.backoffice.notices.conftest import sign, told
from tests.factories import everything

BELL = "/notices/bell"


def asked_again(reader, answer):
    return reader.get(BELL, headers={"If-None-Match": answer.headers["ETag"]})


def speaks(staff: int, language: str) -> None:
    with unit_of_work() as session:
        session.get_one(StaffMember, staff).language = language


@pytest.mark.parametrize(
    ("language", "count", "name"),
    [
        ("fr", 0, "Notifications"),
        ("fr", 1, "Notifications, 1\u00a0non lue"),
        ("fr", 120, "Notifications, 120\u00a0non lues"),
        ("en", 0, "Notices"),
        ("en", 1, "Notices, 1 unread"),
        ("en", 3, "Notices, 3 unread"),
    ],
)
def test_every_page_says_how_many_are_unread(firm, signed_in, language, count, name):
    speaks(firm.julien, language)
    told(firm.julien, firm.deal, count)
    told(firm.helene, firm.deal, 2)
    reader = signed_in(firm.julien)
    for address in (
        "/today",
        "/clients",
        "/account",
        f"/opportunities/{firm.deal}",
        "/notices",
        "/opportunities/0",
    ):
        text = reader.get(address).text
        assert f'<span class="unseen">{name}</span>' in text, address
        assert ('class="tally"' in text) is (count > 0)
        assert (">99+<" in text) is (count > 99)


def test_an_open_page_hears_of_what_is_new_and_of_what_was_read_elsewhere(firm, signed_in):
    reader = signed_in(firm.julien)
    first = reader.get(BELL)
    assert (first.status_code, 'data-unread="0"' in first.text) == (200, True)
    assert asked_again(reader, first).status_code == 304
    sign(firm)
    second = asked_again(reader, first)
    assert second.status_code == 200
    assert 'data-unread="1"' in second.text
    assert "Nouvelle notification\u202f: Claire Moreau a signé le devis" in second.text
    assert asked_again(reader, second).status_code == 304
    with unit_of_work() as session:
        notice = session.scalars(sa.select(Notice.id).where(Notice.staff_id == firm.julien)).one()
        read_one(session, notice, firm.julien, at=clock.now())
    third = asked_again(reader, second)
    assert 'data-unread="0"' in third.text
    assert "Nouvelle notification" not in third.text


def test_one_read_while_another_comes_is_a_change_too(firm, signed_in):
    reader = signed_in(firm.julien)
    (one,) = told(firm.julien, firm.deal, 1)
    before = reader.get(BELL)
    told(firm.julien, firm.deal, 1)
    with unit_of_work() as session:
        read_one(session, one, firm.julien, at=clock.now())
    assert asked_again(reader, before).status_code == 200


def test_asking_costs_one_statement_while_nothing_changes_and_two_when_it_has(firm, signed_in, statements):
    reader = signed_in(firm.julien)
    told(firm.julien, firm.deal, 30)
    with statements() as asked:
        answer = reader.get(BELL)
    assert len(asked) == 2
    with statements() as asked:
        assert asked_again(reader, answer).status_code == 304
    assert len(asked) == 1


def test_the_count_is_read_from_the_index_of_what_is_unread(firm):
    told(firm.julien, firm.deal, 50)
    unread = "FROM notices WHERE staff_id = 1 AND read_at IS NULL"
    with db.engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            explain = "EXPLAIN"
        for asked in ("count(id)", "max(id)"):
            plan = connection.exec_driver_sql(f"{explain} SELECT {asked} {unread}").all()
            assert "ix_notices_unread" in str(plan)


def test_asking_writes_nothing_sets_no_cookie_and_keeps_nobody_signed_in(firm, signed_in):
    reader = signed_in(firm.julien)
    told(firm.julien, firm.deal, 1)
    before = everything()
    for _ in range(3):
        answer = asked_again(reader, reader.get(BELL))
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert everything() == before


def test_a_browser_signed_out_or_lent_hears_nothing(firm, signed_in, client):
    told(firm.julien, firm.deal, 1)
    assert (client.get(BELL).status_code, client.get(BELL).location) == (303, "/sign-in?next=/notices/bell")
    reader = signed_in(firm.julien)
    with unit_of_work() as session:
        own = session.scalars(sa.select(StaffSession.id).where(StaffSession.staff_id == firm.julien)).one()
        sessions.lend(session, own, firm.link.id, at=clock.now())
    answer = reader.get(BELL)
    assert answer.status_code == 403
    assert "data-bell" not in answer.text
    assert reader.get("/notices").status_code == 403
    with unit_of_work() as session:
        sessions.take_back(session, own)
        sessions.end(session, own, at=clock.now())
    assert reader.get(BELL).status_code == 303
