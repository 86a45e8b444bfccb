"""A quote with thirty per cent on order: signed, its deposit invoiced in one click, its balance in one more, paid."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.actors import Company
from tests.browser.site import Site

WHO = {
    "fr": ("moreau", "Mme Claire Moreau", "Claire Moreau", "biblio", "Bibliothèque en chêne massif", None),
    "en": ("harb", "Harbour Street Studio", "Eleanor Whitby", "bookc", "Solid oak bookcase", "Manager"),
}
AMOUNTS = {"fr": ("2 824,80 €", "6 591,20 €"), "en": ("€2,824.80", "€6,591.20")}
stories = itertools.count(1)


@pytest.mark.parametrize(("language", "width"), [("fr", 390), ("en", 820), ("en", 1280)])
def test_deposit_and_balance_in_one_click_each(
    site: Site, company: Callable[..., Company], language: str, width: int
):
    people = company(site, "deposit", width, language)
    rep, client = people.rep, people.client
    letters, buyer, signer, product, ware, function = WHO[language]
    deposit, balance = AMOUNTS[language]
    site.speaks(rep.email, language)
    try:
        rep.signs_in()
        rep.opens_an_opportunity(f"Bibliothèque à acompte {next(stories)}", letters, buyer)
        rep.adds_product(product, ware, "2")
        rep.makes_the_quote()
        rep.asks_for_a_deposit("30", "acompte")
        client.opens(rep.makes_a_link())
        expect(client.page.locator("#total")).to_contain_text(as_shown(deposit))
        client.goes_to_sign()
        client.signs_by_typing(signer, function=function)
        rep.goes_to_the_opportunity()
        rep.invoices("Create the deposit invoice", "Deposit invoice")
        rep.issues()
        expect(rep.page.locator("main")).to_contain_text(as_shown(deposit))
        rep.records_the_payment()
        rep.invoices("Create the balance invoice", "Balance invoice")
        rep.issues()
        expect(rep.page.locator(".totals .grand").first).to_contain_text(as_shown(balance))
    finally:
        site.speaks(rep.email, "fr")


def as_shown(amount: str) -> str:
    """With the spaces that the page has."""
    return amount.replace(" €", "\u00a0€").replace(" ", "\u202f")
