"""Archived papers: a row is wanted first, then its bytes are kept and their SHA-256 written, once."""

import enum
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value


class DocumentKind(enum.StrEnum):
    QUOTE = "quote"
    SIGNED_QUOTE = "signed_quote"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Document(Base):
    """A PDF wanted or kept. Until ``archived_at`` the row is an outbox row; afterwards nothing changes any more."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.UniqueConstraint("kind", "version_id"),
        sa.UniqueConstraint("kind", "signature_id"),
        sa.UniqueConstraint("kind", "invoice_id"),
        sa.UniqueConstraint("kind", "credit_note_id"),
        sa.CheckConstraint(
            "(kind = 'quote' AND version_id IS NOT NULL"
            " AND signature_id IS NULL AND invoice_id IS NULL AND credit_note_id IS NULL)"
            " OR (kind = 'signed_quote' AND signature_id IS NOT NULL"
            " AND version_id IS NULL AND invoice_id IS NULL AND credit_note_id IS NULL)"
            " OR (kind = 'invoice' AND invoice_id IS NOT NULL"
            " AND version_id IS NULL AND signature_id IS NULL AND credit_note_id IS NULL)"
            " OR (kind = 'credit_note' AND credit_note_id IS NOT NULL"
            " AND version_id IS NULL AND signature_id IS NULL AND invoice_id IS NULL)",
            "one_subject",
        ),
        sa.CheckConstraint("(archived_at IS NULL) = (sha256 IS NULL)", "archived_with_hash"),
        sa.Index(
            "ix_documents_wanted",
            "available_at",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )
    outbox: ClassVar[bool] = True

    id: Mapped[Key]
    kind: Mapped[DocumentKind] = mapped_column(stored_by_value(DocumentKind))
    version_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("quote_versions.id", ondelete="RESTRICT"))
    signature_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("signatures.id", ondelete="RESTRICT"))
    invoice_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"))
    credit_note_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("credit_notes.id", ondelete="RESTRICT"))
    language: Mapped[str] = mapped_column(sa.String(2))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    wanted_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(400), default="")
    archived_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    size: Mapped[int | None]
