"""Registration numbers of firms, checked by their own arithmetic (python-stdnum). Pure: nothing is looked up."""

import re

from flask_babel import gettext
from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from backoffice.errors import Refusal

LONGEST_VAT_NUMBER = 20


class WrongSiren(Refusal):
    def sentence(self) -> str:
        return gettext("This is not a SIREN number: it has 9 digits, and the last one checks the others.")


class WrongSiret(Refusal):
    def sentence(self) -> str:
        return gettext("This is not a SIRET number: it has 14 digits, and the last one checks the others.")


class SiretOfAnother(Refusal):
    def sentence(self) -> str:
        return gettext("This SIRET does not belong to the SIREN above: its first 9 digits must be the same.")


class WrongVatNumber(Refusal):
    def sentence(self) -> str:
        return gettext("This is not a VAT number: it begins with its country, such as FR, and checks itself.")


class VatNumberOfAnother(Refusal):
    def sentence(self) -> str:
        return gettext(
            "This VAT number does not belong to the SIREN above: its last 9 digits must be the same."
        )


def siren(text: str) -> str:
    """Nine digits, or empty for an empty text. Raises WrongSiren."""
    if not text.strip():
        return ""
    try:
        return str(siren_number.validate(text))
    except ValidationError:
        raise WrongSiren(typed=text) from None


def siret(text: str, *, of: str = "") -> str:
    """Fourteen digits, or empty; ``of`` is the SIREN that it must begin with. Raises WrongSiret, SiretOfAnother."""
    if not text.strip():
        return ""
    try:
        number = str(siret_number.validate(text))
    except ValidationError:
        raise WrongSiret(typed=text) from None
    if of and not number.startswith(of):
        raise SiretOfAnother(typed=text)
    return number


def vat_number(text: str, *, of: str = "", country: str = "") -> str:
    """A VAT number without spaces, or empty; a French one ends with its SIREN ``of``.

    One that does not name its country, or is of none in the EU, is read as those of ``country`` are. Where no
    arithmetic is known, letters and digits are taken as they are. Raises WrongVatNumber, VatNumberOfAnother.
    """
    if not text.strip():
        return ""
    number = _vat_number(text.upper(), country)
    if of and number.startswith("FR") and not number.endswith(of):
        raise VatNumberOfAnother(typed=text)
    return number


def vat_number_of(siren: str) -> str:
    """The VAT number that a French firm with this valid SIREN has, if it has one."""
    return f"FR{siren_number.to_tva(siren).replace(' ', '')}"


def _vat_number(text: str, country: str) -> str:
    prefix = "EL" if country == "GR" else country
    for candidate in (text, f"{prefix}{text}"):
        try:
            return str(vat.validate(candidate))
        except ValidationError:
            continue
    if country.lower() in vat.MEMBER_STATES or not re.fullmatch(r"[A-Z]{2}", country, re.ASCII):
        raise WrongVatNumber(typed=text)
    known = get_cc_module(country, "vat")
    if known is None and re.fullmatch(r"[A-Z0-9]{2,20}", plain := re.sub(r"[\s.\-/]", "", text), re.ASCII):
        return plain
    try:
        found = str(known.validate(text)) if known is not None else ""
    except ValidationError:
        found = ""
    if not 0 < len(found) <= LONGEST_VAT_NUMBER:
        raise WrongVatNumber(typed=text)
    return found
