"""Editing the working paper: what is added is copied from the catalogue, and a line keeps its identity for life."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm.attributes import flag_modified

from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.db import Bilingual
from backoffice.errors import NotFound, Refusal
from backoffice.money import Vat
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine
from backoffice.opportunities.numbers import MOST_LINES


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


@dataclass(frozen=True, kw_only=True)
class LineEdit:
    """What was typed on one line, in one language; None leaves the stored value."""

    uuid: UUID
    name: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: Unit | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    vat: Vat | None = None


def apply(deal: Opportunity, edits: Iterable[LineEdit], language: str) -> None:
    """Write edits into the lines that they name; lines not named stay. Raises NotFound for a line of another deal."""
    for edit in edits:
        line = line_of(deal, edit.uuid)
        if edit.name is not None:
            line.name = reworded(line.name, edit.name, language)
        if not line.is_section:
            _apply_to_item(line, edit, language)
    touch(deal)


def _apply_to_item(line: OpportunityLine, edit: LineEdit, language: str) -> None:
    if edit.description is not None:
        line.description = reworded(line.description, edit.description, language)
    for name in ("quantity", "unit", "unit_price", "discount"):
        value = getattr(edit, name)
        if value is not None:
            setattr(line, name, value)
    if edit.vat is not None:
        line.vat_category, line.vat_rate = VatCategory(edit.vat.category), edit.vat.rate


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


def add_product(deal: Opportunity, product: Product) -> OpportunityLine:
    """All of today's catalogue entry, cost included: later changes there touch nothing here. Raises TooManyLines."""
    return _add(
        deal,
        OpportunityLine(
            product_id=product.id,
            kind=LineKind.ITEM,
            name=product.name,
            description=product.description,
            nature=product.nature,
            unit=product.unit,
            quantity=Decimal(1),
            unit_price=product.unit_price,
            discount=Decimal(0),
            vat_category=product.vat_category,
            vat_rate=product.vat_rate,
            cost=product.cost,
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


def remove(deal: Opportunity, uuid: UUID) -> None:
    deal.lines.remove(line_of(deal, uuid))
    _renumber(deal)


def move(deal: Opportunity, uuid: UUID, *, by: int) -> None:
    """Up (negative) or down, as far as there is room."""
    line = line_of(deal, uuid)
    lines = list(deal.lines)
    place = lines.index(line)
    lines.insert(max(0, min(len(lines) - 1, place + by)), lines.pop(place))
    for position, each in enumerate(lines):
        each.position = position
    deal.lines.sort(key=lambda each: each.position)
    touch(deal)


def line_of(deal: Opportunity, uuid: UUID) -> OpportunityLine:
    line = next((line for line in deal.lines if line.uuid == uuid), None)
    if line is None:
        raise NotFound(line=str(uuid))
    return line


def touch(deal: Opportunity) -> None:
    """Make the deal's own row part of the change, so that its revision tells of changed lines too."""
    flag_modified(deal, "title")


def _add(deal: Opportunity, line: OpportunityLine) -> OpportunityLine:
    if len(deal.lines) >= MOST_LINES:
        raise TooManyLines(lines=len(deal.lines))
    deal.lines.append(line)
    _renumber(deal)
    return line


def _renumber(deal: Opportunity) -> None:
    for position, line in enumerate(deal.lines):
        line.position = position
    touch(deal)
