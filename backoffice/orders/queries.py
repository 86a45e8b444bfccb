"""What pages load of orders; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice.acceptances.models import Acceptance
from backoffice.acceptances.queries import Recorded, recorded_of
from backoffice.documents.models import Document
from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity
from backoffice.orders.agreement import agreement_of
from backoffice.orders.chain import Chain, chain_of
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.quotes.schedule import ReadInstalment, read_schedule
from backoffice.signatures.models import Signature


@dataclass(frozen=True, kw_only=True)
class OrderSheet:
    """An order with its lines, the signature or acceptance that made it, the papers of both and what became of it."""

    order: Order
    signature: Signature | None
    accepted: Recorded | None
    version_number: int
    totals: ReadTotals
    chain: Chain
    quote_document_id: int
    signed_document_id: int | None

    def instalments(self, language: str) -> Sequence[ReadInstalment]:
        """What is paid after the deposit, or without one."""
        return read_schedule(
            self.order.schedule,
            language,
            gross=self.order.gross,
            deposit=self.chain.account.deposit.gross,
            currency=self.order.currency,
        )


def order_sheet(session: Session, order_id: int, whose: ColumnElement[bool], *, today: date) -> OrderSheet:
    """Everything the page of an order shows. Raises NotFound for unknown and foreign alike."""
    quoted, copied = aliased(Document), aliased(Document)
    row = session.execute(
        _seen(sa.select(Order, Signature, QuoteVersion, quoted.id, copied.id), whose)
        .outerjoin(Signature, Signature.id == Order.signature_id)
        .outerjoin(Acceptance, Acceptance.id == Order.acceptance_id)
        .join(QuoteVersion, QuoteVersion.id == sa.func.coalesce(Signature.version_id, Acceptance.version_id))
        .join(quoted, quoted.version_id == QuoteVersion.id)
        .outerjoin(copied, copied.signature_id == Signature.id)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
    ).one_or_none()
    if row is None:
        raise NotFound(order=order_id)
    order, signature, version, quote_paper, signed_copy = row
    accepted = None if signature is not None else recorded_of(session, version.id)
    totals = read_totals(canonical.read(agreement_of(session, order).totals))
    return OrderSheet(
        order=order,
        signature=signature,
        accepted=accepted,
        version_number=version.number,
        totals=totals,
        chain=chain_of(session, order, today),
        quote_document_id=quote_paper,
        signed_document_id=signed_copy,
    )


def refuse_foreign_order(session: Session, order_id: int, whose: ColumnElement[bool]) -> None:
    """Raises NotFound unless the order exists and is of a deal that ``whose`` allows."""
    if session.scalar(_seen(sa.select(Order.id), whose).where(Order.id == order_id)) is None:
        raise NotFound(order=order_id)


def _seen(found: Select[*tuple[Any, ...]], whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return found.join(Opportunity, Opportunity.id == Order.opportunity_id).where(whose)
