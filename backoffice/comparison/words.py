"""Traits and what is said of them, in the words of the page's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from backoffice.comparison.comparing import Change, Comparison, Fate
from backoffice.comparison.facts import Choice, Measure, Offer, Price, Share, Span, Trait
from backoffice.db import Bilingual
from backoffice.language import NO_BREAK, longdate, money, percent, quantity, unit_label, unit_price, vat_rate
from backoffice.money import Discount, Vat

MARKS = {Fate.ADDED: "+", Fate.REMOVED: "−", Fate.CHANGED: "≠", Fate.MOVED: "↕", Fate.SAME: "="}
"""Signs, so that no mark is one of colour alone."""


@dataclass(frozen=True)
class Pair:
    """What was said before and is said now; empty where nothing was."""

    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def mark(fate: Fate) -> tuple[str, str]:
    """Label and tone for the chip component."""
    words = {
        Fate.ADDED: (gettext("New"), "good"),
        Fate.REMOVED: (gettext("Removed"), "stop"),
        Fate.CHANGED: (gettext("Changed"), "note"),
        Fate.MOVED: (gettext("Moved"), ""),
        Fate.SAME: (gettext("Unchanged"), ""),
    }
    label, tone = words[fate]
    return f"{MARKS[fate]} {label}", tone


def label_of(trait: Trait) -> str:
    return {
        Trait.NAME: gettext("Item"),
        Trait.DESCRIPTION: gettext("Description"),
        Trait.QUANTITY: gettext("Quantity"),
        Trait.UNIT_PRICE: gettext("Unit price"),
        Trait.DISCOUNT: gettext("Discount"),
        Trait.VAT: gettext("VAT"),
        Trait.OFFER: gettext("Offered"),
        Trait.CHOICE: gettext("To be chosen under"),
        Trait.RANGE: gettext("Quantity to choose"),
        Trait.RECURRENCE: gettext("Paid"),
        Trait.PICTURE: gettext("Picture"),
        Trait.NATURE: gettext("Goods or service"),
        Trait.ONE_OF: gettext("Choice"),
        Trait.HIDES_PRICES: gettext("Prices"),
        Trait.COMES_TO: gettext("Total of the section"),
        Trait.TITLE: gettext("Title"),
        Trait.INTRODUCTION: gettext("Introduction"),
        Trait.VALID_UNTIL: gettext("Valid until"),
        Trait.PAYMENT_DAYS: gettext("Payment of invoices"),
        Trait.WHOLE_DISCOUNT: gettext("Discount on the whole"),
        Trait.DEPOSIT: gettext("Deposit on order"),
        Trait.SCHEDULE: gettext("Instalments"),
        Trait.CLIENT: gettext("Client"),
        Trait.CONTACT: gettext("Contact"),
        Trait.BILLING: gettext("Billing address"),
        Trait.DELIVERY: gettext("Delivery address"),
        Trait.SELLER: gettext("Details of the seller"),
        Trait.REP: gettext("Who looks after it"),
        Trait.LANGUAGE: gettext("Language"),
        Trait.CURRENCY: gettext("Currency"),
        Trait.EXEMPTIONS: gettext("Why no VAT is charged"),
        Trait.TERMS: gettext("Terms"),
    }[trait]


def pair_of(change: Change, comparison: Comparison) -> Pair:
    """Both in words."""
    if isinstance(change.before or change.after, Bilingual):
        return _texts(change.before or Bilingual(), change.after or Bilingual(), comparison.language)
    old, new = comparison.currencies
    return Pair(shown(change.trait, change.before, old), shown(change.trait, change.after, new))


def _texts(before: Bilingual, after: Bilingual, language: str) -> Pair:
    """In the language that is read; in the other when only that differs."""
    other = "fr" if language == "en" else "en"
    pairs = [Pair(before.text(each), after.text(each)) for each in (language, other)]
    return next((pair for pair in pairs if pair.differs), pairs[0])


def shown(trait: Trait, fact: Any, currency: str) -> str:
    """A fact in words; empty for None, and for what has no words of its own (a picture, the seller's details)."""
    say: Mapping[Trait, Callable[[Any], str]] = {
        Trait.QUANTITY: _measure,
        Trait.UNIT_PRICE: lambda price: _price(price, currency),
        Trait.DISCOUNT: lambda discount: discount_words(discount, currency),
        Trait.WHOLE_DISCOUNT: lambda discount: discount_words(discount, currency),
        Trait.VAT: _vat,
        Trait.OFFER: _offer,
        Trait.CHOICE: _choice,
        Trait.RANGE: _span,
        Trait.RECURRENCE: lambda often: recurrence_words()[often],
        Trait.NATURE: lambda nature: {"goods": gettext("goods"), "service": gettext("service")}[nature],
        Trait.PICTURE: lambda _digest: "",
        Trait.ONE_OF: lambda _yes: gettext("one of these lines"),
        Trait.HIDES_PRICES: lambda _yes: gettext("hidden"),
        Trait.COMES_TO: lambda amount: money(amount, currency),
        Trait.VALID_UNTIL: longdate,
        Trait.PAYMENT_DAYS: lambda days: gettext("%(days)s days", days=days),
        Trait.DEPOSIT: _share,
        Trait.CLIENT: lambda client: _joined(client, "name", "siren", "vat_number"),
        Trait.CONTACT: lambda contact: _joined(contact, "name", "function", "email"),
        Trait.BILLING: _place,
        Trait.DELIVERY: _place,
        Trait.SELLER: lambda _seller: "",
        Trait.REP: lambda rep: _joined(rep, "name", "email", "phone"),
        Trait.LANGUAGE: lambda code: gettext("English") if code == "en" else gettext("French"),
    }
    if fact is None:
        return gettext("on receipt") if trait is Trait.PAYMENT_DAYS else ""
    return say.get(trait, str)(fact)


def discount_words(discount: Discount, currency: str) -> str:
    return money(discount.amount, currency) if discount.amount else percent(discount.percent)


def recurrence_words() -> Mapping[str, str]:
    return {"once": gettext("once"), "monthly": gettext("every month"), "yearly": gettext("every year")}


def _measure(measure: Measure) -> str:
    return f"{quantity(measure.quantity)}{NO_BREAK}{unit_label(measure.unit, measure.quantity)}"


def _price(price: Price, currency: str) -> str:
    return unit_price(price.read, currency)


def _vat(vat: Vat) -> str:
    return vat_rate(vat.rate, vat.category)


def _offer(offer: Offer) -> str:
    words = {
        ("option", True): gettext("as an option, ticked"),
        ("option", False): gettext("as an option, not ticked"),
        ("variant", True): gettext("as a variant, chosen"),
        ("variant", False): gettext("as a variant, not chosen"),
    }
    return words.get((offer.kind, offer.taken), gettext("firm"))


def _choice(choice: Choice) -> str:
    return choice.name


def _span(span: Span) -> str:
    return gettext("from %(low)s to %(high)s", low=quantity(span.low), high=quantity(span.high))


def _share(share: Share) -> str:
    kind = gettext("Earnest money (arrhes)") if share.kind == "arrhes" else gettext("Deposit (acompte)")
    return f"{kind}, {percent(share.percent)}"


def _place(address: Mapping[str, Any]) -> str:
    town = f"{address['postcode']} {address['city']}".strip()
    return ", ".join(filter(None, (address["street"], town, address["country"])))


def _joined(facts: Mapping[str, Any], *names: str) -> str:
    return " · ".join(str(facts[name]) for name in names if facts[name])
