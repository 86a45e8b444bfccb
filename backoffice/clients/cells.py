"""The cells of a table of clients, read: what a row says of the client and of one contact."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext

from backoffice.catalogue.search import folded
from backoffice.clients import numbers
from backoffice.clients.columns import KINDS, LANGUAGES, STANDINGS
from backoffice.clients.models import LONGEST_NOTES, LONGEST_TERM, Client, ClientKind, Standing
from backoffice.clients.refusals import OnlyPersonsAreConsumers
from backoffice.countries import countries
from backoffice.errors import Refusal
from backoffice.imports.subjects import Fault
from backoffice.language import LANGUAGES as SPOKEN
from backoffice.typed import line_of, note_of, number

OF_CONTACT = {
    "contact_name": "name",
    "contact_function": "function",
    "contact_email": "email",
    "contact_phone": "phone",
}
MOST = {"name": 120, "function": 120, "phone": 40}


class UnknownWord(Refusal):
    """``words``: those that are known."""

    def sentence(self) -> str:
        return gettext("Write one of: %(words)s.", words=", ".join(self.facts["words"]))


class NotAnAddress(Refusal):
    def sentence(self) -> str:
        return gettext("Enter an e-mail address, such as name@example.fr.")


class NoName(Refusal):
    def sentence(self) -> str:
        return gettext("Enter the client’s name.")


def read(cells: dict[str, str], faults: list[Fault]) -> dict[str, Any]:
    """What the row says of the client, by the names of the columns that there are."""
    given: dict[str, Any] = {}

    def cell(name: str, reading: Callable[[str], Any]) -> None:
        if name not in cells:
            return
        try:
            given[name] = reading(cells[name])
        except Refusal as refusal:
            faults.append(Fault(column=name, sentence=refusal.sentence()))

    cell("id", str.strip)
    cell("name", _name)
    cell("kind", lambda text: _word(text, KINDS))
    cell("standing", lambda text: _word(text, STANDINGS))
    cell("siren", numbers.siren)
    cell("siret", lambda text: numbers.siret(text, of=given.get("siren", "")))
    cell("vat_number", lambda text: numbers.vat_number(text, of=given.get("siren", "")))
    cell("email", _email)
    cell("phone", lambda text: line_of(text, most=40))
    cell("language", lambda text: _word(text, LANGUAGES))
    for place in ("", "delivery_"):
        for name, most in (("street", 200), ("postcode", 20), ("city", 100)):
            cell(f"{place}{name}", partial(line_of, most=most))
        cell(f"{place}country", _country)
    cell("payment_days", _days)
    cell("notes", partial(note_of, most=LONGEST_NOTES))
    return {name: value for name, value in given.items() if value is not None}


def complete(given: dict[str, Any], client: Client | None, faults: list[Fault]) -> None:
    """What a new client needs and a table may leave out; and that only persons are consumers."""
    if client is None:
        given.setdefault("kind", ClientKind.COMPANY)
        if given["kind"] is not ClientKind.PERSON:
            given.setdefault("standing", Standing.PROFESSIONAL)
        elif "standing" not in given:
            faults.append(Fault(column="standing", sentence=gettext("Choose how this client buys.")))
    kind = given.get("kind") or (client.kind if client else None)
    standing = given.get("standing") or (client.standing if client else None)
    if standing is Standing.CONSUMER and kind is not ClientKind.PERSON:
        faults.append(Fault(column="standing", sentence=OnlyPersonsAreConsumers().sentence()))


def contact_in(cells: dict[str, str], faults: list[Fault]) -> dict[str, str]:
    """The contact of a row, by the names of our fields; empty when there is none."""
    person: dict[str, str] = {}
    for column, name in OF_CONTACT.items():
        if column not in cells:
            continue
        try:
            person[name] = (
                _email(cells[column]) if name == "email" else line_of(cells[column], most=MOST[name])
            )
        except Refusal as refusal:
            faults.append(Fault(column=column, sentence=refusal.sentence()))
    if not any(person.values()):
        return {}
    if not person.get("name"):
        faults.append(Fault(column="contact_name", sentence=gettext("Enter the contact’s name.")))
    return person


def _name(text: str) -> str:
    name = line_of(text, most=120)
    if not name:
        raise NoName
    return name


def _word(text: str, words: Mapping[str, Any]) -> Any:
    """None for an empty cell: nothing is said."""
    word = folded(text)
    if word and word not in words:
        raise UnknownWord(words=sorted(words))
    return words.get(word)


def _days(text: str) -> int | None:
    """None for an empty cell: the firm's own habit holds."""
    if not text.strip():
        return None
    return int(number(text, places=0, most=Decimal(LONGEST_TERM), language=SPOKEN[0]))


def _email(text: str) -> str:
    if not text.strip():
        return ""
    try:
        address: str = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False
        ).normalized
    except EmailNotValidError:
        raise NotAnAddress from None
    return line_of(address, most=254)


def _country(text: str) -> str | None:
    """A code, or a name in either language."""
    word = folded(text)
    if not word:
        return None
    for language in SPOKEN:
        for code, name in countries(language):
            if word in {code.lower(), folded(name)}:
                return code
    raise UnknownWord(words=["FR", "BE", "CH", "DE", "…"])
