"""Families order the catalogue: two levels, each name once, nothing removed."""

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.catalogue.models import Product
from backoffice.db import Bilingual, db
from backoffice.families.models import ProductFamily
from backoffice.work import unit_of_work
from tests.factories import a_family, a_member, a_product, a_seller
from tests.reader import Page


@pytest.fixture
def reader(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member(language="en"))


def stored() -> dict[str, ProductFamily]:
    db.session.rollback()
    db.session.expunge_all()
    return {str(each.name): each for each in db.session.scalars(sa.select(ProductFamily))}


def put_into(family: int, *products: int) -> None:
    with unit_of_work() as session:
        for product in products:
            session.get_one(Product, product).family_id = family


def test_a_family_is_added_within_another_one(reader):
    parent = a_family("Parquets")
    typed = {"name_fr": "Chêne", "name_en": "Oak", "parent": str(parent)}
    assert reader.submit("/catalogue/families", typed, "/new").status_code == 303
    family = stored()["Chêne"]
    assert (family.name, family.parent_id) == (Bilingual("Chêne", "Oak"), parent)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_fr": "", "name_en": ""}, "in at least one language"),
        ({"name_fr": "PARQUETS", "name_en": "Floors"}, "There is a family “PARQUETS” already"),
        ({"name_fr": "Sols", "name_en": "parquets"}, "There is a family “parquets” already"),
        ({"name_fr": "A > B", "name_en": ""}, "Leave out “>”"),
        ({"name_fr": "x" * 81, "name_en": ""}, "81"),
        ({"name_fr": "Sols", "parent": "999"}, "Choose one from the list"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(reader, typed, said):
    a_family("Parquets")
    answer = reader.submit("/catalogue/families", typed, "/new")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    assert page.form("/new")["fields"]["name_fr"] == typed["name_fr"]
    assert list(stored()) == ["Parquets"]


def test_there_are_two_levels_and_no_ring(reader):
    top = a_family("Parquets")
    child = a_family("Chêne", top)
    offered = reader.page(f"/catalogue/families/{top}")
    assert "parent" in offered.form(f"/{top}")["fields"]
    form = offered.form(f"/{top}")
    for parent in (child, top):
        answer = reader.post(f"/catalogue/families/{top}", data=form["fields"] | {"parent": str(parent)})
        assert answer.status_code == 422
    fields = reader.page("/catalogue/families").form("/new")["fields"]
    answer = reader.post("/catalogue/families/new", data=fields | {"name_fr": "Massif", "parent": str(child)})
    assert answer.status_code == 422
    assert list(stored()) == ["Parquets", "Chêne"]
    assert stored()["Parquets"].parent_id is None


def test_the_catalogue_is_narrowed_to_a_family_and_those_within_it(reader):
    top = a_family("Parquets")
    child = a_family("Chêne", top)
    a_product("POSE-1", "Pose")
    put_into(top, a_product("LAME-1", "Lame"))
    put_into(child, a_product("LAME-2", "Lame large"))
    whole = reader.page(f"/catalogue?family={top}").text
    assert ("LAME-1" in whole, "LAME-2" in whole, "POSE-1" in whole) == (True, True, False)
    part = reader.page(f"/catalogue?family={child}").text
    assert ("LAME-1" in part, "LAME-2" in part) == (False, True)
    assert "Parquets (en) > Chêne (en)" in part
    assert "POSE-1" in reader.page("/catalogue?family=zwölf").text


def test_a_product_is_found_by_its_family_behind_those_that_are_called_so(reader):
    put_into(a_family("Chêne", a_family("Parquets")), a_product("LAME-2", "Lame large"))
    a_product("CHENE-9", "Plateau de chêne")
    found = reader.get("/catalogue/search?q=chene").text
    assert found.index("CHENE-9") < found.index("LAME-2")
    assert "LAME-2" in reader.get("/catalogue/search?q=parquets lame").text
    assert "LAME-2" in reader.page("/catalogue?q=parquets").text


def test_a_renamed_family_finds_its_products_by_its_new_name(reader):
    family = a_family("Parquets")
    put_into(family, a_product("LAME-2", "Lame large"))
    assert (
        reader.submit(f"/catalogue/families/{family}", {"name_fr": "Planchers"}, f"/{family}").status_code
        == 303
    )
    assert "LAME-2" in reader.get("/catalogue/search?q=plancher").text


def test_an_archived_family_is_offered_no_more_and_its_products_keep_it(reader):
    family = a_family("Parquets")
    inside, outside = a_product("LAME-1"), a_product("POSE-1")
    put_into(family, inside)
    assert reader.submit("/catalogue/families", {}, f"/{family}/archive").status_code == 303
    kept = reader.page(f"/catalogue/{inside}")
    assert "Parquets (en)" in kept.text
    assert "Parquets (en)" not in reader.page(f"/catalogue/{outside}").text
    assert (
        reader.submit(f"/catalogue/{inside}", {"name_fr": "Lame"}, f"/catalogue/{inside}").status_code == 303
    )
    with unit_of_work() as session:
        assert session.get_one(Product, inside).family_id == family
    assert reader.submit("/catalogue/families", {}, f"/{family}/restore").status_code == 303
    assert "Parquets (en)" in reader.page(f"/catalogue/{outside}").text


def test_two_people_at_once_do_not_overwrite_each_other(reader):
    family = a_family("Parquets")
    form = reader.page(f"/catalogue/families/{family}").form(f"/{family}")
    with unit_of_work() as session:
        session.get_one(ProductFamily, family).name = Bilingual("Sols", "Floors")
    answer = reader.post(f"/catalogue/families/{family}", data=form["fields"] | {"name_fr": "Planchers"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Sols · Floors" in page.text
    again = page.form(f"/{family}")["fields"]
    assert again["name_fr"] == "Planchers"
    assert reader.post(f"/catalogue/families/{family}", data=again).status_code == 303
    assert list(stored()) == ["Planchers"]


def test_archiving_twice_says_that_it_has_changed(reader):
    family = a_family("Parquets")
    form = reader.page("/catalogue/families").form(f"/{family}/archive")
    with unit_of_work() as session:
        session.get_one(ProductFamily, family).archive(at=clock.now())
    assert reader.post(form["action"], data=form["fields"]).status_code == 409
