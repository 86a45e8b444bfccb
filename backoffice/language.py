"""The reader's language, and how amounts, quantities and moments are written in it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberPattern, format_currency, format_decimal, parse_pattern
from babel.support import NullTranslations, Translations
from babel.units import format_unit
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext, ngettext

from backoffice.db import Bilingual
from backoffice.money import DECIMALS, Recurrence

LANGUAGES = ("fr", "en")
SOURCE_LANGUAGE = "en"
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
NARROW = "\u202f"
NO_BREAK = "\u00a0"
ONE = Decimal(1)
FIGURE, PRICE = parse_pattern("#,##0.####"), parse_pattern("#,##0.00####")
KILOBYTE, MEGABYTE = 1_000, 1_000_000


def init_app(app: Flask) -> None:
    """``g.language``, when a page sets it, decides; a browser's wish is the last resort."""
    babel = Babel(app, default_locale="fr", locale_selector=chosen_language)
    babel.domain_instance = texts = Texts(app.config["TRANSLATIONS"])
    # Templates ask for texts by the dozen: straight to them, not by the context of each call.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of Jinja's i18n extension
        gettext=lambda text: texts.get_translations().gettext(text),
        ngettext=lambda one, many, number: texts.get_translations().ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: texts.get_translations().pgettext(context, text),
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
    app.jinja_env.filters.update(
        money=money, unit_price=unit_price, quantity=quantity, percent=percent, vat_rate=vat_rate, quoted=quoted,
        longdate=longdate, shortdate=shortdate, moment=moment, unit=unit_label, filesize=filesize,
        weekday=weekday, month_name=month_name, month_and_year=month_and_year,
        signed_money=signed_money, sums=sums, round_percent=round_percent,
    )  # fmt: skip
    app.jinja_env.globals.update(language=current_language)


class Texts(Domain):
    """Flask-Babel's translations, read from their sources: no step of an installation can be forgotten or be late."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._texts = {
            language: texts_of(folder / language / "LC_MESSAGES" / "messages.po", language)
            for language in LANGUAGES
        }

    def get_translations(self) -> NullTranslations:
        return self._texts[current_language()]


@cache
def texts_of(source: Path, language: str) -> NullTranslations:
    """What a ``.po`` file says; the sources are English. Without the file nothing starts: papers are kept for good."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with source.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def chosen_language() -> str:
    """The page's, else the first of ours among the browser's wishes, whatever its country: fr-CA is French."""
    if not has_request_context():
        return "fr"
    language: str | None = g.get("language")
    if language:
        return language
    wishes = (wish.partition("-")[0].lower() for wish, quality in request.accept_languages if quality > 0)
    return next((wish for wish in wishes if wish in LANGUAGES), "fr")


def current_language() -> str:
    """The language of the page being made: "fr" or "en"."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "fr"


def in_both(say: Callable[[], str]) -> Bilingual:
    """What the functions below write, in each language, for texts that are kept in both."""
    with force_locale("fr"):
        french = say()
    with force_locale("en"):
        return Bilingual(french, say())


def money(amount: Decimal, currency: str = "EUR") -> str:
    """1 234,50 € or €1,234.50; below zero with a minus sign, which no program reads back."""
    return _money(amount, currency, current_language(), DECIMALS[currency])


def written_amount(amount: Decimal) -> str:
    """1234,50 or 1234.50, as it is typed into a field."""
    return format_decimal(amount, format="0.00", locale=LOCALES[current_language()])


def signed_money(amount: Decimal, currency: str = "EUR") -> str:
    """``+ 105,60 €``: what something adds or saves."""
    return f"{'−' if amount < 0 else '+'}{NO_BREAK}{money(abs(amount), currency)}"


def unit_price(amount: Decimal, currency: str = "EUR") -> str:
    """A price with the currency's digits, or as many more as it has."""
    shown = amount.normalize()
    exponent = shown.as_tuple().exponent
    digits = max(DECIMALS[currency], -exponent if isinstance(exponent, int) else 0)
    return _money(amount, currency, current_language(), digits)


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, language: str, digits: int) -> str:
    locale = Locale.parse(LOCALES[language])
    pattern = locale.currency_formats["standard"].pattern
    decimals = "." + "0" * digits if digits else ""
    shown = format_currency(
        amount, currency, format=pattern.replace(".00", decimals), locale=locale, currency_digits=False
    )
    return shown.replace("-", "−")  # as wide as a figure, and never at the end of a line


@lru_cache(maxsize=4096)
def _decimal(value: Decimal, language: str, pattern: NumberPattern = FIGURE) -> str:
    written: str = pattern.apply(value, LOCALES[language])
    return written


def price_figure(value: Decimal) -> str:
    """1 234,50 or 1,234.50, with as many more digits as it has; without a currency, for a field."""
    return _decimal(value, current_language(), PRICE)


def sums(once: Decimal, again: Iterable[tuple[str, Decimal]], currency: str = "EUR") -> str:
    """1 680,00 € et 36,00 € par mois: what is paid once, and how often the rest; of that alone, no nought before it."""
    words = {Recurrence.MONTHLY.value: gettext("per month"), Recurrence.YEARLY.value: gettext("per year")}
    told = [f"{money(amount, currency)}{NO_BREAK}{words[often]}" for often, amount in again]
    whole = [money(once, currency)] if once or not told else []
    return format_list(whole + told, locale=LOCALES[current_language()])


def quantity(value: Decimal) -> str:
    return _decimal(value, current_language())


def percent(value: Decimal) -> str:
    """20 % in French (with its no-break space), 20% in English."""
    language = current_language()
    return f"{_decimal(value, language)}{NARROW}%" if language == "fr" else f"{_decimal(value, language)}%"


def round_percent(value: Decimal) -> str:
    """As ``percent``, without decimals: a share to look at, not to count with."""
    return percent(value.quantize(ONE))


def vat_rate(rate: Decimal, category: str) -> str:
    """20 %; 0 % with its reason, by EN 16931 category."""
    reason = {"AE": gettext("reverse charge"), "E": gettext("exempt")}.get(category)
    return f"{percent(rate)} ({reason})" if reason else percent(rate)


@lru_cache(maxsize=512)
def _date(day: date, pattern: str, language: str) -> str:
    written = format_date(day, pattern, locale=LOCALES[language])
    return written.replace("1 ", "1er ", 1) if language == "fr" and written.startswith("1 ") else written


def longdate(day: date) -> str:
    """20 novembre 2026; 20 November 2026."""
    return _date(day, "long", current_language())


def weekday(day: date) -> str:
    """Vendredi 20 novembre 2026; Friday 20 November 2026."""
    name = format_date(day, "EEEE", locale=LOCALES[current_language()])
    return f"{name[0].upper()}{name[1:]} {longdate(day)}"


def month_name(day: date) -> str:
    """Novembre; November."""
    name = format_date(day, "LLLL", locale=LOCALES[current_language()])
    return name[0].upper() + name[1:]


def month_and_year(day: date) -> str:
    """Octobre 2026; October 2026."""
    return _date(day, "MMMM y", current_language())


def nearday(day: date, today: date) -> str:
    """20 nov.; 20 Nov; with its year when it is not this one."""
    return _date(day, "d MMM" if day.year == today.year else "d MMM y", current_language())


def nearmoment(at: datetime, today: date, timezone: str) -> str:
    """14:32 today, else the day as ``nearday`` says it; ``today``, like all of it, in the seller's zone."""
    local = at.astimezone(ZoneInfo(timezone))
    if local.date() == today:
        return gettext("%(hour)s:%(minute)s", hour=f"{local.hour}", minute=f"{local.minute:02d}")
    return nearday(local.date(), today)


def shortdate(day: date) -> str:
    """20/11/2026."""
    return _date(day, "dd/MM/yyyy", current_language())


def moment(at: datetime, timezone: str) -> str:
    """20 novembre 2026 à 14 h 32, in the seller's zone."""
    local = at.astimezone(ZoneInfo(timezone))
    day = longdate(local.date())
    if current_language() == "fr":
        return f"{day} à {local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"
    return f"{day} at {format_time(local, 'HH:mm', tzinfo=local.tzinfo, locale='en_GB')}"


def filesize(size: int) -> str:
    """Bytes as 168 ko, 1,2 Mo or 168 kB, 1.2 MB; never less than one kilobyte."""
    locale = LOCALES[current_language()]
    if size < MEGABYTE:
        written = format_unit(max(1, round(size / KILOBYTE)), "digital-kilobyte", "short", locale=locale)
    else:
        written = format_unit(round(Decimal(size) / MEGABYTE, 1), "digital-megabyte", "short", locale=locale)
    return NO_BREAK.join(written.split())


def unit_label(code: str, of: Decimal = ONE) -> str:
    """The short word for a unit, from its UN/ECE recommendation 20 code, as it stands after the quantity ``of``."""
    return _unit_label(code, of, current_language())


@lru_cache(maxsize=1024)
def _unit_label(code: str, of: Decimal, language: str) -> str:
    """``language`` is the current one, which the texts are in."""
    number = 1 if Locale.parse(LOCALES[language]).plural_form(of.normalize()) == "one" else 2
    labels = {
        "C62": ngettext("pc", "pcs", number), "HUR": gettext("h"), "DAY": ngettext("day", "days", number),
        "MTR": "m", "MTK": "m²", "MTQ": "m³", "KGM": "kg", "LTR": gettext("l"),
        "MON": ngettext("month", "months", number), "LS": ngettext("lump sum", "lump sums", number),
    }  # fmt: skip
    return labels[code]


def quoted(words: str) -> str:
    """Somebody's words in a mail of plain text: each line behind a mark."""
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())
