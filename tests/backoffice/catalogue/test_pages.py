"""The catalogue is kept by those who sell, and no deal is touched by it."""

import re
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.catalogue.products import describe_product, facts_of
from backoffice.db import Bilingual, db
from backoffice.opportunities.lines import add_product
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_product, a_seller, an_opportunity, everything, stored_deal
from tests.reader import Page

TYPED = {
    "sku": "CHENE-40", "name_fr": "Plateau de chêne", "name_en": "Oak top", "description_fr": "Huilé", "description_en": "Oiled",
    "nature": "goods", "unit": "MTK", "unit_price": "1 234,5", "cost": "600", "vat": "S:20",
}  # fmt: skip


@pytest.fixture
def reader(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member())


def form_in(page: Page) -> dict[str, Any]:
    return next(form for form in page.forms if "name_fr" in form["fields"])


def only() -> Product:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.scalars(sa.select(Product)).one()


def test_a_product_is_entered_in_both_languages(reader):
    answer = reader.submit("/catalogue/new", TYPED, "/catalogue")
    assert answer.status_code == 303
    product = only()
    assert (product.sku, product.name, product.description) == (
        "CHENE-40",
        Bilingual("Plateau de chêne", "Oak top"),
        Bilingual("Huilé", "Oiled"),
    )
    assert (product.nature, product.unit, product.unit_price, product.cost) == (
        Nature.GOODS,
        Unit.SQUARE_METRE,
        Decimal("1234.5"),
        Decimal(600),
    )
    assert (product.vat_category, product.vat_rate) == (VatCategory.STANDARD, Decimal(20))
    assert "Plateau de chêne" in reader.page(answer.location).text
    assert "CHENE-40" in reader.get("/catalogue/search?q=oak").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("sku", "", "Donnez une référence"),
        ("name_fr", "", "un nom dans au moins une langue"),
        ("unit_price", "", "nombre"),
        ("unit_price", "cher", "nombre"),
        ("unit_price", "-3", "négatif"),
        ("cost", "1e400", "nombre"),
        ("vat", "S:19.6", "Choisissez dans la liste"),
        ("unit", "parsec", "Choisissez dans la liste"),
        ("sku", "x" * 41, "41"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_stays(reader, field, typed, said):
    answer = reader.submit("/catalogue/new", TYPED | {"name_en": "", field: typed}, "/catalogue")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    assert "Huilé" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Product.id))) == 0


def test_a_reference_is_given_once_even_to_what_is_archived(reader):
    taken = a_product("CHENE-40")
    with unit_of_work() as session:
        session.get_one(Product, taken).archive(at=clock.now())
    answer = reader.submit("/catalogue/new", TYPED, "/catalogue")
    assert answer.status_code == 422
    assert "CHENE-40" in Page(answer.text).form("/catalogue")["fields"].values()
    assert "déjà celle d’un autre produit" in answer.text


def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_typed_is_lost(reader):
    product = a_product()
    form = form_in(reader.page(f"/catalogue/{product}"))
    with unit_of_work() as session:
        session.get_one(Product, product).unit_price = Decimal(77)
    answer = reader.post(f"/catalogue/{product}", data=form["fields"] | {"name_fr": "Pose soignée"})
    assert answer.status_code == 409
    page = Page(answer.text)
    again = form_in(page)["fields"]
    assert again["name_fr"] == "Pose soignée"
    assert "77,00" in answer.text
    assert only().unit_price == Decimal(77)
    assert reader.post(f"/catalogue/{product}", data=again).status_code == 303
    assert only().name.fr == "Pose soignée"


def test_later_changes_touch_no_existing_line(app: Flask):
    deal = an_opportunity(lines=[])
    product = a_product(price="54")
    with unit_of_work() as session:
        row = deal_to_act_on(session, deal, sa.true())
        add_product(row, session.get_one(Product, product))
    lines = everything(["opportunity_lines", "opportunities"])
    with unit_of_work() as session:
        stored = session.get_one(Product, product)
        describe_product(
            stored,
            facts_of(stored).__class__(
                **vars(facts_of(stored)) | {"unit_price": Decimal(99), "name": Bilingual("Autre", "Other")}
            ),
        )
        stored.archive(at=clock.now())
    assert everything(["opportunity_lines", "opportunities"]) == lines
    line = stored_deal(deal).lines[0]
    assert (line.name.fr, line.unit_price, line.cost) == ("Pose sur site", Decimal(54), Decimal(31))


def test_an_archived_product_is_offered_no_more_and_can_be_restored(reader):
    product = a_product()
    assert reader.submit(f"/catalogue/{product}", {}, "archive").status_code == 303
    assert "POSE-H" not in reader.get("/catalogue/search?q=pose").text
    assert "POSE-H" not in reader.page("/catalogue").text
    assert "POSE-H" in reader.page("/catalogue?shelf=archived").text
    assert reader.submit(f"/catalogue/{product}", {}, "restore").status_code == 303
    assert "POSE-H" in reader.get("/catalogue/search?q=pose").text


def test_the_list_is_searched_and_filtered(reader):
    a_product("PARQ", "Parquet chêne")
    a_product("POSE", "Pose")
    assert "PARQ" in reader.page("/catalogue?q=CHENE").text
    assert "POSE" not in reader.page("/catalogue?q=CHENE").text
    assert "PARQ" not in reader.page("/catalogue?nature=goods").text
    assert "Aucun produit" in reader.page("/catalogue?q=zzz").text


def test_the_list_pages_without_a_gap(reader):
    for number in range(120):
        a_product(f"P-{number:03}")
    seen, address = [], "/catalogue"
    while address:
        page = reader.page(address)
        seen += re.findall(r"P-\d{3}", page.text)
        address = next((link for link in page.links if "after=" in link), "")
    assert seen == [f"P-{number:03}" for number in range(120)]


def test_an_accountant_has_no_catalogue_and_a_rep_no_whole_lists(app: Flask, signed_in):
    a_seller()
    accountant = signed_in(a_member(Role.ACCOUNTANT))
    rep = signed_in(a_member(Role.REP))
    assert accountant.get("/catalogue").status_code == 404
    assert rep.get("/catalogue").status_code == 200
    assert rep.get("/catalogue/import").status_code == rep.get("/catalogue/products.csv").status_code == 404
    assert "/catalogue/import" not in rep.page("/catalogue").links
