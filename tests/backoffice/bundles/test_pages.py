"""Bundles: kept on the product's page, added to a quote, not offered while a part is missing."""

from decimal import Decimal

import pytest
from flask import Flask

from backoffice import clock
from backoffice.catalogue.models import BundleAs, Product
from backoffice.catalogue.queries import product_of
from backoffice.db import db
from backoffice.work import unit_of_work
from tests.factories import a_bundle, a_member, a_product, a_seller, an_opportunity, stored_deal
from tests.reader import Page


@pytest.fixture
def rep(app: Flask) -> int:
    a_seller()
    return a_member(language="en")


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


def composed(reader, product: int, **typed: str):
    return reader.submit(f"/catalogue/{product}", typed, "/parts")


def stored(product: int) -> tuple[str | None, list[tuple[str, Decimal]]]:
    db.session.rollback()
    db.session.expunge_all()
    row = product_of(db.session(), product)
    parts = [(part.part.sku, part.quantity) for part in row.parts]
    db.session.rollback()
    return row.bundle_as, parts


def added(reader, deal: int, product: int):
    return reader.submit(f"/opportunities/{deal}", {"product": str(product)}, "/lines")


def test_a_bundle_is_put_together_from_references_and_names(reader):
    a_product("LAME", "Lame de chêne")
    a_product("VIS", "Vis inox")
    bundle = a_product("LOT-1", "Terrasse")
    typed = {
        "kind": "one_line", "parts-0-reference": "VIS", "parts-0-quantity": "12.5", "parts-0-place": "2",
        "parts-1-reference": "lame de chêne", "parts-1-place": "1",
    }  # fmt: skip
    assert composed(reader, bundle, **typed).status_code == 303
    assert stored(bundle) == (BundleAs.ONE_LINE, [("LAME", Decimal(1)), ("VIS", Decimal("12.5"))])
    fields = reader.page(f"/catalogue/{bundle}").form("/parts")["fields"]
    assert (fields["parts-0-reference"], fields["parts-1-quantity"]) == ("LAME", "12.5")
    assert "Bundle" in reader.page("/catalogue?q=LOT-1").text


def test_a_bundle_that_becomes_its_parts_shows_no_price_of_its_own(reader):
    a_bundle({a_product("LAME"): "2"}, "LOT-9", BundleAs.EXPANDED, price="0")
    assert "that of its parts" in reader.page("/catalogue?q=LOT-9").text
    assert "that of its parts" in reader.get("/catalogue/search?q=LOT-9").text
    a_bundle({a_product("VIS"): "2"}, "LOT-8", price="99")
    assert "€99.00" in reader.page("/catalogue?q=LOT-8").text


def test_a_row_that_is_emptied_leaves_its_part_out_and_a_plain_product_has_none(reader):
    bundle = a_bundle({a_product("LAME"): "2", a_product("VIS"): "5"})
    assert composed(reader, bundle, **{"parts-0-reference": ""}).status_code == 303
    assert stored(bundle) == (BundleAs.ONE_LINE, [("VIS", Decimal(5))])
    assert composed(reader, bundle, **{"kind": "", "parts-0-reference": ""}).status_code == 303
    assert stored(bundle) == (None, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "one_line"}, "Name at least one part"),
        ({"kind": "", "parts-0-reference": "LAME"}, "Say how these parts are shown"),
        ({"kind": "expanded", "parts-0-reference": "LOT-2"}, "LOT-2 is a bundle itself"),
        ({"kind": "expanded", "parts-0-reference": "LOT-1"}, "LOT-1 cannot be a part of itself"),
        ({"kind": "expanded", "parts-0-reference": "OLD"}, "OLD is archived"),
        ({"kind": "expanded", "parts-0-reference": "nothing"}, "No single product answers to this"),
        ({"kind": "expanded", "parts-0-reference": "lam"}, "No single product answers to this"),
        (
            {"kind": "expanded", "parts-0-reference": "LAME", "parts-1-reference": "LAME"},
            "LAME is named twice",
        ),
        ({"kind": "expanded", "parts-0-reference": "LAME", "parts-0-quantity": "0"}, "a quantity above 0"),
        ({"kind": "expanded", "parts-0-reference": "LAME", "parts-0-quantity": "many"}, "Enter a number"),
        ({"kind": "twice", "parts-0-reference": "LAME"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(reader, typed, said):
    a_product("LAME", "Lame étroite")
    a_product("LAME-2", "Lame large")
    old = a_product("OLD", "Vieux")
    with unit_of_work() as session:
        session.get_one(Product, old).archive(at=clock.now())
    a_bundle({a_product("VIS"): "1"}, "LOT-2")
    bundle = a_product("LOT-1", "Terrasse")
    typed = {"parts-2-quantity": "7"} | typed
    answer = composed(reader, bundle, **typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    assert page.form("/parts")["fields"]["parts-2-quantity"] == "7"
    assert stored(bundle) == (None, [])


def test_what_is_part_of_a_bundle_cannot_become_one(reader):
    part, other = a_product("LAME"), a_product("VIS")
    bundle = a_bundle({part: "2"})
    answer = composed(reader, part, **{"kind": "expanded", "parts-0-reference": "VIS"})
    assert answer.status_code == 422
    assert "This product is a part of a bundle" in answer.text
    assert f"/catalogue/{bundle}" in reader.page(f"/catalogue/{part}").links
    assert stored(other) == (None, [])


def test_two_people_at_once_do_not_overwrite_each_other(reader):
    bundle = a_bundle({a_product("LAME"): "2", a_product("VIS"): "5"})
    form = reader.page(f"/catalogue/{bundle}").form("/parts")
    assert composed(reader, bundle, **{"parts-1-quantity": "6"}).status_code == 303
    answer = reader.post(form["action"], data=form["fields"] | {"parts-0-quantity": "3"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "2 × LAME; 6 × VIS" in page.text
    again = page.form("/parts")["fields"]
    assert again["parts-0-quantity"] == "3"
    assert reader.post(form["action"], data=again).status_code == 303
    assert stored(bundle)[1] == [("LAME", Decimal(3)), ("VIS", Decimal(5))]


def test_one_line_comes_at_its_own_price_with_its_parts_below_it(reader, rep):
    bundle = a_bundle({a_product("LAME", "Lame", "10"): "2"}, price="99")
    deal = an_opportunity(rep, lines=[])
    assert added(reader, deal, bundle).status_code == 303
    (line,) = stored_deal(deal).lines
    assert (line.product_id, line.quantity, line.unit_price) == (bundle, Decimal(1), Decimal(99))
    assert "– Lame (en): 2 h" in line.description.en
    assert line.description.fr.count("Lame") == 1


def test_an_expanded_bundle_comes_as_its_parts_at_their_prices(reader, rep):
    parts = {a_product("LAME", "Lame", "10", vat="10"): "2", a_product("VIS", "Vis", "0.25"): "50"}
    bundle = a_bundle(parts, kind=BundleAs.EXPANDED)
    deal = an_opportunity(rep, lines=[])
    assert added(reader, deal, bundle).status_code == 303
    lines = stored_deal(deal).lines
    assert [(line.name.fr, line.quantity, line.unit_price, line.vat_rate) for line in lines] == [
        ("Lame", Decimal(2), Decimal(10), Decimal(10)),
        ("Vis", Decimal(50), Decimal("0.25"), Decimal(20)),
    ]
    assert [line.product_id for line in lines] == list(parts)


def test_a_bundle_with_an_archived_part_is_said_and_not_offered(reader, rep):
    part = a_product("LAME", "Lame")
    bundle = a_bundle({part: "2"}, "TERRASSE")
    deal = an_opportunity(rep, lines=[])
    page = reader.page(f"/opportunities/{deal}")
    with unit_of_work() as session:
        session.get_one(Product, part).archive(at=clock.now())
    assert "TERRASSE" not in reader.get("/catalogue/search?q=terrasse").text
    assert "A part is archived" in reader.page("/catalogue").text
    assert "these parts are archived: LAME" in reader.page(f"/catalogue/{bundle}").text
    form = page.form("/lines")
    answer = reader.post(form["action"], data=form["fields"] | {"product": str(bundle)})
    assert answer.status_code == 422
    assert "The bundle TERRASSE cannot be offered: LAME is archived" in answer.text
    answer = reader.post(form["action"], data=form["fields"] | {"several": "TERRASSE; 2", "act": "several"})
    assert answer.status_code == 422
    assert "The bundle TERRASSE cannot be offered: LAME is archived" in answer.text
    assert stored_deal(deal).lines == []
    assert composed(reader, bundle, **{"parts-0-quantity": "3"}).status_code == 303  # it may stay
    with unit_of_work() as session:
        session.get_one(Product, part).restore()
    assert "TERRASSE" in reader.get("/catalogue/search?q=terrasse").text


def test_no_bundle_is_offered_as_a_part(reader):
    a_bundle({a_product("LAME"): "2"}, "LAME-LOT")
    assert "LAME-LOT" in reader.get("/catalogue/search?q=lame").text
    assert "LAME-LOT" not in reader.get("/catalogue/search?q=lame&as=parts").text
