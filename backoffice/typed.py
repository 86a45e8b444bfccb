"""What people type, read strictly: numbers in French or English notation, texts without hidden characters."""

import re
import unicodedata
from decimal import Decimal

from flask_babel import format_decimal, gettext

from backoffice.errors import Refusal
from backoffice.faces import first_undrawable
from backoffice.money import DECIMALS

GROUPS = "[ '’]"
OTHER_SPACES = re.compile("[\u1680\u2000-\u2006\u2008\u205f\u3000]")
"""Pasted, these look like a space, and no packaged face has them."""
VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose a form of the character before and are not seen themselves."""
JOINERS = frozenset("\u200c\u200d")
"""Without them Persian words and many emoji fall apart."""
SIGN = rf"(?:[€£$¥]|{'|'.join(DECIMALS)})"
OF_SEVERAL = {"€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY"}, "$": {"USD", "CAD", "CLP"}}
"""Currencies that write themselves with a sign, in their own country."""
LONGEST_NUMBER = 40
EXAMPLES = (Decimal("1250.5"), Decimal("12.5"))


class NotANumber(Refusal):
    """``places`` and ``most`` are what the field takes: the example is one that it would take."""

    def sentence(self) -> str:
        if not self.facts["places"]:
            return gettext("Enter a whole number.")
        example = next(each for each in EXAMPLES if each <= self.facts["most"])
        return gettext("Enter a number, such as %(example)s.", example=format_decimal(example))


class AmbiguousNumber(NotANumber):
    """``1.250`` in French: a thousand to who groups by points, one and a quarter to who types a decimal point."""

    def sentence(self) -> str:
        whole, _point, decimals = self.facts["typed"].partition(".")
        return gettext(
            "“%(typed)s” can be read in two ways. Write %(large)s or %(small)s.",
            typed=self.facts["typed"],
            large=whole + decimals,
            small=f"{whole},{decimals}",
        )


class NegativeNumber(Refusal):
    def sentence(self) -> str:
        return gettext("Enter a number that is not negative.")


class TooManyDecimals(Refusal):
    def sentence(self) -> str:
        if not self.facts["places"]:
            return gettext("Enter a whole number.")
        return gettext("Enter at most %(places)s decimal places.", places=self.facts["places"])


class NumberTooLarge(Refusal):
    def sentence(self) -> str:
        return gettext("Enter at most %(most)s.", most=format_decimal(self.facts["most"]))


class HiddenCharacter(Refusal):
    """A control character, or one that reorders what is read: what is shown would not be what is stored."""

    def sentence(self) -> str:
        return gettext(
            "This text contains a hidden character (%(code)s). Type it again instead of pasting it.",
            code=self.facts["code"],
        )


class UndrawableCharacter(Refusal):
    """A character that the packaged faces lack: the page would show it, the archived document could not."""

    def sentence(self) -> str:
        return gettext(
            "Documents cannot show “%(character)s”. Write it in Latin letters.",
            character=self.facts["character"],
        )


class TextTooLong(Refusal):
    def sentence(self) -> str:
        return gettext(
            "Shorten this text: it has %(length)s characters, %(most)s are allowed.",
            length=self.facts["length"],
            most=self.facts["most"],
        )


def without_sign(text: str) -> str:
    """An amount as typed, without the sign or code of a currency before or after it."""
    return re.sub(rf"\s*{SIGN}\s*$|^\s*{SIGN}\s*", "", text, flags=re.IGNORECASE)


class OtherCurrency(Refusal):
    """``sign``: what was typed with the amount; ``currency``: what the amount is to be in."""

    def sentence(self) -> str:
        return gettext(
            "Amounts here are in %(currency)s. Enter the amount in it, without “%(sign)s”.", **self.facts
        )


def refuse_other_currency(text: str, currency: str) -> None:
    """An amount in dollars is not one in euros. Raises OtherCurrency."""
    found = re.search(rf"^\s*({SIGN})|({SIGN})\s*$", text, re.IGNORECASE)
    sign = (found[1] or found[2]).upper() if found else ""
    if sign and currency not in OF_SEVERAL.get(sign, {sign}):
        raise OtherCurrency(currency=currency, sign=sign)


def number(text: str, *, places: int, most: Decimal, language: str) -> Decimal:
    """``1 234,50``, ``1234.5`` or ``1,234.50`` as an exact decimal from 0 to ``most``.

    A single comma or point is the decimal sign, except that in English ``1,234`` is a thousand
    and that ``1.234`` is refused in French.
    Raises NotANumber, AmbiguousNumber, NegativeNumber, TooManyDecimals, NumberTooLarge.
    """
    spaced = re.sub(r"\s+", " ", text).strip()
    if len(spaced) > LONGEST_NUMBER:
        raise NotANumber(places=places, most=most)
    if re.fullmatch(r"[-−] ?[\d.,].*", spaced, re.ASCII):
        raise NegativeNumber(typed=text)
    if language == "fr" and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", spaced, re.ASCII):
        raise AmbiguousNumber(typed=spaced)
    parts = _parts(spaced, language)
    if parts is None:
        raise NotANumber(places=places, most=most)
    whole, decimals = parts
    decimals = decimals.rstrip("0")
    value = Decimal(f"{whole or 0}.{decimals or 0}")
    if len(decimals) > places:
        raise TooManyDecimals(places=places)
    if value > most:
        raise NumberTooLarge(most=most)
    return value.quantize(Decimal(1).scaleb(-len(decimals)))


def _parts(spaced: str, language: str) -> tuple[str, str] | None:
    """Digits before and after the decimal sign, if it is a number."""
    marks = [mark for mark in spaced if mark in ",."]
    group, sign = GROUPS, ""
    if "," in marks and "." in marks:
        sign = marks[-1]
        group = re.escape("," if sign == "." else ".")
    elif len(marks) > 1 or (
        marks == [","] and language == "en" and re.fullmatch(r"[1-9]\d{0,2},\d{3}", spaced, re.ASCII)
    ):
        group = re.escape(marks[0])
    elif marks:
        sign = marks[0]
    whole, _, decimals = spaced.partition(sign) if sign else (spaced, "", "")
    wellformed = re.fullmatch(rf"\d*|\d{{1,3}}(?:{group}\d{{3}})+", whole, re.ASCII)
    if not wellformed or not re.fullmatch(r"\d*", decimals, re.ASCII) or not (whole or decimals):
        return None
    return re.sub(r"\D", "", whole), decimals


def line_of(text: str, *, most: int) -> str:
    """One line: ends of lines and runs of spaces become a space. Raises as ``text_of``."""
    return text_of(re.sub(r"[^\S\u00a0\u202f]+", " ", text), most=most)


def text_of(text: str, *, most: int) -> str:
    """Several lines, in NFC, trimmed. Raises HiddenCharacter, UndrawableCharacter, TextTooLong."""
    clean = _paragraphs(text)
    check_characters(clean)
    return _short(clean, most)


def note_of(text: str, *, most: int) -> str:
    """The same for what no document shows: any script and any emoji. Raises HiddenCharacter, TextTooLong."""
    clean = _paragraphs(text)
    for each in clean:
        if (
            unicodedata.category(each) in {"Cc", "Cf", "Co", "Cs"}
            and each not in JOINERS
            and each not in "\n\t"
        ):
            raise HiddenCharacter(code=f"U+{ord(each):04X}")
    return _short(clean, most)


def _paragraphs(text: str) -> str:
    return composed(re.sub("\r\n|[\r\u2028\u2029]", "\n", text))


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise TextTooLong(length=len(text), most=most)
    return text


def composed(text: str) -> str:
    """As typed, in NFC, without the blanks around it; spaces of odd widths become plain ones."""
    return unicodedata.normalize("NFC", OTHER_SPACES.sub(" ", text)).strip()


def check_characters(text: str) -> None:
    """Raises HiddenCharacter or UndrawableCharacter for the first that page and document would not show alike."""
    hidden = next((position for position, each in enumerate(text) if _is_hidden(each)), len(text))
    undrawable = first_undrawable(text[:hidden])
    if undrawable is not None:
        raise UndrawableCharacter(character=undrawable)
    if hidden < len(text):
        raise HiddenCharacter(code=f"U+{ord(text[hidden]):04X}")


def _is_hidden(character: str) -> bool:
    """Control, formatting (bidirectional overrides, zero width), private, unassigned and half characters."""
    if VARIANTS.fullmatch(character):
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"} and character not in "\n\t"
