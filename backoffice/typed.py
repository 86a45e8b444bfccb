"""What people type, read strictly: numbers in French or English notation, texts without hidden characters."""

import re
import unicodedata
from decimal import Decimal

from flask_babel import format_decimal, gettext

from backoffice.errors import Refusal

GROUPS = "[ '’]"
JOINERS = "\u200c\u200d"  # some scripts and emoji need them; they reorder nothing
LONGEST_NUMBER = 40


class NotANumber(Refusal):
    def sentence(self) -> str:
        return gettext("Enter a number, such as %(example)s.", example=format_decimal(Decimal("1250.5")))


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


class TextTooLong(Refusal):
    def sentence(self) -> str:
        return gettext(
            "Shorten this text: it has %(length)s characters, %(most)s are allowed.",
            length=self.facts["length"],
            most=self.facts["most"],
        )


def number(text: str, *, places: int, most: Decimal, language: str) -> Decimal:
    """``1 234,50``, ``1234.5`` or ``1,234.50`` as an exact decimal from 0 to ``most``.

    A single comma or point is the decimal sign, except that in English ``1,234`` is a thousand.
    Raises NotANumber, NegativeNumber, TooManyDecimals, NumberTooLarge.
    """
    spaced = re.sub(r"\s+", " ", text).strip()
    if len(spaced) > LONGEST_NUMBER:
        raise NotANumber(typed=text)
    if re.fullmatch(r"[-−] ?[\d.,].*", spaced, re.ASCII):
        raise NegativeNumber(typed=text)
    whole, decimals = _parts(spaced, language)
    decimals = decimals.rstrip("0")
    value = Decimal(f"{whole or 0}.{decimals or 0}")
    if len(decimals) > places:
        raise TooManyDecimals(places=places)
    if value > most:
        raise NumberTooLarge(most=most)
    return value.quantize(Decimal(1).scaleb(-len(decimals)))


def _parts(spaced: str, language: str) -> tuple[str, str]:
    """Digits before and after the decimal sign."""
    marks = [mark for mark in spaced if mark in ",."]
    group, sign = GROUPS, ""
    if "," in marks and "." in marks:
        sign = marks[-1]
        group = re.escape("," if sign == "." else ".")
    elif len(marks) > 1 or (
        marks == [","] and language == "en" and re.fullmatch(r"\d{1,3},\d{3}", spaced, re.ASCII)
    ):
        group = re.escape(marks[0])
    elif marks:
        sign = marks[0]
    whole, _, decimals = spaced.partition(sign) if sign else (spaced, "", "")
    wellformed = re.fullmatch(rf"\d*|\d{{1,3}}(?:{group}\d{{3}})+", whole, re.ASCII)
    if not wellformed or not re.fullmatch(r"\d*", decimals, re.ASCII) or not (whole or decimals):
        raise NotANumber(typed=spaced)
    return re.sub(r"\D", "", whole), decimals


def line_of(text: str, *, most: int) -> str:
    """One line: ends of lines and runs of spaces become a space. Raises HiddenCharacter, TextTooLong."""
    return text_of(re.sub(r"[^\S\u00a0\u202f]+", " ", text), most=most)


def text_of(text: str, *, most: int) -> str:
    """Several lines, in NFC, trimmed. Raises HiddenCharacter, TextTooLong."""
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    hidden = next((character for character in clean if _is_hidden(character)), None)
    if hidden is not None:
        raise HiddenCharacter(code=f"U+{ord(hidden):04X}")
    if len(clean) > most:
        raise TextTooLong(length=len(clean), most=most)
    return clean


def _is_hidden(character: str) -> bool:
    """Control, formatting (bidirectional overrides, zero width), private, unassigned and half characters."""
    return (
        unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}
        and character not in f"\n\t{JOINERS}"
    )
