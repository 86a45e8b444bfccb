"""Tax that is not charged is explained on quote and invoice: CGI ann. II, 242 nonies A, I 4°, 12° and 13°."""

from decimal import Decimal

import pytest

from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Client, Standing
from backoffice.db import Address
from backoffice.invoices.refusals import InvoiceIncomplete
from backoffice.quotes.reading import QuoteReading
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_order, issue, stored
from tests.factories import a_client, a_line, a_member, a_seller, an_opportunity

REVERSED = "Autoliquidation\u202f: TVA due par le preneur."
EXEMPT = "Opération exonérée de TVA."
FRANCHISE = "TVA non applicable, article\u00a0293\u00a0B du code général des impôts."


def untaxed(category: VatCategory):
    line = a_line(vat="0")
    line.vat_category = category
    return line


def a_draft_of(*lines, **client) -> int:
    a_seller()
    rep = a_member()
    buyer = a_client(rep, Standing.PROFESSIONAL, **client)
    return a_draft(an_order(an_opportunity(rep, buyer, lines)))


def texts_on(invoice: int) -> set[str]:
    issue(invoice)
    return set(QuoteReading(stored(invoice).read(), "fr").texts)


@pytest.mark.parametrize(
    ("categories", "mentions"),
    [
        ([VatCategory.STANDARD], set()),
        ([VatCategory.REVERSE_CHARGE], {REVERSED}),
        ([VatCategory.EXEMPT], {EXEMPT}),
        ([VatCategory.EXEMPT, VatCategory.REVERSE_CHARGE, VatCategory.STANDARD], {EXEMPT, REVERSED}),
    ],
)
def test_an_invoice_says_why_no_tax_is_charged(app, categories, mentions):
    lines = [a_line() if category is VatCategory.STANDARD else untaxed(category) for category in categories]
    assert texts_on(a_draft_of(*lines)) & {REVERSED, EXEMPT, FRANCHISE} == mentions


def test_a_seller_without_tax_names_their_own_reason_only(app):
    draft = a_draft_of(untaxed(VatCategory.EXEMPT))
    with unit_of_work() as session:
        session.get_one(Seller, ONLY).vat_regime = VatRegime.FRANCHISE
    assert texts_on(draft) & {REVERSED, EXEMPT, FRANCHISE} == {FRANCHISE}


def test_the_client_who_pays_the_tax_abroad_is_named_by_vat_number(app):
    abroad = Address("Rue de la Loi 1", "1000", "Bruxelles", "BE")
    draft = a_draft_of(untaxed(VatCategory.REVERSE_CHARGE), siren="", billing=abroad)
    with pytest.raises(InvoiceIncomplete):
        issue(draft)
    with unit_of_work() as session:
        session.get_one(Client, stored(draft).client_id).vat_number = "BE0428759497"
    assert REVERSED in texts_on(draft)


def test_page_tells_two_kinds_of_no_tax_apart(app, signed_in):
    draft = a_draft_of(untaxed(VatCategory.EXEMPT), untaxed(VatCategory.REVERSE_CHARGE))
    page = signed_in(1).get(f"/invoices/{draft}").text
    assert "TVA 0\u202f% (exonéré)" in page
    assert "TVA 0\u202f% (autoliquidation)" in page
    assert stored(draft).vat == Decimal(0)
