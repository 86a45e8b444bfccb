"""As much of a working page as the ledger's rows and sums need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.clients.models import Client
from backoffice.errors import NotFound
from backoffice.ledger.editing import Whose
from backoffice.ledger.sums import Sums, priced_lines
from backoffice.money import NO_DISCOUNT, Vat
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.quotes.models import Quote
from backoffice.seller.models import ONLY, Seller


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """``stored``: the lines asked for, removed ones too; ``sums``: of all."""

    deal_id: int
    title: str
    revision: int
    currency: str
    edited_language: str
    sums: Sums
    stored: Mapping[UUID, OpportunityLine]
    rates: Sequence[Vat]
    floor: Decimal | None

    def line(self, uuid: UUID) -> OpportunityLine:
        """Raises NotFound."""
        if uuid not in self.stored:
            raise NotFound(line=str(uuid))
        return self.stored[uuid]


def ledger_of(session: Session, whose: Whose, uuids: Sequence[UUID], on: date) -> Ledger:
    """From as many statements whatever is in it; ``on``: the seller's day. Raises NotFound."""
    row = session.execute(
        sa.select(Opportunity, Client.language, Quote)
        .join(Client, Client.id == Opportunity.client_id)
        .outerjoin(Quote, Quote.opportunity_id == Opportunity.id)
        .where(Opportunity.id == whose.deal_id, Opportunity.archived_at.is_(None), whose.visible)
        .order_by(Quote.closed_at.is_(None).desc(), Quote.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(opportunity=whose.deal_id)
    deal, language, quote = row
    found: Quote | None = quote
    seller = session.get_one(Seller, ONLY)
    currency = found.currency if found is not None else seller.currency
    lines = session.scalars(
        sa.select(OpportunityLine)
        .where(OpportunityLine.opportunity_id == deal.id, OpportunityLine.uuid.in_(uuids))
        .order_by(OpportunityLine.position, OpportunityLine.id)
    )
    return Ledger(
        deal_id=deal.id,
        title=deal.title,
        revision=deal.revision,
        currency=currency,
        edited_language=found.language if found is not None else language,
        sums=Sums.of(
            priced_lines(session, deal.id), found.reduction if found is not None else NO_DISCOUNT, currency
        ),
        stored={line.uuid: line for line in lines},
        rates=vat_rates_in_force(session, seller, on),
        floor=seller.margin_floor,
    )


def line_to_edit(session: Session, uuid: UUID, visible: ColumnElement[bool]) -> OpportunityLine:
    """One line without those around it; removed ones too. Raises NotFound for a line of a foreign deal, too."""
    line = session.scalar(
        sa.select(OpportunityLine)
        .join(Opportunity, Opportunity.id == OpportunityLine.opportunity_id)
        .where(OpportunityLine.uuid == uuid, Opportunity.archived_at.is_(None), visible)
    )
    if line is None:
        raise NotFound(line=str(uuid))
    return line


def deal_of_line(session: Session, uuid: UUID, visible: ColumnElement[bool]) -> int:
    """Raises NotFound for a line of a foreign deal, too."""
    deal_id = session.scalar(
        sa.select(Opportunity.id)
        .join(OpportunityLine, OpportunityLine.opportunity_id == Opportunity.id)
        .where(OpportunityLine.uuid == uuid, visible)
    )
    if deal_id is None:
        raise NotFound(line=str(uuid))
    return deal_id


def refuse_foreign(session: Session, whose: Whose) -> None:
    """Raises NotFound for an unknown deal and for a foreign one alike, before anything of the request is looked at."""
    seen = sa.select(Opportunity.id).where(
        Opportunity.id == whose.deal_id, Opportunity.archived_at.is_(None), whose.visible
    )
    if session.scalar(seen) is None:
        raise NotFound(opportunity=whose.deal_id)
