"""Order, draft, issued invoice: what is copied, what is frozen, what is refused."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.clients.models import Client, Standing
from backoffice.db import Address, db
from backoffice.documents.models import Document, DocumentKind
from backoffice.errors import NotFound, StaleRevision
from backoffice.invoices.completeness import Fact
from backoffice.invoices.drafting import draft_invoice
from backoffice.invoices.issuing import issue_invoice
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.invoices.refusals import AlreadyInvoiced, AlreadyIssued, InvoiceIncomplete
from backoffice.legal.texts import LegalText
from backoffice.numbering.taking import DateWouldGoBack
from backoffice.orders.models import Order
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.billing import DAY, a_draft, an_issued_invoice, an_order, counter, issue, stored
from tests.factories import a_client, a_line, a_member, a_seller, an_opportunity


def lines_of(entity: type[Order] | type[Invoice]) -> list[tuple[Any, ...]]:
    found = db.session.scalars(
        sa.select(entity).options(selectinload(entity.lines)).execution_options(populate_existing=True)
    ).one()
    return [
        (
            each.position,
            each.name,
            each.quantity,
            each.unit,
            each.nature,
            each.unit_price,
            each.discount,
            each.vat_category,
            each.vat_rate,
            each.net,
        )
        for each in found.lines
    ]


def change_client(**facts: object) -> None:
    with unit_of_work() as session:
        client = session.scalars(sa.select(Client)).one()
        for name, value in facts.items():
            setattr(client, name, value)


def change_seller(**facts: object) -> None:
    with unit_of_work() as session:
        seller = session.get_one(Seller, ONLY)
        for name, value in facts.items():
            setattr(seller, name, value)


def codes(invoice: int) -> list[str]:
    return [text["code"] for text in stored(invoice).read()["texts"]]


def a_deal_with(standing: Standing) -> int:
    a_seller()
    owner = a_member()
    return an_opportunity(owner, a_client(owner, standing))


def issue_and_fail(invoice: int) -> None:
    with unit_of_work() as session:
        issue_invoice(session, invoice, revision=1, by=1, at=clock.now(), today=lambda: DAY)
        raise ZeroDivisionError


# The draft


def test_a_draft_has_all_that_was_ordered_and_no_number(app: Flask) -> None:
    invoice = stored(a_draft())
    order = db.session.get_one(Order, invoice.order_id)
    assert (invoice.net, invoice.vat, invoice.gross) == (order.net, order.vat, order.gross)
    assert lines_of(Invoice) == lines_of(Order)
    assert (invoice.state, invoice.number, invoice.issued_on, invoice.content) == (
        InvoiceState.DRAFT,
        None,
        None,
        None,
    )
    assert counter()[1] == 0


def test_an_order_is_invoiced_once(app: Flask) -> None:
    order = an_order()
    invoice = a_draft(order)
    with pytest.raises(AlreadyInvoiced) as draft_there:
        a_draft(order)
    issue(invoice)
    with pytest.raises(AlreadyInvoiced) as issued_there:
        a_draft(order)
    assert draft_there.value.facts["invoice"] == issued_there.value.facts["invoice"] == invoice


def test_there_is_no_invoice_of_an_unknown_order(app: Flask) -> None:
    with pytest.raises(NotFound), unit_of_work() as session:
        draft_invoice(session, 4711, by=1, at=clock.now())
    with pytest.raises(NotFound), unit_of_work() as session:
        issue_invoice(session, 4711, revision=1, by=1, at=clock.now(), today=lambda: DAY)


# The issue


def test_issuing_gives_number_date_and_due_date_and_freezes_the_content(app: Flask) -> None:
    invoice = stored(an_issued_invoice(on=date(2026, 12, 15)))
    assert (invoice.state, invoice.number) == (InvoiceState.ISSUED, "F-2026-0001")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 12, 15), date(2027, 1, 14))
    content = invoice.read()
    assert invoice.content is not None
    assert hashlib.sha256(invoice.content).hexdigest() == invoice.digest
    assert (content["number"], content["issued_on"], content["due_on"]) == (
        "F-2026-0001",
        "2026-12-15",
        "2027-01-14",
    )
    assert content["totals"]["gross"] == int(invoice.gross * 100)
    assert content["order_number"].startswith("C-")
    assert content["quote_number"].startswith("D-")


def test_issuing_is_told_and_its_paper_is_wanted(app: Flask) -> None:
    invoice = an_issued_invoice()
    document = db.session.scalars(sa.select(Document).where(Document.kind == DocumentKind.INVOICE)).one()
    assert (document.invoice_id, document.archived_at) == (invoice, None)
    told = db.session.scalars(sa.select(TimelineEntry.kind).order_by(TimelineEntry.id)).all()
    assert told[-2:] == [EntryKind.INVOICE_DRAFTED, EntryKind.INVOICE_ISSUED]


def test_an_issued_invoice_cannot_be_issued_again(app: Flask) -> None:
    invoice = an_issued_invoice()
    for revision in (1, 2):
        with pytest.raises(AlreadyIssued) as refused:
            issue(invoice, revision=revision)
        assert refused.value.facts["number"] == "F-2026-0001"
    assert counter() == (2026, 1, DAY)


def test_a_draft_that_changed_since_it_was_shown_is_not_issued(app: Flask) -> None:
    invoice = a_draft()
    with pytest.raises(StaleRevision):
        issue(invoice, revision=2)
    assert counter()[1] == 0
    assert stored(invoice).state is InvoiceState.DRAFT


def test_a_clock_that_jumped_back_issues_nothing(app: Flask) -> None:
    an_issued_invoice(on=DAY)
    later = a_draft(an_order(an_opportunity(owner=1, client=1)))
    with pytest.raises(DateWouldGoBack):
        issue(later, on=date(2026, 11, 19))
    assert issue(later, on=DAY) == "F-2026-0002"


def test_the_day_is_the_seller_s_not_the_server_s(app: Flask) -> None:
    """Half past eleven in the evening in UTC is tomorrow in Paris."""
    invoice, moment = a_draft(), datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    with unit_of_work() as session:
        issue_invoice(
            session, invoice, revision=1, by=1, at=moment, today=lambda: clock.day_of(moment, "Europe/Paris")
        )
    assert stored(invoice).issued_on == date(2026, 12, 1)


def test_an_issue_that_fails_at_the_end_uses_up_no_number(app: Flask) -> None:
    invoice = a_draft()
    with pytest.raises(ZeroDivisionError):
        issue_and_fail(invoice)
    assert counter() == (2026, 0, None)
    assert issue(invoice) == "F-2026-0001"


# What it says


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing.CONSUMER, []),
        (Standing.PROFESSIONAL, ["late_penalties_invoice", "indemnity_invoice", "no_discount_invoice"]),
    ],
)
def test_the_forty_euros_are_never_asked_of_a_consumer(
    app: Flask, standing: Standing, expected: list[str]
) -> None:
    assert codes(an_issued_invoice(an_order(a_deal_with(standing)))) == expected


def test_article_293_b_is_said_by_exempt_sellers_only(app: Flask) -> None:
    draft = a_draft()
    change_seller(vat_regime=VatRegime.FRANCHISE, vat_number="")
    issue(draft)
    assert codes(draft) == ["vat_franchise_invoice"]


def test_the_debits_option_is_said_by_those_who_took_it(app: Flask) -> None:
    draft = a_draft()
    change_seller(vat_on_debits=True)
    issue(draft)
    assert codes(draft) == ["vat_on_debits"]


def test_texts_are_stored_as_shown_with_the_version_they_came_from(app: Flask) -> None:
    text = stored(an_issued_invoice(an_order(a_deal_with(Standing.PROFESSIONAL)))).read()["texts"][0]
    source = db.session.scalars(sa.select(LegalText).where(LegalText.code == text["code"])).one()
    assert (text["version"], text["sha256"], text["text"]["fr"]) == (
        source.version,
        source.sha256,
        source.text.fr,
    )


def test_an_address_is_the_client_s_on_the_day_of_issue_and_stays(app: Flask) -> None:
    draft = a_draft()
    change_client(billing=Address("1 rue Neuve", "29000", "Quimper"))
    issue(draft)
    change_client(billing=Address("2 rue Vieille", "44000", "Nantes"), name="Autre nom")
    client = stored(draft).read()["client"]
    assert (client["billing"]["city"], client["name"]) == ("Quimper", "Mme Claire Moreau")


@pytest.mark.parametrize(
    ("natures", "expected"), [(["goods"], "goods"), (["service"], "service"), (["goods", "service"], "both")]
)
def test_it_says_whether_goods_or_services_or_both(app: Flask, natures: list[str], expected: str) -> None:
    lines = [a_line(nature) for nature in natures]
    for line, nature in zip(lines, natures, strict=True):
        line.nature = nature  # type: ignore[assignment]
    assert (
        stored(an_issued_invoice(an_order(an_opportunity(lines=lines)))).read()["operation_category"]
        == expected
    )


# What must not be missing


@pytest.mark.parametrize(
    ("seller", "client", "missing"),
    [
        ({"siren": ""}, {}, [Fact.SELLER_SIREN]),
        ({"vat_number": ""}, {}, [Fact.SELLER_VAT_NUMBER]),
        ({"address": Address()}, {}, [Fact.SELLER_ADDRESS]),
        ({}, {"billing": Address()}, [Fact.CLIENT_ADDRESS]),
        (
            {"siren": ""},
            {"billing": Address(street="3 rue du Port")},
            [Fact.SELLER_SIREN, Fact.CLIENT_ADDRESS],
        ),
    ],
)
def test_without_what_the_law_wants_it_is_not_issued(
    app: Flask, seller: dict[str, Any], client: dict[str, Any], missing: list[Fact]
) -> None:
    draft = a_draft()
    change_seller(**seller)
    change_client(**client)
    with pytest.raises(InvoiceIncomplete) as refused:
        issue(draft)
    assert list(refused.value.facts["missing"]) == missing
    assert counter()[1] == 0


def test_it_can_be_issued_without_what_is_only_advised(app: Flask) -> None:
    draft = a_draft(an_order(a_deal_with(Standing.PROFESSIONAL)))
    change_seller(iban="")
    change_client(siren="")
    assert issue(draft) == "F-2026-0001"


def test_lines_that_do_not_come_to_the_order_s_totals_are_our_mistake(app: Flask) -> None:
    draft = a_draft()
    with unit_of_work() as session:
        invoice = session.scalars(sa.select(Invoice).options(selectinload(Invoice.lines))).one()
        invoice.lines[0].net += Decimal("0.01")
    with pytest.raises(ArithmeticError):
        issue(draft)
    assert counter()[1] == 0
