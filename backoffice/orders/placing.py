"""The first consequence of a signature or of a recorded acceptance: its order, in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.acceptances.events import QuoteAccepted
from backoffice.acceptances.models import Acceptance
from backoffice.catalogue.models import Nature, Unit, VatCategory
from backoffice.db import Bilingual, unscaled
from backoffice.numbering.models import Series
from backoffice.numbering.taking import take_number
from backoffice.opportunities.models import Opportunity
from backoffice.orders.agreement import Agreement
from backoffice.orders.events import OrderPlaced
from backoffice.orders.models import Order, OrderLine
from backoffice.quotes import canonical
from backoffice.quotes.choice import lines_taken, selection_of
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.events import QuoteSigned
from backoffice.quotes.frozen_lines import Line, recurrence_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.signatures.models import Signature


def place_order(event: QuoteSigned | QuoteAccepted, session: Session) -> None:
    """Copy what was agreed on into an order. Never refuses: the yes has already been taken."""
    quote = session.get_one(Quote, event.quote_id)
    version = session.get_one(QuoteVersion, event.version_id)
    agreement: Agreement = (
        session.get_one(Signature, event.signature_id)
        if isinstance(event, QuoteSigned)
        else session.get_one(Acceptance, event.acceptance_id)
    )
    content = version.read()
    number, _ = take_number(session, Series.ORDER, lambda: clock.day_of(event.at, content["timezone"]))
    order = order_from(content, agreement, number=number, at=event.at)
    order.quote_id = quote.id
    order.opportunity_id = event.opportunity_id
    order.client_id = session.get_one(Opportunity, event.opportunity_id).client_id
    session.add(order)
    session.flush()  # the order gets its id, which the event carries
    quote.record(
        OrderPlaced(order_id=order.id, number=number, opportunity_id=event.opportunity_id, at=event.at)
    )


def order_from(content: dict[str, Any], agreement: Agreement, *, number: str, at: datetime) -> Order:
    """The order that an agreement makes: its chosen lines and its totals, nothing recomputed."""
    selection = selection_of(content, canonical.read(agreement.selection))
    totals = canonical.read(agreement.totals)
    sections = sections_of(content)
    deposit = content.get("deposit")  # a version sent before deposits were known has none
    return Order(
        number=number,
        signature_id=agreement.id if isinstance(agreement, Signature) else None,
        acceptance_id=agreement.id if isinstance(agreement, Acceptance) else None,
        placed_at=at,
        title=_bilingual(content["title"]),
        client_name=content["client"]["name"],
        quote_number=content["number"],
        language=content["language"],
        currency=content["currency"],
        discount=_hundredths(content["discount"]),
        discount_amount=_hundredths(content.get("discount_amount", 0)),
        payment_days=content["payment_days"],
        deposit_percent=_hundredths(deposit["percent"]) if deposit else Decimal(0),
        deposit_kind=DepositKind(deposit["kind"]) if deposit else None,
        net=_hundredths(totals["net"]),
        vat=_hundredths(totals["vat"]),
        gross=_hundredths(totals["gross"]),
        recurring=totals.get("recurring", []),
        schedule=content.get("schedule", []),
        lines=[
            _order_line(line, position, sections.get(line["id"], Bilingual()))
            for position, line in enumerate(lines_taken(content, selection))
        ],
    )


def sections_of(content: Mapping[str, Any]) -> dict[str, Bilingual]:
    """The heading above each priced line that has one."""
    found: dict[str, Bilingual] = {}
    heading = Bilingual()
    for line in content["lines"]:
        if line["kind"] == "section":
            heading = _bilingual(line["name"])
        else:
            found[line["id"]] = heading
    return found


def _order_line(line: Line, position: int, section: Bilingual) -> OrderLine:
    return OrderLine(
        line_uuid=UUID(line["id"]),
        position=position,
        name=_bilingual(line["name"]),
        description=_bilingual(line["description"]),
        nature=Nature(line["nature"]),
        unit=Unit(line["unit"]),
        quantity=unscaled(line["quantity"], 4),
        unit_price=unscaled(line["unit_price"], 6),
        discount=_hundredths(line["discount"]),
        discount_amount=_hundredths(line.get("discount_amount", 0)),
        recurrence=recurrence_of(line),
        section=section,
        vat_category=VatCategory(line["vat"]["category"]),
        vat_rate=_hundredths(line["vat"]["rate"]),
        net=_hundredths(line["net"]),
    )


def _hundredths(value: int) -> Decimal:
    return unscaled(value, 2)


def _bilingual(text: dict[str, str]) -> Bilingual:
    return Bilingual(text["fr"], text["en"])
