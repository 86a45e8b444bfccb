"""What our own people are told when a client signs."""

from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.notices.models import NoticeKind
from backoffice.notices.telling import News, tell
from backoffice.notifications.queueing import signed_facts
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.events import QuoteSigned
from backoffice.signatures.models import Signature


def tell_rep(event: QuoteSigned, session: Session) -> None:
    """Whoever has the deal; the mail, answered, goes to the client."""
    signature = session.get_one(Signature, event.signature_id)
    deal = session.get_one(Opportunity, event.opportunity_id)
    facts = signed_facts(event, signature, session) | {
        "client": session.get_one(Client, deal.client_id).name,
        "signer_function": signature.function,
    }
    cause = f"signature:{signature.id}"
    tell(
        session,
        deal.owner_id,
        News(NoticeKind.QUOTE_SIGNED, deal.id, facts, event.at, cause, signature.email),
    )
