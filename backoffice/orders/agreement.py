"""What an order comes from: a signature on the client's page, or an acceptance recorded by one of ours."""

from sqlalchemy.orm import Session

from backoffice.acceptances.models import Acceptance
from backoffice.orders.models import Order
from backoffice.signatures.models import Signature

Agreement = Signature | Acceptance
"""Both hold the version, its digest, the selection and totals agreed on, and the digest that binds them."""


def agreement_of(session: Session, order: Order) -> Agreement:
    """The one of the two that made the order."""
    if order.signature_id is not None:
        return session.get_one(Signature, order.signature_id)
    return session.get_one(Acceptance, order.acceptance_id)
