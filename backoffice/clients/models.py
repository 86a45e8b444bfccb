"""Those we sell to, and the people we speak with there."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.db import Address, Base, Id, Key, address, stored_by_value


class ClientKind(enum.StrEnum):
    COMPANY = "company"
    PERSON = "person"
    PUBLIC_BODY = "public_body"


class Standing(enum.StrEnum):
    """The capacity in which the client buys: it decides wordings, prices shown and rights."""

    CONSUMER = "consumer"
    PROFESSIONAL = "professional"


class Client(Base):
    """A company, a person or a public body."""

    __tablename__ = "clients"

    id: Mapped[Key]
    kind: Mapped[ClientKind] = mapped_column(stored_by_value(ClientKind))
    standing: Mapped[Standing] = mapped_column(stored_by_value(Standing))
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    siren: Mapped[str] = mapped_column(sa.String(9), default="")
    siret: Mapped[str] = mapped_column(sa.String(14), default="")
    vat_number: Mapped[str] = mapped_column(sa.String(20), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    billing: Mapped[Address] = address("billing_")
    delivery: Mapped[Address] = address("delivery_")
    payment_days: Mapped[int | None]
    notes: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="client", lazy="raise_on_sql", order_by="Contact.id"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class Contact(Base):
    """A person at a client's. A private person is their own only contact."""

    __tablename__ = "contacts"

    id: Mapped[Key]
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    function: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    archived_at: Mapped[datetime | None]

    client: Mapped[Client] = relationship(back_populates="contacts", lazy="raise_on_sql")
