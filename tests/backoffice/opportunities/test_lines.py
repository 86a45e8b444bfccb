"""The working paper: what is added, edited, moved and removed."""

from decimal import Decimal
from uuid import uuid4

import pytest

from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.db import Bilingual
from backoffice.errors import NotFound
from backoffice.money import Vat
from backoffice.opportunities import arranging, lines
from backoffice.opportunities.lines import LineEdit, TooManyLines
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine
from tests.factories import PAST

VAT = Vat("S", Decimal(20))
TYPIST = lines.Typist("Julien Duval", PAST)


def a_deal(*names: str) -> Opportunity:
    deal = Opportunity(title="Bibliothèque", lines=[])
    for name in names:
        line = lines.add_free_line(deal, name, "fr", VAT)
        line.uuid = uuid4()
    return deal


def names(deal: Opportunity) -> list[str]:
    return [line.name.fr for line in deal.lines]


def test_everything_of_a_product_is_copied_when_it_is_added() -> None:
    product = Product(
        id=7, name=Bilingual("Chêne", "Oak"), description=Bilingual("Massif", "Solid"), nature=Nature.GOODS, unit=Unit.METRE,
        unit_price=Decimal("12.345678"), cost=Decimal(6), vat_category=VatCategory.STANDARD, vat_rate=Decimal("5.5"),
    )  # fmt: skip
    line = lines.add_product(a_deal("Avant"), product)
    product.unit_price, product.name = Decimal(99), Bilingual("Autre", "")
    assert (line.name, line.description.en, line.nature, line.unit) == (
        Bilingual("Chêne", "Oak"),
        "Solid",
        Nature.GOODS,
        Unit.METRE,
    )
    assert (line.unit_price, line.cost, line.vat_rate, line.quantity) == (
        Decimal("12.345678"),
        Decimal(6),
        Decimal("5.5"),
        Decimal(1),
    )
    assert (line.product_id, line.position) == (7, 1)


def test_an_edit_changes_what_was_typed_and_keeps_the_identity() -> None:
    deal = a_deal("Chêne")
    line = deal.lines[0]
    line.name = Bilingual("Chêne", "Oak")
    key = line.uuid
    lines.apply(
        deal,
        [
            LineEdit(
                uuid=key, name="Chêne massif", quantity=Decimal(3), unit=Unit.HOUR, vat=Vat("E", Decimal(0))
            )
        ],
        "fr",
        typist=TYPIST,
    )
    assert (line.uuid, line.name) == (key, Bilingual("Chêne massif", ""))
    assert (line.quantity, line.unit, line.vat_category, line.vat_rate) == (
        Decimal(3),
        Unit.HOUR,
        VatCategory.EXEMPT,
        Decimal(0),
    )
    assert line.unit_price == 0


@pytest.mark.parametrize(
    ("before", "typed", "language", "after"),
    [
        (Bilingual("Chêne", "Oak"), "Chêne", "fr", Bilingual("Chêne", "Oak")),
        (Bilingual("Chêne", "Oak"), "Hêtre", "fr", Bilingual("Hêtre", "")),
        (Bilingual("Chêne", "Oak"), "Beech", "en", Bilingual("", "Beech")),
        (Bilingual("Hêtre", ""), "Beech", "en", Bilingual("Hêtre", "Beech")),
        (Bilingual("", "Beech"), "Hêtre", "fr", Bilingual("Hêtre", "Beech")),
        (Bilingual("Hêtre", ""), "Hêtre", "en", Bilingual("Hêtre", "")),
    ],
)
def test_words_that_are_replaced_outdate_their_translation(before, typed, language, after) -> None:
    assert lines.reworded(before, typed, language) == after


def test_a_text_shown_for_want_of_a_translation_does_not_become_one() -> None:
    deal = a_deal("Chêne")
    lines.apply(deal, [LineEdit(uuid=deal.lines[0].uuid, name="Chêne")], "en", typist=TYPIST)
    assert deal.lines[0].name == Bilingual("Chêne", "")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_description_that_is_cleared_stays_cleared(language: str) -> None:
    deal = a_deal("Chêne")
    line = deal.lines[0]
    line.description = Bilingual("Massif", "Solid")
    lines.apply(deal, [LineEdit(uuid=line.uuid, description="")], language, typist=TYPIST)
    assert line.description == Bilingual()
    assert line.name == Bilingual("Chêne", "")


def test_a_section_takes_a_name_and_nothing_else() -> None:
    deal = a_deal()
    section = lines.add_section(deal, "Salon", "fr")
    section.uuid = uuid4()
    lines.apply(deal, [LineEdit(uuid=section.uuid, name="Cuisine", quantity=Decimal(5))], "fr", typist=TYPIST)
    assert (section.kind, section.name.fr, section.quantity) == (LineKind.SECTION, "Cuisine", None)


@pytest.mark.parametrize(("by", "order"), [(-1, "BAC"), (1, "ACB"), (-9, "BAC"), (9, "ACB")])
def test_a_line_moves_as_far_as_there_is_room(by: int, order: str) -> None:
    deal = a_deal("A", "B", "C")
    arranging.move(deal, deal.lines[1].uuid, by=by)
    assert "".join(names(deal)) == order
    assert [line.position for line in deal.lines] == [0, 1, 2]


def test_a_removed_line_waits_where_it_stood() -> None:
    deal = a_deal("A", "B", "C")
    removed = arranging.remove(deal, deal.lines[1].uuid, at=PAST)
    assert (removed.removed_at, removed.position) == (PAST, 1)
    assert [(line.name.fr, line.position) for line in deal.lines if line is not removed] == [
        ("A", 0),
        ("C", 2),
    ]


def test_a_line_of_another_deal_is_not_found() -> None:
    deal, other = a_deal("A"), a_deal("B")
    for act in (
        lambda: lines.apply(deal, [LineEdit(uuid=other.lines[0].uuid, name="X")], "fr", typist=TYPIST),
        lambda: arranging.remove(deal, other.lines[0].uuid, at=PAST),
        lambda: arranging.move(deal, other.lines[0].uuid, by=1),
    ):
        with pytest.raises(NotFound):
            act()


def test_there_are_at_most_a_thousand_lines() -> None:
    deal = Opportunity(title="Long", lines=[OpportunityLine(name=Bilingual("x")) for _ in range(1000)])
    with pytest.raises(TooManyLines):
        lines.add_section(deal, "Encore", "fr")
