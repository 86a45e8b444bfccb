"""A manager keeps the catalogue: one product by hand, a whole list from a spreadsheet, and a quote that offers it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.office import Manager, table
from tests.browser.site import Site
from tests.browser.watch import Look

VIEWS = [(390, "fr"), (820, "en"), (1280, "fr")]
BUYER = {"fr": ("moreau", "Mme Claire Moreau"), "en": ("harb", "Harbour Street Studio")}
"""Lines are written in the client's language."""
HEADINGS = {
    "fr": ["Référence", "Nom (français)", "Nom (anglais)", "Prix HT", "TVA", "Unité"],
    "en": ["Reference", "Name (French)", "Name (English)", "Price", "VAT", "Unit"],
}


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_product_from_the_form_to_a_quote(
    site: Site, colleague: Callable[..., Any], width: int, language: str
):
    manager = colleague(Manager, site, Look("catalogue-form", width, language), language)
    sku, name = f"CLA-{width}", {"fr": f"Claustra ajouré {width}", "en": f"Pierced screen {width}"}
    manager.signs_in()
    manager.goes_to("/catalogue")
    manager.sees("catalogue")
    manager.link("New product").click()
    manager.reads_heading("New product")
    manager.fills_in(name_fr=name["fr"], name_en=name["en"], unit_price="cher", cost="96,40")
    manager.fills_in(
        description_fr="Chêne huilé,\nà vos mesures.", description_en="Oiled oak,\nmade to measure."
    )
    manager.asked("Unit").select_option("MTK")
    manager.asked("VAT").select_option("S:10")
    manager.watch.allow(422)
    manager.button("Save").click()
    manager.is_refused("Give this product a reference.")
    expect(manager.page.locator("[name=description_en]")).to_have_value("Oiled oak,\nmade to measure.")
    expect(manager.page.locator("[name=unit_price]")).to_have_value("cher")
    expect(manager.asked("Unit")).to_have_value("MTK")
    manager.sees("wrong")
    manager.fills_in(sku=sku, unit_price="189,50")
    manager.button("Save").click()
    manager.is_told("The product is in the catalogue.")
    manager.reads_heading(name[language])
    manager.sees("created")

    manager.fills_in(unit_price="199")
    manager.button("Save").click()
    manager.is_told("Saved. Quotes and deals keep what they already say.")
    manager.opens_an_opportunity(f"Salle d’attente {width}", *BUYER[language])
    manager.adds_product(sku, name[language], "2")
    expect(manager.page.locator("[name$='-unit_price']").last).to_have_value(
        {"fr": "199,00", "en": "199.00"}[language]
    )
    manager.sees("in-the-ledger")

    manager.goes_to("/catalogue")
    manager.finds(sku)
    manager.link(name[language]).click()
    manager.button("Archive").click()
    manager.is_told("Archived: it is no longer offered, and can be restored.")
    manager.sees("archived")
    manager.goes_to("/catalogue")
    expect(manager.finds(sku)).to_have_count(0)
    manager.sees("not-found")
    manager.asked("Shown").select_option("archived")
    expect(manager.finds(sku)).to_have_count(1)
    manager.link(name[language]).click()
    manager.button("Restore").click()
    manager.is_told("Restored: it is offered again.")


def test_a_product_asks_before_what_was_typed_in_one_of_its_forms_is_lost_by_another(
    site: Site, colleague: Callable[..., Any]
):
    manager = colleague(Manager, site, Look("catalogue-forms", 1280, "fr"), "fr")
    manager.signs_in()
    manager.goes_to("/catalogue/1")
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    manager.page.on("dialog", stays)
    price = manager.page.locator("[name=unit_price]").first
    price.fill("")
    price.press_sequentially("4444")
    with manager.page.expect_event("dialog"):
        manager.button("Save the bundle").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(price).to_have_value("4444")


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_list_from_a_spreadsheet(site: Site, colleague: Callable[..., Any], width: int, language: str):
    manager = colleague(Manager, site, Look("catalogue-import", width, language), language)
    good = [f"VER-{width}-{each}" for each in (1, 2)]
    rows = [
        [good[0], f"Verrière d’atelier {width}", f"Workshop glazing {width}", "1250,90", "20", "m²"],
        [good[1], f"Vasistas {width}", f"Fanlight {width}", "310", "20", ""],
        [f"VER-{width}-3", f"Vitrail {width}", f"Stained glass {width}", "offert", "20", ""],
    ]
    manager.signs_in()
    manager.goes_to("/catalogue")
    manager.hands_over(table([HEADINGS[language], *rows], f"verrerie-{width}.csv"))
    manager.reads_tally(New=2, Changed=0, Unchanged=0, Wrong=1)
    wrong = manager.page.get_by_role("table", name=manager.say("Rows that are wrong"))
    expect(wrong.get_by_role("row")).to_have_count(2)
    manager.sees("tried")
    file, lines = manager.downloads(manager.page.get_by_role("link", name=f"verrerie-{width}").last)
    assert file == manager.say("%(name)s-to-correct.csv", name=f"verrerie-{width}")
    (line,) = lines
    assert list(line.values())[:4] == rows[2][:4]
    assert HEADINGS[language][3] in line[manager.say("Reason")]

    manager.imports(2)
    manager.reads_tally(New=2, Changed=0, Unchanged=0, Wrong=1)
    manager.sees("imported")
    manager.link("Open the list").click()
    expect(manager.finds(f"VER-{width}")).to_have_count(2)
    manager.sees("listed")
    _file, everything = manager.downloads(manager.link("Export"))
    exported = {each[manager.say("Reference")]: each for each in everything}
    assert exported[good[0]][manager.say("Name in English")] == f"Workshop glazing {width}"
    assert exported[good[0]][manager.say("Unit price excl. VAT")] == "1250,9"
    assert good[1] in exported
    assert f"VER-{width}-3" not in exported
    manager.opens_an_opportunity(f"Verrière {width}", *BUYER[language])
    manager.adds_product(good[0], rows[0][1 if language == "fr" else 2], "1")
    manager.sees("in-the-ledger")
