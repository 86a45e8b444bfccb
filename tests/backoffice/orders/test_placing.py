"""A signature makes its order at once, as signed."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.db import db
from backoffice.links.models import ClientLink
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.signatures.models import Signature
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.billing import an_order
from tests.factories import a_line, a_sent_quote, a_signed_quote, an_opportunity, signed


def sign_and_fail(quote: int, link: ClientLink) -> None:
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())
        raise KeyboardInterrupt


def loaded(order: int) -> Order:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.scalars(
        sa.select(Order).where(Order.id == order).options(selectinload(Order.lines))
    ).one()


def test_the_order_has_the_lines_and_totals_that_were_signed(app: Flask) -> None:
    opportunity = an_opportunity(
        lines=[a_line("Table", "2", "99.999999", "20", "12.5"), a_line("Pose", "0.3333", "54", "10")]
    )
    order = loaded(an_order(opportunity))
    assert [
        (line.name.fr, line.quantity, line.unit_price, line.discount, line.vat_rate, line.net)
        for line in order.lines
    ] == [
        ("Table", Decimal(2), Decimal("99.999999"), Decimal("12.5"), Decimal(20), Decimal("175.00")),
        ("Pose", Decimal("0.3333"), Decimal(54), Decimal(0), Decimal(10), Decimal("18.00")),
    ]
    assert (order.net, order.vat, order.gross) == (Decimal("193.00"), Decimal("36.80"), Decimal("229.80"))
    signature = db.session.get_one(Signature, order.signature_id)
    assert canonical.read(signature.totals)["gross"] == 22980
    assert order.placed_at == signature.signed_at
    assert order.number.startswith("C-")
    assert order.number.endswith("-0001")


def test_editing_the_deal_afterwards_touches_no_order(app: Flask) -> None:
    opportunity = an_opportunity()
    order = an_order(opportunity)
    before = [(line.name, line.net) for line in loaded(order).lines]
    with unit_of_work() as session:
        deal = session.scalars(sa.select(Opportunity).options(selectinload(Opportunity.lines))).one()
        deal.title = "Autre chose"
        deal.lines[0].unit_price = Decimal(1)
        del deal.lines[1]
    assert [(line.name, line.net) for line in loaded(order).lines] == before


def test_a_signature_that_is_undone_leaves_no_order_and_no_number(app: Flask) -> None:
    quote, link = a_sent_quote()
    with pytest.raises(KeyboardInterrupt):
        sign_and_fail(quote, link)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Order)) == 0
    with unit_of_work() as session:
        signed(session, quote, link, clock.now())
    assert db.session.scalars(sa.select(Order.number)).one().endswith("-0001")


def test_orders_signed_out_of_turn_are_still_numbered_without_a_gap(app: Flask) -> None:
    """A request that came in first may get its lock last; its order keeps its moment and takes the next number."""
    quote, link = a_sent_quote()
    first, second = clock.now() - timedelta(minutes=5), clock.now()
    a_signed_quote(an_opportunity(owner=1, client=1))
    with unit_of_work() as session:
        signed(session, quote, link, first)
    rows = db.session.execute(sa.select(Order.number, Order.placed_at).order_by(Order.id)).all()
    assert [number[-4:] for number, _ in rows] == ["0001", "0002"]
    assert rows[1].placed_at == first < second


def test_the_timeline_tells_of_the_order(app: Flask) -> None:
    order = loaded(an_order())
    entry = db.session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.kind == EntryKind.ORDER_PLACED)
    ).one()
    assert entry.facts == {"number": order.number, "order_id": order.id}
    assert entry.opportunity_id == order.opportunity_id
