"""The act that the page of a signed deal offers first: what there is still to do about its invoice."""

import pytest

from backoffice.db import db
from backoffice.invoices.models import Invoice
from tests.factories import a_signed_quote, an_invoice, order_of


@pytest.fixture
def order(deal: int) -> int:
    return order_of(a_signed_quote(deal)[2])


def test_without_an_invoice_one_is_created(signed_in, rep, deal, order):
    page = signed_in(rep).page(f"/opportunities/{deal}")
    assert "Créer la facture" in page.text
    assert page.form(f"/orders/{order}")["method"] == "post"


@pytest.mark.parametrize("issued", [False, True])
def test_an_invoice_that_exists_is_opened_and_not_created_again(signed_in, rep, deal, order, *, issued: bool):
    invoice = an_invoice(order, issued=issued)
    page = signed_in(rep).page(f"/opportunities/{deal}")
    assert f"/invoices/{invoice}" in page.links
    assert "Créer la facture" not in page.text
    number = db.session.get_one(Invoice, invoice).number
    assert (f"Facture {number}" if issued else "Vérifier le brouillon") in page.text
