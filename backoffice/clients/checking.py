"""What can be said of a client's numbers while they are typed: the same as when they are sent."""

from collections.abc import Callable
from dataclasses import dataclass

from backoffice.clients import numbers
from backoffice.errors import Refusal


@dataclass(frozen=True)
class Checked:
    """``errors``: a sentence by field; ``siren``: what the SIRET implies; ``vat_number``: what the SIREN would have."""

    errors: dict[str, str]
    siren: str
    vat_number: str


def checked(*, siren: str, siret: str, vat_number: str, country: str) -> Checked:
    """As typed; empty is never wrong."""
    errors: dict[str, str] = {}

    def read(field: str, reading: Callable[[], str]) -> str:
        try:
            return reading()
        except Refusal as refusal:
            errors[field] = refusal.sentence()
            return ""

    own = read("siren", lambda: numbers.siren(siren))
    site = read("siret", lambda: numbers.siret(siret, of=own))
    firm = own or site[:9]
    number = read("vat_number", lambda: numbers.vat_number(vat_number, of=firm, country=country))
    wanted = firm and country == "FR" and not vat_number.strip()
    return Checked(
        errors=errors,
        siren=firm if firm and not siren.strip() else "",
        vat_number=numbers.vat_number_of(firm) if wanted and not number else "",
    )
