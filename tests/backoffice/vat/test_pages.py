"""The list of VAT rates: kept by administrators, dated, never removed."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.catalogue.models import Product, VatCategory
from backoffice.db import Address, Bilingual, db
from backoffice.legal.models import VatRate
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_product, a_seller
from tests.reader import Page

NEW = {"rate": "21", "label_fr": "Taux normal", "label_en": "Standard rate", "valid_from": "2027-01-01"}


@pytest.fixture
def reader(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member(Role.ADMIN, language="en"))


def stored(rate: str, category: VatCategory = VatCategory.STANDARD) -> VatRate:
    db.session.rollback()
    db.session.expunge_all()
    query = sa.select(VatRate).where(VatRate.rate == Decimal(rate), VatRate.category == category)
    return db.session.scalars(query).one()


def added(reader, **typed: str):
    return reader.submit("/settings/vat-rates", NEW | typed, "/new")


def changed(reader, rate: int, **typed: str):
    return reader.submit(f"/settings/vat-rates/{rate}", typed, f"/{rate}")


def test_a_rate_changes_by_a_new_one_that_follows_the_old(reader):
    assert added(reader).status_code == 303
    old, new = stored("20").id, stored("21").id
    assert changed(reader, old, valid_to="31/12/2026", successor=str(new)).status_code == 303
    assert (stored("20").valid_to, stored("20").successor_id) == (date(2026, 12, 31), new)
    page = reader.page("/settings/vat-rates").text
    assert "To come" in page
    assert "/settings/vat-rates" in reader.page("/settings").links


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rate": ""}, "Enter a number"),
        ({"rate": "0"}, "Enter the rate, above 0"),
        ({"rate": "101"}, "Enter at most 100"),
        ({"label_fr": ""}, "Give this rate a name in French"),
        ({"valid_from": ""}, "Enter the day from which it holds"),
        ({"valid_from": "soon"}, "Enter a day"),
        ({"valid_to": "2026-12-31"}, "The last day must not come before the first"),
        ({"rate": "20"}, "This rate is in the list already, from 1 January 2014"),
        ({"category": "E", "rate": "5"}, "Where no VAT is charged the rate is 0"),
        ({"category": "E", "rate": "0"}, "This rate is in the list already"),
        ({"vatex": "ARTICLE 132"}, "Enter a code of the VATEX list"),
        ({"category": "K"}, "Choose one"),
        ({"successor": "1"}, "Say on which day this rate ends"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(reader, typed, said):
    answer = added(reader, **{"label_en": "Kept", "exemption_fr": "Parce que"} | typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.text
    fields = page.form("/new")["fields"]
    assert (fields["label_en"], fields["exemption_fr"]) == ("Kept", "Parce que")


def test_what_follows_must_be_in_force_on_the_next_day(reader):
    added(reader, valid_from="2027-02-01")
    old, new = stored("20").id, stored("21").id
    answer = changed(reader, old, valid_to="2026-12-31", successor=str(new))
    assert answer.status_code == 422
    assert "What follows must be in force on 1 January 2027" in answer.text
    assert stored("20").valid_to is None


def test_an_exemption_says_why_in_both_languages_and_as_a_code(reader):
    product = a_product(vat="0")
    with unit_of_work() as session:
        session.get_one(Product, product).vat_category = VatCategory.EXEMPT
    rate = stored("0", VatCategory.EXEMPT)
    typed = {
        "exemption_fr": "Exonération de TVA, article 261-4-4° du CGI",
        "exemption_en": "VAT exempt, article 261-4-4° CGI",
        "vatex": "vatex-fr-cgi261-4",
    }
    assert changed(reader, rate.id, **typed).status_code == 303
    rate = stored("0", VatCategory.EXEMPT)
    assert (rate.exemption, rate.vatex) == (
        Bilingual(typed["exemption_fr"], typed["exemption_en"]),
        "VATEX-FR-CGI261-4",
    )
    assert "VAT exempt, article 261-4-4° CGI (VATEX-FR-CGI261-4)" in reader.page(f"/catalogue/{product}").text


def test_a_rate_that_is_charged_asks_for_no_reason(reader):
    page = reader.page(f"/settings/vat-rates/{stored('20').id}")
    assert "vatex" not in page.form("vat-rates")["fields"]


def test_two_people_at_once_do_not_overwrite_each_other(reader):
    rate = stored("20").id
    form = reader.page(f"/settings/vat-rates/{rate}").form(f"/{rate}")
    with unit_of_work() as session:
        session.get_one(VatRate, rate).label = Bilingual("Taux plein", "Full rate")
    answer = reader.post(f"/settings/vat-rates/{rate}", data=form["fields"] | {"label_en": "Usual"})
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Full rate" in page.text
    again = page.form(f"/{rate}")["fields"]
    assert again["label_en"] == "Usual"
    assert reader.post(f"/settings/vat-rates/{rate}", data=again).status_code == 303
    assert stored("20").label.en == "Usual"


def test_only_rates_of_the_own_country_are_kept(app: Flask, signed_in):
    a_seller(address=Address("1 rue Neuve", "1000", "Bruxelles", "BE"))
    reader = signed_in(a_member(Role.ADMIN, language="en"))
    assert "There is no VAT rate for your country yet" in reader.page("/settings/vat-rates").text
    assert reader.get("/settings/vat-rates/1").status_code == 404
    assert added(reader).status_code == 303
    assert stored("21").country == "BE"
