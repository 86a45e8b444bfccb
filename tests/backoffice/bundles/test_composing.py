"""What a bundle may consist of, and what it becomes on a quote."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.bundles.composing import (
    MOST_PARTS,
    BundleRefused,
    BundleTooWordy,
    NoParts,
    PartArchived,
    PartIsBundle,
    PartIsItself,
    PartsWithoutKind,
    PartTwice,
    PartUsed,
    TooManyParts,
    WantedPart,
    compose,
    lines_of_bundle,
    parts_of,
)
from backoffice.bundles.written import PartOfNothing, PartsUnreadable, parts_in, written_parts
from backoffice.catalogue.models import BundleAs, Product, Unit
from backoffice.db import Bilingual
from backoffice.money import CENT, rounded
from backoffice.typed import NumberTooLarge
from tests.factories import PAST

quantities = st.integers(1, 99_999_999).map(lambda steps: Decimal(steps).scaleb(-4))
references = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


def a_thing(sku: str, price: str = "10", unit: Unit = Unit.PIECE, **more: object) -> Product:
    facts = {"name": Bilingual(f"Pièce {sku}", f"Piece {sku}"), "description": Bilingual()} | more
    return Product(id=sum(map(ord, sku)), sku=sku, unit=unit, unit_price=Decimal(price), **facts)


def wanted(*parts: tuple[Product, str]) -> list[WantedPart]:
    return [WantedPart(product=product, quantity=Decimal(quantity)) for product, quantity in parts]


def a_set(kind: BundleAs | None, *parts: tuple[Product, str], **more: object) -> Product:
    bundle = a_thing("LOT", "99", **more)
    compose(bundle, kind, wanted(*parts), is_part=False)
    return bundle


def test_one_line_names_its_parts_in_both_languages(app):
    description = Bilingual("Prêt à poser", "")
    bundle = a_set(
        BundleAs.ONE_LINE,
        (a_thing("A"), "2"),
        (a_thing("B", unit=Unit.SQUARE_METRE), "1.5"),
        description=description,
    )
    (line,) = lines_of_bundle(bundle, parts_of(bundle), Decimal(3))
    assert (line.product, line.quantity) == (bundle, Decimal(3))
    assert "Piece A" not in line.description.fr
    assert line.description.en.splitlines() == [
        "Prêt à poser",
        "Made up of:",
        "– Piece A: 2 pcs",
        "– Piece B: 1.5 m²",
    ]
    assert [words in line.description.fr for words in ("Prêt à poser", "Pièce A", "1,5 m²")] == [True] * 3


def test_an_expanded_bundle_is_a_line_for_each_part_in_their_order(app):
    first, second = a_thing("A", description=Bilingual("Huilée", "Oiled")), a_thing("B")
    bundle = a_set(BundleAs.EXPANDED, (second, "0.5"), (first, "2"))
    lines = lines_of_bundle(bundle, parts_of(bundle), Decimal(3))
    assert [(line.product.sku, line.quantity) for line in lines] == [("B", Decimal("1.5")), ("A", Decimal(6))]
    assert lines[1].description == Bilingual("Huilée", "Oiled")


def test_more_of_a_part_than_a_line_may_have_is_refused_and_not_cut(app):
    bundle = a_set(BundleAs.EXPANDED, (a_thing("A"), "5000000"))
    assert [line.quantity for line in lines_of_bundle(bundle, parts_of(bundle), Decimal(1))] == [5_000_000]
    with pytest.raises(NumberTooLarge):
        lines_of_bundle(bundle, parts_of(bundle), Decimal(2))


def test_a_plain_product_is_itself():
    product = a_thing("A", description=Bilingual("Huilée", "Oiled"))
    (line,) = lines_of_bundle(product, [], Decimal(2))
    assert (line.product, line.quantity, line.description) == (product, Decimal(2), product.description)


@given(st.lists(st.tuples(quantities, st.integers(0, 10**9)), min_size=1, max_size=6), st.integers(1, 9))
def test_an_expanded_bundle_costs_what_its_parts_cost(parts, count):
    products = [
        (a_thing(f"P{place}", price=str(Decimal(price).scaleb(-6))), each)
        for place, (each, price) in enumerate(parts)
    ]
    bundle = a_thing("LOT", bundle_as=BundleAs.EXPANDED)
    lines = lines_of_bundle(
        bundle, [WantedPart(product=product, quantity=each) for product, each in products], Decimal(count)
    )
    for line, (product, each) in zip(lines, products, strict=True):
        exact = product.unit_price * each * count
        assert rounded(line.quantity * line.product.unit_price, CENT) == rounded(exact, CENT)


def itself(bundle: Product) -> list[WantedPart]:
    return wanted((bundle, "1"))


@pytest.mark.parametrize(
    ("kind", "parts", "refusal"),
    [
        (BundleAs.ONE_LINE, lambda _bundle: [], NoParts),
        (None, lambda _bundle: wanted((a_thing("A"), "1")), PartsWithoutKind),
        (BundleAs.EXPANDED, itself, PartIsItself),
        (BundleAs.EXPANDED, lambda _bundle: wanted((a_thing("A"), "1"), (a_thing("A"), "2")), PartTwice),
        (
            BundleAs.EXPANDED,
            lambda _bundle: wanted((a_thing("A", bundle_as=BundleAs.ONE_LINE), "1")),
            PartIsBundle,
        ),
        (BundleAs.EXPANDED, lambda _bundle: wanted((a_thing("A", archived_at=PAST), "1")), PartArchived),
        (
            BundleAs.EXPANDED,
            lambda _bundle: wanted(*((a_thing(f"P{place}"), "1") for place in range(MOST_PARTS + 1))),
            TooManyParts,
        ),
    ],
)
def test_what_cannot_be_put_together_is_refused_and_changes_nothing(app, kind, parts, refusal):
    bundle = a_thing("LOT")
    with pytest.raises(refusal) as refused:
        compose(bundle, kind, parts(bundle), is_part=False)
    assert isinstance(refused.value, BundleRefused)
    assert refused.value.sentence()
    assert (bundle.bundle_as, bundle.parts) == (None, [])


def test_what_is_a_part_becomes_no_bundle():
    with pytest.raises(PartUsed):
        compose(a_thing("LOT"), BundleAs.EXPANDED, wanted((a_thing("A"), "1")), is_part=True)


def test_a_description_without_room_for_the_parts_is_refused_unless_each_is_a_line(app):
    bundle = a_thing("LOT", description=Bilingual("x" * 1995, ""))
    with pytest.raises(BundleTooWordy):
        compose(bundle, BundleAs.ONE_LINE, wanted((a_thing("A"), "1")), is_part=False)
    compose(bundle, BundleAs.EXPANDED, wanted((a_thing("A"), "1")), is_part=False)
    assert bundle.is_bundle


@given(st.lists(st.tuples(references, quantities), max_size=8), st.sampled_from(["fr"]))
def test_parts_written_into_a_cell_are_read_back(parts, numbers):
    assert parts_in(written_parts(parts), numbers) == parts


@pytest.mark.parametrize(
    ("typed", "numbers", "read"),
    [
        ("A-1 x 2; B 2", "fr", [("A-1", "2"), ("B 2", "1")]),
        (" A-1 × 1,5 ;", "fr", [("A-1", "1.5")]),
        ("A-1 * 1.5", "en", [("A-1", "1.5")]),
        ("", "fr", []),
    ],
)
def test_parts_are_read_as_people_write_them(typed, numbers, read):
    assert parts_in(typed, numbers) == [(sku, Decimal(quantity)) for sku, quantity in read]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("; A", PartsUnreadable),
        ("A × 0", PartOfNothing),
        ("A × 99999999", NumberTooLarge),
        ('"A × 2', PartsUnreadable),
    ],
)
def test_what_is_no_list_of_parts_is_refused(typed, refusal):
    with pytest.raises(refusal):
        parts_in(typed, "fr")
