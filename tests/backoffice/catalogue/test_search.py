"""Finding products while typing."""

import pytest
from flask import Flask

from backoffice.catalogue.queries import SHOWN, products_like, products_meant
from backoffice.catalogue.search import folded
from backoffice.db import db
from tests.factories import a_product


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Éclairage  LED", "eclairage led"), ("ŒUVRE", "oeuvre"), ("m²", "m2"), ("Straße", "strasse"), ("", "")],
)
def test_accents_case_and_ligatures_do_not_matter(text: str, plain: str) -> None:
    assert folded(text) == plain


def skus(words: str) -> list[str]:
    return [product.sku for product in products_like(db.session(), words)]


def test_a_product_is_found_by_reference_and_by_its_name_in_either_language(app: Flask) -> None:
    a_product("ECL-1", "Éclairage à pincer")
    a_product("PARQ", "Parquet chêne")
    assert skus("eclairage") == skus("ÉCLAIR") == skus("ecl-1") == skus("pincer eclairage") == ["ECL-1"]
    assert skus("parquet (en)") == ["PARQ"]
    assert skus("") == skus("bouleau") == []


def test_signs_of_the_query_language_are_plain_characters(app: Flask) -> None:
    a_product("A%B", "Remise 100 %")
    a_product("A_B", "Autre")
    assert skus("%") == ["A%B"]
    assert skus("a_b") == ["A_B"]


def test_an_exact_name_wins_over_those_that_contain_it(app: Flask) -> None:
    a_product("POSE", "Pose")
    a_product("DEPOSE", "Dépose")
    assert [product.sku for product in products_meant(db.session(), "pose")] == ["POSE"]
    assert {product.sku for product in products_meant(db.session(), "pos")} == {"POSE", "DEPOSE"}


def meant(words: str) -> list[str]:
    return [product.sku for product in products_meant(db.session(), words)]


@pytest.mark.parametrize("words", ["pose", "Pose ", "pose (en)", "zz-1"])
def test_an_exact_name_or_reference_is_found_among_however_many_contain_it(app: Flask, words: str) -> None:
    for number in range(13):
        a_product(f"AA-{number:02}", f"Pose (en) de meuble ZZ-1, {number}")
    a_product("ZZ-1", "Pose")
    assert meant(words) == ["ZZ-1"]


def test_what_begins_as_typed_comes_before_what_only_contains_it(app: Flask) -> None:
    a_product("A-1", "Dépose")
    a_product("A-2", "Forfait pose")
    a_product("A-3", "Pose de meuble")
    a_product("POSE-4", "Main-d’œuvre")
    a_product("A-5", "Pose")
    a_product("A-6", "Pose")
    assert skus("pose") == meant("pose") == ["A-5", "A-6", "A-3", "POSE-4", "A-2", "A-1"]


def test_one_more_than_is_shown_tells_that_there_are_more(app: Flask) -> None:
    for number in range(14):
        a_product(f"M-{number:02}", f"Pose de meuble {number}")
    assert (len(skus("pose")), len(meant("pose"))) == (SHOWN, SHOWN + 1)
