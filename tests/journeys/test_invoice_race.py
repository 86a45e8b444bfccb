"""Twelve people issue invoices at the same moment, and four of them fail: the series has no gap and no twin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Lock, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.credit_notes.issuing import Wish, credit_invoice
from backoffice.credit_notes.refusals import AlreadyCredited
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.invoices.drafting import draft_invoice, draft_part
from backoffice.invoices.issuing import issue_invoice
from backoffice.invoices.models import Invoice
from backoffice.invoices.refusals import AlreadyInvoiced, AlreadyIssued, MoreThanOrdered
from backoffice.numbering.models import Series
from backoffice.numbering.taking import DateWouldGoBack
from backoffice.orders.models import OrderLine
from backoffice.payments.models import Method
from backoffice.payments.recording import Receipt, record_payment
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_order, counter
from tests.factories import a_client, a_member, a_seller, an_opportunity, somebody

pytestmark = pytest.mark.slow

PEOPLE = 12
DAY = date(2026, 11, 20)


class Failed(Exception):
    """Something after the number was taken."""


def drafts(count: int) -> list[int]:
    a_seller()
    owner = a_member()
    buyer = a_client(owner)
    return [a_draft(an_order(an_opportunity(owner, buyer))) for _ in range(count)]


def together(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """Each act in a thread and a connection of its own, begun at once; what each gave or raised."""
    start, outcomes = Barrier(len(acts)), dict[int, object]()

    def run(place: int) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes[place] = acts[place]()
            except Exception as error:  # noqa: BLE001 - compared by the test
                outcomes[place] = error
            finally:
                db.session.remove()

    db.session.remove()
    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcomes[place] for place in range(len(acts))]


def issuing(
    invoice: int, by: int, today: Callable[[], date] = lambda: DAY, *, fails: bool = False
) -> Callable[[], str]:
    def act() -> str:
        with unit_of_work() as session:
            issued = issue_invoice(session, invoice, revision=1, by=by, at=clock.now(), today=today)
            session.flush()
            if fails:
                raise Failed
        assert issued.number is not None
        return issued.number

    return act


def issued_in_order() -> list[tuple[str, date]]:
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Invoice.number, Invoice.issued_on)
        .where(Invoice.number.is_not(None))
        .order_by(Invoice.number)
    )
    return [(number, on) for number, on in rows]


def test_no_gap_and_no_twin_though_four_of_twelve_fail(app: Flask) -> None:
    invoices, by = drafts(PEOPLE), somebody()
    acts = [issuing(invoice, by, fails=place % 3 == 1) for place, invoice in enumerate(invoices)]
    outcomes = together(app, acts)
    assert sum(isinstance(each, Failed) for each in outcomes) == 4
    expected = [f"F-2026-{n:04d}" for n in range(1, 9)]
    assert sorted(each for each in outcomes if isinstance(each, str)) == expected
    assert [number for number, _ in issued_in_order()] == expected
    assert counter() == (2026, 8, DAY)


def test_dates_follow_numbers_over_midnight(app: Flask) -> None:
    """The day changes while twelve wait for the lock: whoever gets a later number gets the later day."""
    invoices, by = drafts(PEOPLE), somebody()
    asked, guard = [0], Lock()

    def today() -> date:
        with guard:
            asked[0] += 1
            return date(2026, 12, 31) if asked[0] <= PEOPLE // 2 else date(2027, 1, 1)

    outcomes = together(app, [issuing(invoice, by, today) for invoice in invoices])
    assert all(isinstance(each, str) for each in outcomes), outcomes
    assert issued_in_order() == [
        *((f"F-2026-{n:04d}", date(2026, 12, 31)) for n in range(1, 7)),
        *((f"F-2027-{n:04d}", date(2027, 1, 1)) for n in range(1, 7)),
    ]


def test_a_clock_that_jumps_back_is_refused_and_costs_no_number(app: Flask) -> None:
    invoices, by = drafts(PEOPLE), somebody()
    asked, guard = [0], Lock()

    def today() -> date:
        with guard:
            asked[0] += 1
            return date(2026, 11, 19) if asked[0] > 1 and asked[0] % 3 == 0 else DAY

    outcomes = together(app, [issuing(invoice, by, today) for invoice in invoices])
    refused = [each for each in outcomes if isinstance(each, DateWouldGoBack)]
    assert len(refused) == 4
    assert issued_in_order() == [(f"F-2026-{n:04d}", DAY) for n in range(1, 9)]


def test_one_order_clicked_twelve_times_has_one_invoice(app: Flask) -> None:
    order, by = an_order(), somebody()

    def act() -> int:
        with unit_of_work() as session:
            return draft_invoice(session, order, by=by, at=clock.now()).id

    outcomes = together(app, [act] * PEOPLE)
    made = [each for each in outcomes if isinstance(each, int)]
    assert len(made) == 1
    assert {each.facts["invoice"] for each in outcomes if isinstance(each, AlreadyInvoiced)} == {made[0]}
    assert len(outcomes) - len(made) == sum(isinstance(each, AlreadyInvoiced) for each in outcomes)


def test_one_draft_issued_twelve_times_has_one_number(app: Flask) -> None:
    [invoice], by = drafts(1), somebody()
    outcomes = together(app, [issuing(invoice, by)] * PEOPLE)
    assert [each for each in outcomes if isinstance(each, str)] == ["F-2026-0001"]
    assert sum(isinstance(each, AlreadyIssued) for each in outcomes) == PEOPLE - 1
    assert counter()[1] == 1


def test_two_who_bill_the_same_rest_bill_it_once(app: Flask) -> None:
    """Twelve want the same part of one order, each discarding nothing: one draft, and never more than was ordered."""
    order, by = an_order(), somebody()
    line = db.session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order)).first()
    assert line is not None

    def act() -> int:
        with unit_of_work() as session:
            draft = draft_part(session, order, {line: Decimal("0.6")}, by=by, at=clock.now()).id
        with unit_of_work() as session:
            issue_invoice(session, draft, revision=1, by=by, at=clock.now(), today=lambda: DAY)
        return draft

    outcomes = together(app, [act] * PEOPLE)
    assert sum(isinstance(each, int) for each in outcomes) == 1
    assert all(isinstance(each, int | AlreadyInvoiced | MoreThanOrdered) for each in outcomes), outcomes


def test_one_invoice_credited_by_twelve_is_credited_once(app: Flask) -> None:
    [invoice], by = drafts(1), somebody()
    issuing(invoice, by)()

    def act() -> str:
        wish = Wish(quantities=None, reason="Erreur", known=0)
        with unit_of_work() as session:
            return credit_invoice(session, invoice, wish, by=by, at=clock.now(), today=lambda: DAY).number

    outcomes = together(app, [act] * PEOPLE)
    assert [each for each in outcomes if isinstance(each, str)] == ["A-2026-0001"]
    assert sum(isinstance(each, AlreadyCredited) for each in outcomes) == PEOPLE - 1
    assert counter(Series.CREDIT_NOTE)[1] == 1


def test_twelve_payments_of_a_third_never_come_to_more_than_the_invoice(app: Flask) -> None:
    [invoice], by = drafts(1), somebody()
    issuing(invoice, by)()

    def act() -> int:
        receipt = Receipt(amount=Decimal(1500), paid_on=DAY, method=Method.CARD, reference="", known=0)
        with unit_of_work() as session:
            return record_payment(session, invoice, receipt, by=by, at=clock.now(), today=DAY).id

    outcomes = together(app, [act] * PEOPLE)
    assert sum(isinstance(each, int) for each in outcomes) == 1
    assert sum(isinstance(each, StaleRevision) for each in outcomes) == PEOPLE - 1
