"""Headings are known by the names that people give them, in either language."""

import pytest

from backoffice.catalogue.columns import COLUMNS
from backoffice.tabular.columns import mapping_of, plain


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Référence", "Désignation", "PU HT", "TVA"], ["sku", "name_fr", "unit_price", "vat_rate"]),
        (
            ["SKU", "Product name", "Price (excl. VAT)", "VAT rate"],
            ["sku", "name_fr", "unit_price", "vat_rate"],
        ),
        (
            ["CODE ARTICLE", "Libellé", "Prix de vente (HT)", "Prix d'achat"],
            ["sku", "name_fr", "unit_price", "cost"],
        ),
        (["réf.", "nom (français)", "nom (anglais)", "Unité"], ["sku", "name_fr", "name_en", "unit"]),
        (["Référence", "Code", "Fournisseur", ""], ["sku", "", "", ""]),
    ],
)
def test_columns_are_recognised(headings: list[str], fields: list[str]) -> None:
    assert mapping_of(headings, COLUMNS) == fields


def test_no_spelling_means_two_things() -> None:
    known = [plain(each) for column in COLUMNS for each in {plain(word) for word in column.known_as}]
    assert len(known) == len(set(known))
