"""Those we sell to, and the people we speak with there."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from backoffice.clients.events import (
    ClientArchived,
    ClientGivenTo,
    ClientRestored,
)
from backoffice.clients.naming import key_of_name, searched, words_of
from backoffice.clients.refusals import ClientIsArchived, ClientIsMerged, ClientNotArchived
from backoffice.db import Address, Base, Id, Key, Revised, address, stored_by_value
from backoffice.events import RecordsEvents

IN_ORDER_OF_CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Folded words are sorted alike on every database, whatever the language of the server."""

LONGEST_NOTES = 4000
LONGEST_TERM = 365
"""Days."""


class ClientKind(enum.StrEnum):
    COMPANY = "company"
    PERSON = "person"
    PUBLIC_BODY = "public_body"


class Standing(enum.StrEnum):
    """The capacity in which the client buys: it decides wordings, prices shown and rights."""

    CONSUMER = "consumer"
    PROFESSIONAL = "professional"


class Client(Base, RecordsEvents, Revised):
    """A company, a person or a public body.

    A client merged into another is archived for good and names the one that stands for it, which is itself never
    merged. ``name_words``, ``name_key`` and ``search_text`` follow from the rest whenever a row is stored: by the
    first, names are listed and looked up; by the second, two that are perhaps the same are found. Its own price
    list goes before the lists of its group and of the groups above.
    """

    __tablename__ = "clients"
    __table_args__ = (
        sa.CheckConstraint("merged_into_id IS NULL OR archived_at IS NOT NULL", "merged_is_archived"),
        sa.CheckConstraint("merged_into_id <> id", "merged_into_another"),
        sa.CheckConstraint("payment_days BETWEEN 0 AND 365", "payment_within_a_year"),
        sa.Index("ix_clients_name_words_id", "name_words", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[ClientKind] = mapped_column(stored_by_value(ClientKind))
    standing: Mapped[Standing] = mapped_column(stored_by_value(Standing))
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    name_words: Mapped[str] = mapped_column(IN_ORDER_OF_CODE)
    name_key: Mapped[str] = mapped_column(index=True)
    search_text: Mapped[str]
    siren: Mapped[str] = mapped_column(sa.String(9), default="", index=True)
    siret: Mapped[str] = mapped_column(sa.String(14), default="")
    vat_number: Mapped[str] = mapped_column(sa.String(20), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    billing: Mapped[Address] = address("billing_")
    delivery: Mapped[Address] = address("delivery_")
    payment_days: Mapped[int | None]
    group_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_groups.id", ondelete="RESTRICT"), index=True
    )
    price_list_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True
    )
    notes: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True
    )
    revision: Mapped[int] = mapped_column()

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="client",
        lazy="raise_on_sql",
        order_by="(Contact.is_principal.desc(), Contact.id)",
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    def refuse_if_archived(self) -> None:
        """Raises ClientIsArchived, ClientIsMerged."""
        if self.merged_into_id is not None:
            raise ClientIsMerged(client=self.id, into=self.merged_into_id)
        if self.archived_at is not None:
            raise ClientIsArchived(client=self.id, name=self.name)

    def archive(self, *, by: int, at: datetime) -> None:
        """Out of lists and choices; what is under way goes on. Raises ClientIsArchived, ClientIsMerged."""
        self.refuse_if_archived()
        self.archived_at = at
        self.record(ClientArchived(client_id=self.id, by=by, at=at))

    def restore(self, *, by: int, at: datetime) -> None:
        """Raises ClientNotArchived, and ClientIsMerged: its deals and contacts are another's."""
        if self.merged_into_id is not None:
            raise ClientIsMerged(client=self.id, into=self.merged_into_id)
        if self.archived_at is None:
            raise ClientNotArchived(client=self.id)
        self.archived_at = None
        self.record(ClientRestored(client_id=self.id, by=by, at=at))

    def give_to(self, owner_id: int, *, by: int, at: datetime) -> None:
        """Another of ours looks after this client from now on."""
        if owner_id == self.owner_id:
            return
        former, self.owner_id = self.owner_id, owner_id
        self.record(ClientGivenTo(client_id=self.id, former=former, owner=owner_id, by=by, at=at))


class Contact(Base, Revised):
    """A person at a client's. A private person is their own only contact."""

    __tablename__ = "contacts"
    __table_args__ = (
        sa.Index(
            "uq_contacts_principal",
            "client_id",
            unique=True,
            sqlite_where=sa.text("is_principal"),
            postgresql_where=sa.text("is_principal"),
        ),
        sa.CheckConstraint("NOT is_principal OR archived_at IS NULL", "principal_is_there"),
    )

    id: Mapped[Key]
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    function: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    search_text: Mapped[str]
    is_principal: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    client: Mapped[Client] = relationship(back_populates="contacts", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class ClientEntryKind(enum.StrEnum):
    MERGED = "merged"
    ABSORBED = "absorbed"
    ARCHIVED = "archived"
    RESTORED = "restored"
    GIVEN = "given"


class ClientEntry(Base):
    """What was done with a client itself, not with a deal. Append-only; ``clients.history`` tells it."""

    __tablename__ = "client_entries"

    id: Mapped[Key]
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    kind: Mapped[ClientEntryKind] = mapped_column(stored_by_value(ClientEntryKind))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    staff_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)


@sa.event.listens_for(Client, "before_insert")
@sa.event.listens_for(Client, "before_update")
def _index_client(_mapper: Mapper[Client], _connection: Connection, client: Client) -> None:
    client.name_words, client.name_key = words_of(client.name), key_of_name(client.name)
    places = [place.city for place in (client.billing, client.delivery) if place]
    client.search_text = searched(client.name, *places, client.siren, client.siret, client.email)


@sa.event.listens_for(Contact, "before_insert")
@sa.event.listens_for(Contact, "before_update")
def _index_contact(_mapper: Mapper[Contact], _connection: Connection, contact: Contact) -> None:
    contact.search_text = searched(contact.name, contact.email)
