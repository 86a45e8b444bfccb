"""Clients and their contacts from a table: rows that follow each other and name the same client are its contacts.

A client is known by its number here, else by its SIREN, else by its e-mail address, else by its name; whoever has the
number written may be renamed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, selectinload

from backoffice.catalogue.search import folded
from backoffice.clients.cells import complete, contact_in, read
from backoffice.clients.columns import COLUMNS
from backoffice.clients.models import Client, ClientKind, Contact
from backoffice.db import Address
from backoffice.errors import Refusal
from backoffice.imports.subjects import Fault, Outcome, Record, Setting
from backoffice.language import LANGUAGES as SPOKEN
from backoffice.tabular.columns import Column

BILLING = {part: part for part in Address().as_content()}
DELIVERY = {f"delivery_{part}": part for part in BILLING}
"""Columns of the two addresses, by the part that each holds."""
IDENTITY = ("id", "name", "siren", "email")
LONGEST_ID = 18


class UnknownNumber(Refusal):
    def sentence(self) -> str:
        return gettext("No client has this number. Empty the cell to enter a new client.")


class SeveralMeant(Refusal):
    def sentence(self) -> str:
        return gettext(
            "Several clients may be meant. Write the Accord number of the right one, as the export shows it."
        )


class NamedOtherwise(Refusal):
    """``name`` and ``number``: of the client who has that SIREN or e-mail address."""

    def sentence(self) -> str:
        return gettext(
            "This is “%(name)s” here. Write that name, or Accord number %(number)s to rename this client.",
            name=self.facts["name"],
            number=self.facts["number"],
        )


class Clients:
    name = "clients"
    columns: tuple[Column, ...] = COLUMNS
    makes_missing = None

    def missing(self, fields: frozenset[str]) -> list[Column]:
        return [column for column in COLUMNS if column.needed and column.name not in fields]

    def group(self, cells: dict[str, str]) -> str:
        return "\n".join(folded(cells.get(name, "")) for name in IDENTITY).strip("\n")

    def keys(self, record: Record) -> list[tuple[str, str]]:
        about = self.group(record.rows[0])
        return [(about, "name")] if about else []

    def deal_with(self, session: Session, records: Sequence[Record], setting: Setting) -> list[Outcome]:
        known = _known(session, [record.rows[0] for record in records])
        return [self._one(session, record, known, setting) for record in records]

    def _one(self, session: Session, record: Record, known: Sequence[Client], setting: Setting) -> Outcome:
        faults = record.faults[0]
        given = read(record.rows[0], faults)
        client = None if faults else _matched(given, known, faults)
        complete(given, client, faults)
        people = [contact_in(cells, said) for cells, said in zip(record.rows, record.faults, strict=True)]
        if (
            given.get("kind", client.kind if client else None) is ClientKind.PERSON
            and client is None
            and any(people)
        ):
            faults.append(
                Fault(
                    column="contact_name",
                    sentence=gettext("A person is their own contact: empty these cells."),
                )
            )
        if record.is_wrong:
            return Outcome.WRONG
        changes = _changes(client, given)
        contacts = _people(client, people)
        if client is not None and not (changes or any(contacts)):
            return Outcome.UNCHANGED
        if setting.write:
            _store(session, client, changes, contacts, setting)
        return Outcome.NEW if client is None else Outcome.CHANGED


def _known(session: Session, rows: Sequence[dict[str, str]]) -> Sequence[Client]:
    """Everybody whom one of these rows may mean, with their contacts."""
    ids = [int(row["id"]) for row in rows if _is_id(row.get("id", "").strip())]
    sirens = [text for row in rows if (text := "".join(row.get("siren", "").split()))]
    emails = [text for row in rows if (text := row.get("email", "").strip().lower())]
    names = [text for row in rows if (text := " ".join(row.get("name", "").split()))]
    query = sa.select(Client).where(
        Client.archived_at.is_(None),
        sa.or_(
            Client.id.in_(ids),
            Client.siren.in_(sirens),
            sa.func.lower(Client.email).in_(emails),
            Client.name.in_(names),
        ),
    )
    return session.scalars(query.options(selectinload(Client.contacts)).order_by(Client.id)).all()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


def _matched(given: Mapping[str, Any], known: Sequence[Client], faults: list[Fault]) -> Client | None:
    """None for a new client. Adds UnknownNumber, SeveralMeant or NamedOtherwise to the faults."""
    if given.get("id"):
        found = [each for each in known if str(each.id) == given["id"]]
        if not found:
            faults.append(Fault(column="id", sentence=UnknownNumber().sentence()))
        return found[0] if found else None
    siren, email, name = given.get("siren", ""), given.get("email", "").lower(), folded(given["name"])
    for column, found in (
        ("siren", [each for each in known if siren and each.siren == siren]),
        (
            "email",
            [each for each in known if email and each.email.lower() == email and _agree(each.siren, siren)],
        ),
        (
            "name",
            [
                each
                for each in known
                if folded(each.name) == name
                and _agree(each.siren, siren)
                and _agree(each.email.lower(), email)
            ],
        ),
    ):
        named = [each for each in found if folded(each.name) == name]
        meant = named if len(found) > 1 and named else found
        if len(meant) > 1:
            faults.append(Fault(column=column, sentence=SeveralMeant().sentence()))
        if meant:
            if folded(meant[0].name) != name:  # a mistyped SIREN must not make one client another
                facts = {"name": meant[0].name, "number": str(meant[0].id)}
                faults.append(Fault(column=column, sentence=NamedOtherwise(**facts).sentence()))
            return meant[0]
    return None


def _agree(stored: str, given: str) -> bool:
    return not stored or not given or stored == given


def _changes(client: Client | None, given: dict[str, Any]) -> dict[str, Any]:
    """Attributes of the client that are to be set."""
    wanted = {name: value for name, value in given.items() if name not in {*BILLING, *DELIVERY, "id"}}
    for place, columns in (("billing", BILLING), ("delivery", DELIVERY)):
        parts = {part: given[column] for column, part in columns.items() if column in given}
        there = replace(getattr(client, place) if client is not None else Address(), **parts)
        wanted[place] = there if there or place == "billing" else Address()  # a country alone is no place
    if client is None:
        return wanted
    return {name: value for name, value in wanted.items() if getattr(client, name) != value}


def _people(
    client: Client | None, people: Sequence[dict[str, str]]
) -> tuple[list[dict[str, str]], list[tuple[Contact, dict[str, str]]]]:
    """Contacts to be added, and those to be changed: known by their e-mail address, else by their name."""
    new, changed = [], []
    for person in filter(None, people):
        contact = _known_person(client, person)
        if contact is None:
            new.append(person)
        elif any(getattr(contact, name) != value for name, value in person.items()):
            changed.append((contact, person))
    return new, changed


def _known_person(client: Client | None, person: dict[str, str]) -> Contact | None:
    contacts = [each for each in client.contacts if each.archived_at is None] if client is not None else []
    email, name = person.get("email", "").lower(), folded(person["name"])
    named = [each for each in contacts if folded(each.name) == name]
    by_email = [each for each in contacts if email and each.email.lower() == email]
    agreeing = [each for each in named if _agree(each.email.lower(), email)]
    both = [each for each in by_email if each in named]
    return next(iter([*both, *by_email, *agreeing]), None)


def _store(
    session: Session,
    client: Client | None,
    changes: dict[str, Any],
    people: tuple[list[dict[str, str]], list[tuple[Contact, dict[str, str]]]],
    setting: Setting,
) -> None:
    new, changed = people
    if client is None:
        client = Client(owner_id=setting.by, created_at=setting.at, contacts=[])
        session.add(client)
    for name, value in changes.items():
        setattr(client, name, value)
    for person in new:
        first = not any(each.archived_at is None for each in client.contacts)
        client.contacts.append(Contact(**person, language=client.language or SPOKEN[0], is_principal=first))
    for contact, person in changed:
        for name, value in person.items():
            setattr(contact, name, value)


def usual(_session: Session) -> dict[str, object]:
    return {}
