"""Registration numbers of firms, checked by their own arithmetic (python-stdnum). Pure: nothing is looked up."""

from flask_babel import gettext
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from backoffice.errors import Refusal


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
        return gettext("This is not a VAT number of an EU country: it begins with the country, such as FR.")


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


def vat_number(text: str, *, of: str = "") -> str:
    """An EU VAT number without spaces, or empty; a French one ends with its SIREN ``of``.

    Raises WrongVatNumber, VatNumberOfAnother.
    """
    if not text.strip():
        return ""
    try:
        number = str(vat.validate(text.upper()))
    except ValidationError:
        raise WrongVatNumber(typed=text) from None
    if of and number.startswith("FR") and not number.endswith(of):
        raise VatNumberOfAnother(typed=text)
    return number
