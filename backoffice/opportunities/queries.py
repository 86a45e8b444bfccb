"""Deals as pages and acts load them. ``visible`` is the condition of whose deals one sees (``access.owned_by``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.models import VatCategory
from backoffice.errors import NotFound
from backoffice.ledger.sums import COLUMNS, Sums
from backoffice.legal.models import VatRate
from backoffice.money import NO_DISCOUNT, Vat
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine, Phase, Pipeline
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.seller.models import Seller, VatRegime

Visible = ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class DealSum:
    """What a deal's lines come to without VAT, after the quote's discount."""

    net: Decimal
    currency: str


def deal_shown(session: Session, opportunity_id: int, visible: Visible) -> Opportunity:
    """The deal with client, contact, lines, phase and pipeline's phases. Raises NotFound for a foreign one too."""
    return _found(session, _deal(opportunity_id, visible).options(_PHASES), opportunity_id)


def deal_to_act_on(session: Session, opportunity_id: int, visible: Visible) -> Opportunity:
    """The deal with client, contact and lines, locked. Call it after the quote was locked, never before."""
    return _found(session, _deal(opportunity_id, visible).with_for_update(of=Opportunity), opportunity_id)


def deal_alone_to_act_on(session: Session, opportunity_id: int, visible: Visible) -> Opportunity:
    """The deal without anything around it, locked, for acts on one of its lines: there may be a thousand."""
    query = sa.select(Opportunity).where(
        Opportunity.id == opportunity_id, Opportunity.archived_at.is_(None), visible
    )
    return _found(session, query.with_for_update(of=Opportunity), opportunity_id)


def deal_to_move(session: Session, opportunity_id: int, visible: Visible) -> Opportunity:
    """The same, with phase and pipeline's phases."""
    query = _deal(opportunity_id, visible).options(_PHASES).with_for_update(of=Opportunity)
    return _found(session, query, opportunity_id)


_PHASES = selectinload(Opportunity.phase).joinedload(Phase.pipeline).selectinload(Pipeline.phases)


def _deal(opportunity_id: int, visible: Visible) -> sa.Select[Opportunity]:
    return (
        sa.select(Opportunity)
        .where(Opportunity.id == opportunity_id, Opportunity.archived_at.is_(None), visible)
        .options(
            joinedload(Opportunity.client), joinedload(Opportunity.contact), selectinload(Opportunity.lines)
        )
    )


def _found(session: Session, query: sa.Select[Opportunity], opportunity_id: int) -> Opportunity:
    deal = session.scalar(query)
    if deal is None:
        raise NotFound(opportunity=opportunity_id)
    return deal


def pipelines_in_use(session: Session) -> Sequence[Pipeline]:
    query = sa.select(Pipeline).where(Pipeline.archived_at.is_(None)).order_by(Pipeline.id)
    return session.scalars(query.options(selectinload(Pipeline.phases))).all()


def quotes_of_deals(session: Session, condition: Visible) -> Mapping[int, tuple[Quote, QuoteVersion | None]]:
    """Each deal's newest quote with its latest sent version, whose content stays in the table."""
    rows = session.execute(
        sa.select(Quote, QuoteVersion)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .outerjoin(QuoteVersion, QuoteVersion.id == Quote.live_version_id)
        .where(condition)
        .options(sa.orm.defer(QuoteVersion.content), sa.orm.defer(QuoteVersion.internal))
        .order_by(Quote.id)
    )
    return {quote.opportunity_id: (quote, version) for quote, version in rows}


def sums_of_deals(
    session: Session, condition: Visible, quotes: Mapping[int, Quote], currency: str
) -> Mapping[int, DealSum]:
    """What the deals that meet ``condition`` come to, from one statement; a deal without lines is not in it."""
    line = OpportunityLine
    rows = session.execute(
        sa.select(line.opportunity_id, *COLUMNS)
        .join(Opportunity, Opportunity.id == line.opportunity_id)
        .where(line.removed_at.is_(None), line.kind != LineKind.NOTE, condition)
        .order_by(line.opportunity_id, line.position, line.id)
    )
    found = {}
    for deal_id, lines in groupby(rows, key=lambda row: row.opportunity_id):
        quote = quotes.get(deal_id)
        used = quote.currency if quote else currency
        sums = Sums.of(list(lines), quote.reduction if quote else NO_DISCOUNT, used)
        if sums.nets:
            found[deal_id] = DealSum(net=sums.once.net, currency=used)
    return found


def vat_rates_in_force(session: Session, seller: Seller, on: date) -> list[Vat]:
    """Rates that may be chosen on a day, the highest first, exemption before reverse charge; perhaps none.

    A seller without VAT only has those without.
    """
    rows = session.scalars(
        sa.select(VatRate)
        .where(
            VatRate.country == seller.address.country,
            VatRate.valid_from <= on,
            sa.or_(VatRate.valid_to.is_(None), VatRate.valid_to >= on),
        )
        .order_by(VatRate.rate.desc(), VatRate.category != VatCategory.EXEMPT, VatRate.category)
    )
    exempt = seller.vat_regime is VatRegime.FRANCHISE
    return [Vat(row.category.value, row.rate) for row in rows if not exempt or not row.rate]
