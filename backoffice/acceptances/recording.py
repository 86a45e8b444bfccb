"""The act: one of ours records that the client accepted otherwise than on their page."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.acceptances.events import QuoteAccepted
from backoffice.acceptances.models import Acceptance, AcceptanceProof, Accepting
from backoffice.files.keeping import Kept, stored
from backoffice.links.models import AFTER_SIGNING, Channel, ClientLink
from backoffice.quotes.choice import Selection
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import quote_to_act_on


def record_acceptance(
    session: Session,
    quote_id: int,
    accepting: Accepting,
    selection: Selection,
    proofs: Sequence[Kept],
    *,
    at: datetime,
    seen_as: str,
) -> Acceptance:
    """Accept what the client chose of the quote; the same form again gives the acceptance that it made.

    Raises as ``Quote.accept``. Every link that opens stays open for as long as after a signature.
    """
    quote = quote_to_act_on(session, quote_id)
    made = session.scalar(
        sa.select(Acceptance).where(
            Acceptance.posted_as == accepting.posted_as, Acceptance.quote_id == quote.id
        )
    )
    if made is not None:
        return made
    acceptance = quote.accept(accepting, selection, at=at, seen_as=seen_as)
    acceptance.link_id = _link_of(session, quote, acceptance, at)
    files = stored(quote.opportunity_id, proofs, by=accepting.recorded_by, at=at)
    session.add_all([acceptance, *files])
    session.flush()  # the proofs and the event carry the ids
    session.add_all(
        AcceptanceProof(acceptance_id=acceptance.id, position=position, file_id=file.id)
        for position, file in enumerate(files)
    )
    quote.record(
        QuoteAccepted(
            quote_id=quote.id,
            version_id=acceptance.version_id,
            opportunity_id=quote.opportunity_id,
            acceptance_id=acceptance.id,
            by=accepting.recorded_by,
            at=at,
        )
    )
    return acceptance


def _link_of(session: Session, quote: Quote, acceptance: Acceptance, at: datetime) -> int | None:
    """Where who accepted comes back to the contract: their own link, made now unless they have one that opens."""
    links = [
        each
        for each in session.scalars(
            sa.select(ClientLink).where(ClientLink.quote_id == quote.id).order_by(ClientLink.id)
        )
        if each.is_open(at)
    ]
    for link in links:
        link.expires_at = max(link.expires_at, at + AFTER_SIGNING)
    if not acceptance.email:
        return None
    known = [each for each in links if each.email.casefold() == acceptance.email.casefold()]
    link = known[-1] if known else _new_link(quote, acceptance, at)
    session.add(link)
    session.flush()  # a new one gets its id
    return link.id


def _new_link(quote: Quote, acceptance: Acceptance, at: datetime) -> ClientLink:
    return ClientLink(
        quote_id=quote.id,
        channel=Channel.MAIL,
        name=acceptance.name,
        email=acceptance.email,
        language=acceptance.language,
        created_at=at,
        expires_at=at + AFTER_SIGNING,
    )
