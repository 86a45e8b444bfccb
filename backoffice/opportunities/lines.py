"""Editing the working paper: what is added is copied from the catalogue, and a line keeps its identity for life."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm.attributes import flag_modified

from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.db import Bilingual
from backoffice.errors import NotFound, Refusal, StaleRevision
from backoffice.language import quantity as written_quantity
from backoffice.money import Discount, Recurrence, Vat
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine
from backoffice.opportunities.numbers import MOST_LINES
from backoffice.pricing.cascade import Explained
from backoffice.pricing.explained import retyped, stored_explanation

SAID = (
    "name", "description", "quantity", "unit", "unit_price", "discount", "discount_amount", "vat_category", "vat_rate",
    "is_optional", "is_taken", "quantity_min", "quantity_max", "recurrence", "internal_note", "one_of", "hides_prices",
)  # fmt: skip


class TooManyLines(Refusal):
    def sentence(self) -> str:
        return gettext(
            "A quote can have at most %(most)s lines. Remove some before you add others.", most=MOST_LINES
        )


class NoVatRate(Refusal):
    """The country of the seller has no rate in force that a line could have by itself."""

    def sentence(self) -> str:
        return gettext(
            "There is no VAT rate for the country of your company yet. An administrator must enter one first."
        )


class QuantityNotOffered(Refusal):
    """``least`` and ``most``: between what the client may choose."""

    def sentence(self) -> str:
        return gettext(
            "The client may choose from %(least)s to %(most)s. "
            "Enter a quantity between them, or change them in the details of the line.",
            least=written_quantity(self.facts["least"]),
            most=written_quantity(self.facts["most"]),
        )


class StaleLine(StaleRevision):
    """Somebody else changed this line after it was opened."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How an item is offered. ``quantities``: between what the client may choose, or None."""

    is_optional: bool
    is_taken: bool
    quantities: tuple[Decimal, Decimal] | None
    recurrence: Recurrence


@dataclass(frozen=True)
class Typist:
    """Who types, and when: a price that was typed says so."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LineEdit:
    """What was typed on one line, in one language; None leaves the stored value."""

    uuid: UUID
    name: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: Unit | None = None
    unit_price: Decimal | None = None
    discount: Discount | None = None
    vat: Vat | None = None
    terms: Terms | None = None
    internal_note: str | None = None
    one_of: bool | None = None
    hides_prices: bool | None = None


def apply(deal: Opportunity, edits: Iterable[LineEdit], language: str, *, typist: Typist) -> None:
    """Write edits into the lines that they name; lines not named stay.

    Raises NotFound for a line of another deal, QuantityNotOffered.
    """
    stored = {line.uuid: line for line in deal.lines}
    for edit in edits:
        if edit.uuid not in stored:
            raise NotFound(line=str(edit.uuid))
        change(stored[edit.uuid], edit, language, typist=typist)
    touch(deal)


def change(
    line: OpportunityLine,
    edit: LineEdit,
    language: str,
    *,
    typist: Typist,
    opened: int | None = None,
    resent: bool = False,
) -> None:
    """Write one edit. ``opened``: the revision that the line had when it was opened.

    Raises StaleLine; not for an edit that may be ``resent``, its answer lost, when the line says that already.
    """
    is_stale = opened is not None and opened != line.revision
    if is_stale and not resent:
        raise StaleLine(line=str(line.uuid))
    said = _said(line)
    if edit.name is not None and line.kind is not LineKind.NOTE:
        line.name = reworded(line.name, edit.name, language)
    if edit.description is not None and not line.is_section:
        line.description = reworded(line.description, edit.description, language)
    for name in ("internal_note",) if line.is_item else ("one_of", "hides_prices") if line.is_section else ():
        value = getattr(edit, name)
        if value is not None:
            setattr(line, name, value)
    if line.is_item:
        _change_item(line, edit, typist)
    if _said(line) != said:
        if is_stale:
            raise StaleLine(line=str(line.uuid))
        line.revision = (line.revision or 0) + 1  # one that was not stored yet has none


def _change_item(line: OpportunityLine, edit: LineEdit, typist: Typist) -> None:
    if edit.unit_price is not None and edit.unit_price != line.unit_price:
        line.explanation = retyped(line.explanation, edit.unit_price, by=typist.name, at=typist.at)
    for name in ("quantity", "unit", "unit_price"):
        value = getattr(edit, name)
        if value is not None:
            setattr(line, name, value)
    if edit.discount is not None:
        line.discount, line.discount_amount = edit.discount.percent, edit.discount.amount
    if edit.vat is not None:
        line.vat_category, line.vat_rate = VatCategory(edit.vat.category), edit.vat.rate
    if edit.terms is not None:
        line.is_optional, line.is_taken = edit.terms.is_optional, edit.terms.is_taken
        line.quantity_min, line.quantity_max = edit.terms.quantities or (None, None)
        line.recurrence = edit.terms.recurrence
    least, most = line.quantity_min, line.quantity_max
    if least is not None and most is not None and not least <= line.quantity <= most:
        raise QuantityNotOffered(least=least, most=most)


def _said(line: OpportunityLine) -> tuple[Any, ...]:
    """All that a line says: whoever changes any of it must have seen it."""
    return tuple(getattr(line, name) for name in SAID)


def reworded(text: Bilingual, words: str, language: str) -> Bilingual:
    """``text`` with ``words`` in one language; unchanged when ``words`` is what the reader saw.

    Words that are replaced outdate their translation, in which a client might read and sign what is no longer
    offered: it goes, and everybody reads the new words until they are translated. A first translation is put
    beside its original. Without words the text is empty in both languages.
    """
    if words == text.text(language):
        return text
    replaced, other = (text.en, text.fr) if language == "en" else (text.fr, text.en)
    kept = "" if replaced or not words else other
    return Bilingual(kept, words) if language == "en" else Bilingual(words, kept)


def in_language(words: str, language: str) -> Bilingual:
    return reworded(Bilingual(), words, language)


def add_product(
    deal: Opportunity,
    product: Product,
    price: Explained | None = None,
    *,
    vat: Vat | None = None,
    quantity: Decimal = Decimal(1),
) -> OpportunityLine:
    """All of today's catalogue entry, cost included: later changes there touch nothing here. Raises TooManyLines.

    ``price``: what it costs this client, copied with where it comes from; without it, what the catalogue says.
    ``vat``: the one in force, when it is not the product's own.
    """
    return _add(
        deal,
        OpportunityLine(
            product_id=product.id,
            kind=LineKind.ITEM,
            name=product.name,
            description=product.description,
            nature=product.nature,
            unit=product.unit,
            quantity=quantity,
            unit_price=product.unit_price if price is None else price.result,
            explanation=None if price is None else stored_explanation(price),
            discount=Decimal(0),
            vat_category=VatCategory(vat.category) if vat else product.vat_category,
            vat_rate=vat.rate if vat else product.vat_rate,
            cost=product.cost,
            image_sha256=product.image_sha256,
        ),
    )


def usual_vat(rates: Iterable[Vat]) -> Vat | None:
    """The VAT of a new line: the first rate, but never reverse charge, which depends on who buys."""
    return next((rate for rate in rates if rate.category != VatCategory.REVERSE_CHARGE), None)


def add_free_line(deal: Opportunity, words: str, language: str, vat: Vat | None) -> OpportunityLine:
    """A service at no price yet, to be filled in; ``vat`` is the usual one. Raises NoVatRate, TooManyLines."""
    if vat is None:
        raise NoVatRate(opportunity=deal.id)
    return _add(
        deal,
        OpportunityLine(
            kind=LineKind.ITEM,
            name=in_language(words, language),
            description=Bilingual(),
            nature=Nature.SERVICE,
            unit=Unit.PIECE,
            quantity=Decimal(1),
            unit_price=Decimal(0),
            discount=Decimal(0),
            vat_category=VatCategory(vat.category),
            vat_rate=vat.rate,
        ),
    )


def add_section(deal: Opportunity, words: str, language: str) -> OpportunityLine:
    """A heading for the lines below it. Raises TooManyLines."""
    words_of_it = in_language(words, language)
    return _add(deal, OpportunityLine(kind=LineKind.SECTION, name=words_of_it, description=Bilingual()))


def add_note(deal: Opportunity, words: str, language: str) -> OpportunityLine:
    """A text between the lines. Raises TooManyLines."""
    return _add(
        deal,
        OpportunityLine(kind=LineKind.NOTE, name=Bilingual(), description=in_language(words, language)),
    )


def line_of(deal: Opportunity, uuid: UUID) -> OpportunityLine:
    line = next((line for line in deal.lines if line.uuid == uuid), None)
    if line is None:
        raise NotFound(line=str(uuid))
    return line


def touch(deal: Opportunity) -> None:
    """Make the deal's own row part of the change, so that its revision tells of changed lines too."""
    flag_modified(deal, "title")


def refuse_above_most(count: int) -> None:
    """Raises TooManyLines."""
    if count > MOST_LINES:
        raise TooManyLines(lines=count)


def _add(deal: Opportunity, line: OpportunityLine) -> OpportunityLine:
    refuse_above_most(len(deal.lines) + 1)
    deal.lines.append(line)
    line.position = (deal.lines[-2].position or 0) + 1 if len(deal.lines) > 1 else 0
    touch(deal)
    return line


def renumber(deal: Opportunity) -> None:
    for position, line in enumerate(deal.lines):
        line.position = position
    touch(deal)
