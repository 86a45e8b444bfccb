"""Why no VAT is charged stands on the paper, where the rate itself says it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.catalogue.models import VatCategory
from backoffice.credit_notes.models import CreditNote
from backoffice.db import Bilingual, db
from backoffice.invoices.models import Invoice, InvoiceLine
from backoffice.legal.models import VatRate
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import QuoteReading
from backoffice.work import unit_of_work
from tests.factories import (
    a_credit_note,
    a_line,
    a_seller,
    a_sent_quote,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    order_of,
)

REASON = Bilingual("Exonération, article 261-4 4° du CGI", "Exempt, article 261-4 4° of the French Tax Code")


def exempt(line):
    line.vat_category, line.vat_rate = VatCategory.EXEMPT, Decimal(0)
    return line


@pytest.fixture
def explained(app):
    """The exempt rate says why, with its code."""
    a_seller()
    with unit_of_work() as session:
        rate = session.scalars(
            sa.select(VatRate).where(VatRate.country == "FR", VatRate.category == VatCategory.EXEMPT)
        ).first()
        rate.exemption, rate.vatex = REASON, "VATEX-FR-CGI261-4"


def test_a_quote_and_its_invoice_say_why_in_both_languages(explained):
    _, _, signature = a_signed_quote(an_opportunity(lines=[exempt(a_line("Formation")), a_line("Plateau")]))
    invoice = db.session.get_one(Invoice, an_invoice(order_of(signature), issued=True))
    version = db.session.scalars(sa.select(QuoteVersion)).one()
    for content in (version.read(), invoice.read()):
        assert [QuoteReading(content, language).exemptions for language in ("fr", "en")] == [
            [f"{REASON.fr} · VATEX-FR-CGI261-4"],
            [f"{REASON.en} · VATEX-FR-CGI261-4"],
        ]


def test_a_line_keeps_its_reason_when_its_rate_has_ended_and_is_followed_by_one_that_is_charged(explained):
    _, _, signature = a_signed_quote(an_opportunity(lines=[exempt(a_line("Formation"))]))
    with unit_of_work() as session:
        rates = session.scalars(sa.select(VatRate).where(VatRate.country == "FR")).all()
        normal = next(each for each in rates if each.rate == Decimal(20))
        (rate,) = (each for each in rates if each.category is VatCategory.EXEMPT)
        rate.valid_to, rate.successor_id = clock.today("Europe/Paris") - timedelta(days=1), normal.id
    invoice = db.session.get_one(Invoice, an_invoice(order_of(signature), issued=True))
    assert QuoteReading(invoice.read(), "fr").exemptions == [f"{REASON.fr} · VATEX-FR-CGI261-4"]


def test_a_credit_note_gives_the_reasons_of_what_it_credits(explained):
    _, _, signature = a_signed_quote(an_opportunity(lines=[exempt(a_line("Formation")), a_line("Plateau")]))
    invoice = an_invoice(order_of(signature), issued=True)
    lines = sa.select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice).order_by(InvoiceLine.position)
    lessons, top = db.session.scalars(lines).all()
    said = []
    for known, line in enumerate((lessons, top)):
        note = a_credit_note(invoice, {line: Decimal(1)}, known=known)
        content = db.session.get_one(CreditNote, note).read()
        said.append(QuoteReading(content, "fr").exemptions)
    assert said == [[f"{REASON.fr} · VATEX-FR-CGI261-4"], []]


def test_a_paper_with_vat_on_all_lines_gives_no_reason(explained):
    quote, _ = a_sent_quote(an_opportunity(lines=[a_line("Plateau")]))
    version = db.session.scalars(sa.select(QuoteVersion).where(QuoteVersion.quote_id == quote)).one()
    assert version.read()["exemptions"] == []
