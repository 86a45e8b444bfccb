"""From the token in the address to the ids a view may act on, before any view runs."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from backoffice.db import db
from backoffice.errors import Gone, UnknownLink
from backoffice.links.models import Channel, ClientLink
from backoffice.links.tokens import nonce_of


@dataclass(frozen=True, kw_only=True)
class OpenLink:
    """A link that opens: ids and who was invited by it. An entity would not survive the unit of work."""

    id: int
    quote_id: int
    token: str
    name: str
    email: str
    channel: Channel


def open_link(token: str, keys: tuple[str, ...], at: datetime) -> OpenLink:
    """Raises UnknownLink for forged and unknown tokens alike, Gone for expired and revoked links."""
    nonce = nonce_of(token, keys)
    row = (
        None
        if nonce is None
        else db.session.execute(sa.select(ClientLink).where(ClientLink.nonce == nonce)).scalar_one_or_none()
    )
    if row is None:
        raise UnknownLink
    if not row.is_open(at):
        raise Gone(link=row.id)
    return OpenLink(
        id=row.id, quote_id=row.quote_id, token=token, name=row.name, email=row.email, channel=row.channel
    )
