"""A product's VAT on a day: in force, followed by another, or ended; and why nothing is charged."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.catalogue.models import Product, VatCategory
from backoffice.db import Address, Bilingual, db
from backoffice.legal.models import VatRate
from backoffice.money import Vat
from backoffice.opportunities.bundles import add_from_catalogue
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.staff.models import Role
from backoffice.vat.exemptions import FRANCHISE, Exemption, exemption_of
from backoffice.vat.queries import Rates, VatHasEnded
from backoffice.work import unit_of_work
from tests.factories import a_member, a_product, a_seller, an_opportunity, stored_deal

NORMAL, NEW = Vat("S", Decimal(20)), Vat("S", Decimal(21))
LAST = date(2026, 12, 31)
NEXT = LAST + timedelta(days=1)


def a_rate(rate: str, since: date, **more: object) -> int:
    with unit_of_work() as session:
        facts = {"category": VatCategory.STANDARD, "label": Bilingual("Taux", "Rate")} | more
        row = VatRate(country="FR", rate=Decimal(rate), valid_from=since, **facts)
        session.add(row)
        session.flush()
        return row.id


def ended(vat: Vat, on: date, successor: int | None = None) -> None:
    with unit_of_work() as session:
        row = session.scalars(
            sa.select(VatRate).where(VatRate.rate == vat.rate, VatRate.category == vat.category)
        ).one()
        row.valid_to, row.successor_id = on, successor


def standing(vat: Vat, on: date):
    found = Rates(db.session(), db.session.get_one(Seller, ONLY)).standing(vat, on)
    db.session.rollback()
    return found


def sold(deal: int, product: int, on: date) -> None:
    with unit_of_work() as session:
        row = deal_to_act_on(session, deal, sa.true())
        add_from_catalogue(session, row, product, seller=session.get_one(Seller, ONLY), on=on)


@pytest.fixture
def firm(app: Flask) -> int:
    return a_seller()


def test_a_rate_in_force_is_kept(firm):
    assert (standing(NORMAL, LAST).now, standing(NORMAL, LAST).ended_on) == (NORMAL, None)


def test_its_last_day_is_its_own_and_the_next_its_successor_s(firm):
    ended(NORMAL, LAST, a_rate("21", NEXT))
    assert standing(NORMAL, LAST).now == NORMAL
    after = standing(NORMAL, NEXT)
    assert (after.now, after.ended_on) == (NEW, LAST)


def test_one_successor_after_the_other_is_followed(firm):
    third = a_rate("22", NEXT + timedelta(days=365))
    second = a_rate("21", NEXT, valid_to=NEXT + timedelta(days=364), successor_id=third)
    ended(NORMAL, LAST, second)
    assert standing(NORMAL, NEXT + timedelta(days=400)).now == Vat("S", Decimal(22))


def test_a_ring_of_successors_leads_nowhere(firm):
    second = a_rate("21", NEXT, valid_to=NEXT)
    ended(NORMAL, LAST, second)
    with unit_of_work() as session:
        first = session.scalars(sa.select(VatRate.id).where(VatRate.rate == Decimal(20))).one()
        session.get_one(VatRate, second).successor_id = first
    assert standing(NORMAL, NEXT + timedelta(days=9)).now is None


def test_a_rate_that_came_back_is_in_force_again(firm):
    ended(NORMAL, LAST)
    a_rate("20", NEXT + timedelta(days=31))
    assert standing(NORMAL, NEXT).now is None
    assert standing(NORMAL, NEXT + timedelta(days=31)).now == NORMAL


def test_a_vat_that_no_dated_rate_knows_is_taken_as_it_stands(firm):
    assert standing(Vat("S", Decimal("19.6")), LAST).now == Vat("S", Decimal("19.6"))


def test_what_is_added_to_a_quote_gets_the_rate_in_force(firm):
    deal, product = an_opportunity(lines=[]), a_product()
    ended(NORMAL, LAST, a_rate("21", NEXT))
    for on in (LAST, NEXT):
        sold(deal, product, on)
    assert [line.vat_rate for line in stored_deal(deal).lines] == [Decimal(20), Decimal(21)]
    assert db.session.get_one(Product, product).vat_rate == Decimal(20)


def test_without_a_successor_it_is_refused_with_a_sentence_and_nothing_is_added(firm):
    deal, product = an_opportunity(lines=[]), a_product()
    ended(NORMAL, LAST)
    with pytest.raises(VatHasEnded) as refused:
        sold(deal, product, NEXT)
    assert "POSE-H" in refused.value.sentence()
    assert stored_deal(deal).lines == []


def test_the_working_page_says_why_nothing_was_added_and_the_product_s_page_what_to_do(firm, signed_in):
    rep = a_member(Role.REP, language="en")
    deal, product = an_opportunity(rep, lines=[]), a_product()
    ended(NORMAL, date(2020, 12, 31))
    reader = signed_in(rep)
    answer = reader.submit(f"/opportunities/{deal}", {"product": str(product)}, "/lines")
    assert answer.status_code == 422
    assert "ended on 31 December 2020 and nothing says which rate follows" in answer.text
    page = reader.page(f"/catalogue/{product}")
    assert "until then it cannot be added to a quote" in page.text
    fields = next(form for form in page.forms if "name_fr" in form["fields"])["fields"]
    assert fields["vat"] == "S:20"  # it keeps its own
    ended(NORMAL, date(2020, 12, 31), a_rate("21", date(2021, 1, 1)))
    assert "quotes now get 21%" in reader.page(f"/catalogue/{product}").text
    assert reader.submit(f"/opportunities/{deal}", {"product": str(product)}, "/lines").status_code == 303
    assert stored_deal(deal).lines[0].vat_rate == Decimal(21)


def rate(category: VatCategory, **more: object) -> VatRate:
    facts = {"exemption": Bilingual(), "vatex": ""} | more
    return VatRate(category=category, rate=Decimal(0), **facts)


def test_what_is_charged_needs_no_reason():
    assert exemption_of(rate(VatCategory.STANDARD)) is None
    assert exemption_of(rate(VatCategory.ZERO)) is None


@pytest.mark.parametrize(
    ("category", "code"),
    [("E", ""), ("AE", "VATEX-EU-AE"), ("K", "VATEX-EU-IC"), ("G", "VATEX-EU-G"), ("O", "VATEX-EU-O")],
)
def test_a_category_without_vat_always_says_why_in_both_languages(category, code):
    found = exemption_of(rate(VatCategory(category)))
    assert found is not None
    assert found.reason.fr
    assert found.reason.en
    assert found.code == code


def test_the_rate_s_own_words_and_code_come_first():
    own = Bilingual("Formation, art. 261-4 CGI", "Training")
    assert exemption_of(rate(VatCategory.EXEMPT, exemption=own, vatex="VATEX-FR-CGI261-4")) == Exemption(
        own, "VATEX-FR-CGI261-4"
    )
    assert exemption_of(rate(VatCategory.REVERSE_CHARGE, exemption=own)) == Exemption(own, "")


def test_a_seller_under_the_franchise_is_exempt_by_article_293_b(app: Flask):
    a_seller(vat_regime=VatRegime.FRANCHISE)
    assert standing(Vat("E", Decimal(0)), LAST).exemption == FRANCHISE
    assert standing(Vat("AE", Decimal(0)), LAST).exemption.code == "VATEX-EU-AE"
    assert (standing(NORMAL, LAST).now, standing(NORMAL, LAST).exemption) == (Vat("E", Decimal(0)), FRANCHISE)
    deal, product = an_opportunity(lines=[]), a_product()
    sold(deal, product, LAST)
    assert stored_deal(deal).lines[0].priced.vat == Vat("E", Decimal(0))


def test_under_the_franchise_nothing_is_charged_though_no_exempt_rate_is_in_force(app: Flask):
    a_seller(vat_regime=VatRegime.FRANCHISE, address=Address("1 rue Neuve", "1000", "Bruxelles", "BE"))
    found = standing(NORMAL, LAST)
    assert (found.now, found.exemption) == (Vat("E", Decimal(0)), FRANCHISE)


def test_under_the_franchise_an_exempt_rate_that_ended_is_not_followed_by_one_that_is_charged(app: Flask):
    a_seller(vat_regime=VatRegime.FRANCHISE)
    with unit_of_work() as session:
        rates = session.scalars(sa.select(VatRate).where(VatRate.country == "FR")).all()
        (exempt,) = (each for each in rates if each.category is VatCategory.EXEMPT)
        exempt.valid_to = LAST
        exempt.successor_id = next(each.id for each in rates if each.rate == Decimal(20))
    assert standing(Vat("E", Decimal(0)), NEXT).now == Vat("E", Decimal(0))
