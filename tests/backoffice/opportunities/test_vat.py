"""Which VAT a line may have, and which a new one gets."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.db import Address, db
from backoffice.money import Vat
from backoffice.opportunities.lines import usual_vat
from backoffice.opportunities.models import OpportunityLine
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.seller.models import ONLY, Seller, VatRegime
from tests.factories import a_member, a_product, a_seller, an_opportunity

NORMAL, EXEMPT, REVERSE_CHARGE = Vat("S", Decimal(20)), Vat("E", Decimal(0)), Vat("AE", Decimal(0))
DAY = date(2026, 11, 20)
FREE = {"act": "free", "adding": "Déplacement"}


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example", language="en")


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


def rates() -> list[Vat]:
    return list(vat_rates_in_force(db.session(), db.session.get_one(Seller, ONLY), DAY))


def last_line() -> tuple[str, str, Decimal]:
    db.session.rollback()
    line = OpportunityLine
    query = sa.select(line.name_fr, line.vat_category, line.vat_rate).order_by(line.id.desc()).limit(1)
    name, category, rate = db.session.execute(query).one()
    return name, category.value, rate


def test_the_usual_rate_comes_first_and_reverse_charge_last(app: Flask):
    a_seller()
    assert (rates()[0], rates()[-2:]) == (NORMAL, [EXEMPT, REVERSE_CHARGE])


def test_a_seller_under_the_franchise_is_exempt_unless_something_else_is_chosen(reader, rep):
    a_seller(vat_regime=VatRegime.FRANCHISE)
    assert rates() == [EXEMPT, REVERSE_CHARGE]
    deal = an_opportunity(owner=rep, lines=[])
    assert reader.submit(f"/opportunities/{deal}", FREE, "/lines").status_code == 303
    assert last_line() == ("Déplacement", "E", 0)


@pytest.mark.parametrize(
    ("offered", "usual"),
    [([REVERSE_CHARGE, EXEMPT], EXEMPT), ([NORMAL, EXEMPT], NORMAL), ([REVERSE_CHARGE], None), ([], None)],
)
def test_reverse_charge_is_nobody_s_usual_rate(offered: list[Vat], usual: Vat | None) -> None:
    assert usual_vat(offered) == usual


def test_without_any_rate_the_deal_can_be_worked_on_and_a_free_line_says_what_is_missing(reader, rep):
    a_seller(address=Address("1 rue Neuve", "1000", "Bruxelles", "BE"))
    deal = an_opportunity(owner=rep)
    address = f"/opportunities/{deal}"
    answer = reader.submit(address, FREE | {"lines-0-quantity": "7"}, "/lines")
    assert answer.status_code == 422
    assert "There is no VAT rate for the country of your company yet" in answer.text
    assert 'value="7"' in answer.text
    product = a_product()
    assert (
        reader.submit(address, {"product": str(product), "lines-0-quantity": "7"}, "/lines").status_code
        == 303
    )
    assert last_line() == ("Pose sur site", "S", 20)
