"""Two clients side by side: what each says, and what one of them may take over from the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from backoffice.clients.models import Client, ClientKind, Standing
from backoffice.countries import countries
from backoffice.db import Address
from backoffice.language import current_language


class Side(StrEnum):
    """``THIS``: whose page merging was begun on."""

    THIS = "this"
    OTHER = "other"
    BOTH = "both"
    """Only of notes, which are then put one after the other."""


@dataclass(frozen=True)
class Trait:
    """Something that is taken from one client as a whole; numbers of one firm belong together."""

    columns: tuple[str, ...]

    def value(self, client: Client) -> tuple[Any, ...]:
        return tuple(getattr(client, name) for name in self.columns)

    def says(self, client: Client) -> bool:
        """Whether there is anything that the other could take over."""
        return any(value not in NOTHING for value in self.value(client))

    def adds(self, client: Client, to: Client) -> bool:
        """Whether ``client`` says all that the other says, and more: a VAT number beside the same SIREN."""
        pairs = zip(self.value(client), self.value(to), strict=True)
        return all(own == other or other in NOTHING for own, other in pairs) and self.says(client)

    def copy(self, source: Client, target: Client) -> None:
        for name in self.columns:
            setattr(target, name, getattr(source, name))


NOTHING: tuple[Any, ...] = (None, "", Address())

TRAITS: Mapping[str, Trait] = {
    "kind": Trait(("kind", "standing")),
    "name": Trait(("name",)),
    "registration": Trait(("siren", "siret", "vat_number")),
    "email": Trait(("email",)),
    "phone": Trait(("phone",)),
    "language": Trait(("language",)),
    "billing": Trait(("billing",)),
    "delivery": Trait(("delivery",)),
    "payment_days": Trait(("payment_days",)),
    "owner": Trait(("owner_id",)),
}
"""All but notes, of which nothing need be lost."""


@dataclass(frozen=True)
class Difference:
    """What both say of a trait, in words; ``usual``: which one says more, or else the first."""

    name: str
    this: str
    other: str
    usual: Side


def differences(this: Client, other: Client, owners: Mapping[int, str]) -> Sequence[Difference]:
    """The traits in which two clients differ; ``owners``: names by id."""
    found = []
    for name, trait in TRAITS.items():
        if trait.value(this) == trait.value(other):
            continue
        usual = Side.OTHER if trait.adds(other, to=this) else Side.THIS
        words = [words_of_trait(name, client, owners) or gettext("nothing") for client in (this, other)]
        found.append(Difference(name, words[0], words[1], usual))
    return found


def words_of_trait(name: str, client: Client, owners: Mapping[int, str]) -> str:
    """What a client says of a trait, for a reader; empty when nothing."""
    special: Mapping[str, Callable[[], str]] = {
        "kind": lambda: f"{kind_words()[client.kind]}, {standing_words()[client.standing]}",
        "registration": lambda: " · ".join(filter(None, (client.siren, client.siret, client.vat_number))),
        "language": lambda: gettext("English") if client.language == "en" else gettext("French"),
        "billing": lambda: written(client.billing),
        "delivery": lambda: written(client.delivery),
        "payment_days": lambda: (
            "" if client.payment_days is None else gettext("%(days)s days", days=client.payment_days)
        ),
        "owner": lambda: owners.get(client.owner_id, "…"),
    }
    return special[name]() if name in special else str(getattr(client, name))


def written(place: Address) -> str:
    if not place:
        return ""
    country = (
        "" if place.country == "FR" else dict(countries(current_language())).get(place.country, place.country)
    )
    town = f"{place.postcode} {place.city}".strip()
    return ", ".join(filter(None, (place.street, town, country)))


def kind_words() -> Mapping[ClientKind, str]:
    return {
        ClientKind.COMPANY: gettext("Company"),
        ClientKind.PERSON: gettext("Person"),
        ClientKind.PUBLIC_BODY: gettext("Public body"),
    }


def standing_words() -> Mapping[Standing, str]:
    return {
        Standing.CONSUMER: gettext("buys as a consumer"),
        Standing.PROFESSIONAL: gettext("buys as a professional"),
    }
