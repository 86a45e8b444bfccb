"""What is typed into the form of a payment, as people type amounts."""

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.payments.models import Payment
from backoffice.staff.models import Role
from tests.billing import an_issued_invoice
from tests.factories import a_member


@pytest.mark.parametrize("typed", ["10,00 €", "€ 10", "10", " 10,0 "])
def test_an_amount_is_read_with_its_euro_sign(app, signed_in, typed):
    invoice = an_issued_invoice()
    reader = signed_in(a_member(Role.ACCOUNTANT))
    assert (
        reader.submit(f"/invoices/{invoice}", {"amount": typed}, f"/invoices/{invoice}/payments").status_code
        == 303
    )
    assert [str(amount) for amount in db.session.scalars(sa.select(Payment.amount))] == ["10.00"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Saisissez le montant."),
        ("cent", "Saisissez un nombre"),
        ("0", "Saisissez un montant supérieur à zéro."),
    ],
)
def test_what_is_no_amount_is_told_in_one_sentence(app, signed_in, typed, sentence):
    invoice = an_issued_invoice()
    reader = signed_in(a_member(Role.ACCOUNTANT))
    answer = reader.submit(f"/invoices/{invoice}", {"amount": typed}, f"/invoices/{invoice}/payments")
    assert answer.status_code == 422
    told = answer.text.count("Saisissez un montant supérieur à zéro.")
    assert sentence in answer.text
    assert told == (2 if typed == "0" else 0)  # above the form and beside the field
