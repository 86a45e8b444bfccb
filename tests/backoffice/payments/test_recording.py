"""What was paid is added up, never overwritten; how an invoice stands follows from it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError

from backoffice import clock
from backoffice.credit_notes.refusals import NotIssued
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.payments.models import Payment
from backoffice.payments.recording import reverse_payment, settlement_now
from backoffice.payments.refusals import (
    AlreadyReversed,
    NothingOpen,
    NotReversible,
    NotYet,
    Overpaid,
    TooMuchBack,
)
from backoffice.payments.settlement import Settlement, Stage
from backoffice.work import unit_of_work
from tests.billing import DAY, a_draft, an_issued_invoice, issue, stored
from tests.factories import a_credit_note, a_payment, somebody

WHOLE = "3963.20"  # 1 000 € at 20 % and 2 512 € at 10 %
LONG_AFTER = DAY + timedelta(days=60)


def settlement(invoice: int, today: date = DAY) -> Settlement:
    row = stored(invoice)
    found = settlement_now(db.session(), row, today)
    db.session.rollback()
    return found


def reverse(payment: int) -> int:
    by, today = somebody(), clock.today("Europe/Paris")
    with unit_of_work() as session:
        return reverse_payment(session, payment, by=by, at=clock.now(), today=today).id


def nothing(_invoice: int) -> None: ...


def a_first_part(invoice: int) -> None:
    a_payment(invoice, "1000")


def all_of_it(invoice: int) -> None:
    a_payment(invoice, WHOLE)


def two_parts(invoice: int) -> None:
    a_payment(invoice, "1000")
    a_payment(invoice, "2963.20", known=1)


def a_mistake(invoice: int) -> None:
    reverse(a_payment(invoice, "1000"))


def credited(invoice: int) -> None:
    a_credit_note(invoice)


def paid_then_credited(invoice: int) -> None:
    a_payment(invoice, WHOLE)
    a_credit_note(invoice)


def refunded(invoice: int) -> None:
    paid_then_credited(invoice)
    a_payment(invoice, WHOLE, known=1)


@pytest.mark.parametrize(
    ("acts", "today", "stage", "owed"),
    [
        (nothing, DAY, Stage.ISSUED, WHOLE),
        (nothing, LONG_AFTER, Stage.OVERDUE, WHOLE),
        (a_first_part, DAY, Stage.PARTLY_PAID, "2963.20"),
        (a_first_part, LONG_AFTER, Stage.OVERDUE, "2963.20"),
        (all_of_it, LONG_AFTER, Stage.PAID, "0"),
        (two_parts, DAY, Stage.PAID, "0"),
        (a_mistake, DAY, Stage.ISSUED, WHOLE),
        (credited, LONG_AFTER, Stage.CREDITED, "0"),
        (paid_then_credited, DAY, Stage.TO_REFUND, f"-{WHOLE}"),
        (refunded, DAY, Stage.CREDITED, "0"),
    ],
)
def test_how_an_invoice_stands(
    app: Flask, acts: Callable[[int], None], today: date, stage: Stage, owed: str
) -> None:
    invoice = an_issued_invoice()
    acts(invoice)
    found = settlement(invoice, today)
    assert (found.stage, found.open) == (stage, Decimal(owed))


@pytest.mark.parametrize(
    ("acts", "amount", "known", "refusal"),
    [
        (nothing, "3963.21", 0, Overpaid),
        (a_first_part, "2963.21", 1, Overpaid),
        (all_of_it, "0.01", 1, NothingOpen),
        (paid_then_credited, "3963.21", 1, TooMuchBack),
        (a_first_part, "1000", 0, StaleRevision),
    ],
)
def test_what_is_not_owed_is_not_recorded(
    app: Flask, acts: Callable[[int], None], amount: str, known: int, refusal: type[Refusal]
) -> None:
    invoice = an_issued_invoice()
    acts(invoice)
    before = settlement(invoice)
    with pytest.raises(refusal):
        a_payment(invoice, amount, known=known)
    assert settlement(invoice) == before


def test_a_payment_to_come_and_one_of_a_draft_are_refused(app: Flask) -> None:
    draft = a_draft()
    with pytest.raises(NotIssued):
        a_payment(draft, "1")
    issue(draft)
    with pytest.raises(NotYet):
        a_payment(draft, "1", on=clock.today("Europe/Paris") + timedelta(days=1))


def test_an_entry_is_cancelled_once_and_its_cancellation_never(app: Flask) -> None:
    entry = a_payment(an_issued_invoice(), "1000")
    back = reverse(entry)
    with pytest.raises(AlreadyReversed):
        reverse(entry)
    with pytest.raises(NotReversible):
        reverse(back)
    amounts = db.session.scalars(sa.select(Payment.amount).order_by(Payment.id)).all()
    assert amounts == [Decimal(1000), Decimal(-1000)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount = 1",
        "DELETE FROM payments",
        "UPDATE credit_notes SET reason = 'other'",
        "DELETE FROM credit_notes",
        "UPDATE credit_note_lines SET net = 1",
        "DELETE FROM credit_note_lines",
        "UPDATE credit_note_taxes SET tax = 1",
        "DELETE FROM credit_note_taxes",
        "UPDATE invoice_taxes SET tax = 1",
        "DELETE FROM invoice_taxes",
    ],
)
def test_the_database_refuses_to_change_money(app: Flask, statement: str) -> None:
    invoice = an_issued_invoice()
    paid_then_credited(invoice)
    db.session.rollback()
    with pytest.raises(DatabaseError, match="frozen"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
