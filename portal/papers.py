"""What a client takes away: the confirmation of their signature, and the papers."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backoffice.db import db
from backoffice.documents.models import Document, DocumentKind
from backoffice.errors import NotFound
from backoffice.orders.models import Order
from backoffice.signatures.models import Signature
from portal.pages import QuotePage


@dataclass(frozen=True)
class Confirmation:
    """What the client comes back to after signing."""

    page: QuotePage
    order_number: str
    signed_copy: Document | None

    @property
    def signature(self) -> Signature:
        if self.page.signature is None:
            raise NotFound
        return self.page.signature

    @property
    def fingerprint(self) -> str:
        """The combined digest in groups of eight as on the signature page, to be compared by eye."""
        digest = self.signature.combined_digest
        return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def confirmation(page: QuotePage) -> Confirmation:
    """Raises NotFound when the quote was not signed through this link."""
    if page.signature is None or not page.signed_here:
        raise NotFound
    row: Any = db.session.execute(
        sa.select(Order.number, Document)
        .outerjoin(Document, Document.signature_id == Order.signature_id)
        .where(Order.signature_id == page.signature.id)
    ).one()
    return Confirmation(page, row[0], row[1])


def paper_of(page: QuotePage, kind: DocumentKind) -> Document:
    """The archived or wanted PDF of the quote or of its signed copy."""
    if kind is DocumentKind.SIGNED_QUOTE and page.signed_here and page.signature is not None:
        subject = Document.signature_id == page.signature.id
    elif kind is DocumentKind.QUOTE:
        subject = Document.version_id == page.version.id
    else:
        raise NotFound
    document = db.session.scalar(sa.select(Document).where(Document.kind == kind, subject))
    if document is None:
        raise NotFound
    return document
