"""The menu says where one is, once."""

import re

import pytest

from backoffice.staff.models import Role
from tests.billing import an_order
from tests.factories import a_member, a_seller


@pytest.mark.parametrize("database", ["sqlite"])  # words do not depend on it
@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/today", "Aujourd’hui"),
        ("/opportunities/list", "Opportunités"),
        ("/orders", "Commandes"),
        ("/orders/{order}", "Commandes"),
        ("/orders/{order}/part-invoice", "Commandes"),
        ("/quotes/{quote}/links", "Devis"),
        ("/settings/mail", "Réglages"),
        ("/account", None),
    ],
)
def test_a_page_belongs_to_one_place_of_the_menu(app, signed_in, address, place):
    order = an_order()
    reader = signed_in(a_member(Role.ADMIN))
    page = reader.get(address.format(order=order, quote=1)).text
    menu = re.search(r"<nav.*?</nav>", page, re.DOTALL)[0]
    # What stands under More on a telephone stands in the side menu too; one of the two is shown.
    assert set(re.findall(r'aria-current="page">([^<]+)<', menu)) == ({place} if place else set())


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("address", ["/orders/999", "/invoices/999"])
def test_a_page_that_is_not_there_keeps_the_menu_and_the_shape_of_the_back_office(app, signed_in, address):
    a_seller()
    answer = signed_in(a_member()).get(address)
    assert answer.status_code == 404
    assert '<body class="team' in answer.text
    assert "Menu principal" in answer.text
    assert "sheet panel refusal" in answer.text
