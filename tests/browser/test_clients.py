"""A rep keeps a client: entered with a slip, known by all its papers, entered twice and merged. A manager brings a whole list."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from stdnum import luhn

from backoffice.clients.numbers import vat_number_of
from tests.browser.office import Manager, OfficeWorker, table
from tests.browser.site import Site
from tests.browser.watch import Look

VIEWS = [(390, "fr"), (820, "en"), (1280, "fr")]
HEADINGS = {
    "fr": ["Raison sociale", "N° SIREN", "E-mail", "Ville", "Contact"],
    "en": ["Company name", "SIREN", "Email address", "City", "Contact name"],
}


class Assistant(OfficeWorker):
    """Julien, at his clients instead of at his quotes."""

    email = "julien@atelier-duval.example"

    def enters_a_client(self, name: str, siren: str) -> None:
        self.goes_to("/clients")
        self.link("New client").click()
        self.reads_heading("New client")
        self.fills_in(name=name, siren=siren)
        self.page.keyboard.press("Tab")

    def saves(self) -> None:
        self.button("Save").click()


def siren_of(number: int) -> str:
    """A SIREN that nobody else of the story has."""
    first = f"8{number:07d}"
    return first + str(luhn.calc_check_digit(first))


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_client_with_a_slip(site: Site, colleague: Callable[..., Any], width: int, language: str):
    rep = colleague(Assistant, site, Look("clients-kept", width, language), language)
    page, name, siren = rep.page, f"Tannerie Kermorvan {width}", siren_of(width)
    slip = siren[:-1] + str((int(siren[-1]) + 1) % 10)
    typed = {
        "phone": "02 99 31 40 12",
        "street": "3 quai de la Prévalaye",
        "postcode": "35000",
        "city": "Rennes",
    }
    typed |= {"payment_days": "45", "notes": "Livrer avant 8 h.", "delivery_street": "12 rue du Cuir"}
    rep.signs_in()
    rep.enters_a_client(name, slip)
    sentence = rep.say("This is not a SIREN number: it has 9 digits, and the last one checks the others.")
    expect(page.locator("#siren-error")).to_have_text(sentence)
    page.get_by_text(rep.say("Delivery address, when it is another")).click()
    rep.fills_in(**typed)
    rep.sees("slip")
    rep.watch.allow(422)
    rep.saves()
    rep.is_refused("This is not a SIREN number: it has 9 digits, and the last one checks the others.")
    for field, text in typed.items():
        expect(page.locator(f"main [name={field}]")).to_have_value(text)
        expect(page.locator(f"main [name={field}]")).to_be_visible()
    rep.sees("refused")
    rep.fills_in(siren=siren)
    expect(page.locator("#siren-error")).to_be_hidden()
    rep.button("Use %(number)s", number=vat_number_of(siren)).click()
    rep.saves()
    rep.reads_heading(name)
    for fact in (siren, "12 rue du Cuir", "45"):
        expect(page.locator("dl.facts")).to_contain_text(fact)
    rep.link("Add a contact").click()
    rep.fills_in(name="Maëlle Kermorvan", function="Gérante", email=f"maelle@kermorvan{width}.example")
    rep.sees("contact")
    rep.saves()
    rep.is_told("Saved.")
    expect(page.get_by_role("region", name=rep.say("Contacts"))).to_contain_text("Gérante")

    deal = f"Comptoir de vente {width}"
    site.sends_a_quote(name, deal)
    page.reload()
    for papers in ("Opportunities", "Quotes", "E-mails"):
        found = page.get_by_role("table", name=rep.say(papers), exact=True)
        expect(found.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("table", name=rep.say("Quotes"), exact=True)).to_contain_text(deal)
    rep.sees("papers")


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_client_entered_twice(site: Site, colleague: Callable[..., Any], width: int, language: str):
    rep = colleague(Assistant, site, Look("clients-merged", width, language), language)
    page, name, double, siren = (
        rep.page,
        f"Corderie Vannier {width}",
        f"Ets Vannier {width}",
        siren_of(20_000 + width),
    )
    rep.signs_in()
    rep.enters_a_client(name, siren)
    rep.button("Use %(number)s", number=vat_number_of(siren)).click()
    rep.fills_in(phone="02 99 31 40 12", notes="Livrer avant 8 h.")
    rep.saves()
    rep.reads_heading(name)
    first = page.url

    rep.enters_a_client(double, siren)
    expect(page.locator("[data-similar]")).to_contain_text(name)
    rep.sees("double")
    rep.saves()
    rep.reads_heading(double)
    second = page.url
    page.get_by_role("link", name=rep.say("Compare and merge")).click()
    rep.reads_heading("Merge two clients")
    rep.sees("compared")
    for question in ("Which one stays", "Name"):
        page.get_by_role("group", name=rep.say(question), exact=True).get_by_label(name).check()
    rep.button("Merge").click()
    rep.is_told("The two clients are one now.")
    rep.reads_heading(name)
    expect(page).to_have_url(first)
    rep.sees("merged")
    page.goto(second)
    expect(page).to_have_url(first)

    rep.link("Archive this client").click()
    rep.sees("archiving")
    rep.button("Archive").click()
    rep.is_told("%(name)s is archived.", name=name)
    rep.sees("archived")
    rep.goes_to("/clients")
    expect(rep.finds(siren)).to_have_count(0)
    page.goto(first)
    rep.button("Restore").click()
    rep.is_told("%(name)s is among the clients again.", name=name)
    rep.goes_to("/clients")
    expect(rep.finds(siren)).to_have_count(1)
    rep.sees("found-again")


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_list_of_clients(site: Site, colleague: Callable[..., Any], width: int, language: str):
    manager = colleague(Manager, site, Look("clients-import", width, language), language)
    page, firm = manager.page, f"Chocolaterie Le Bihan {width}"
    good, person = siren_of(10_000 + width), f"Nolwenn Le Bihan {width}"
    rows = [
        [firm, good, f"bonjour@lebihan{width}.example", "Vannes", person],
        [f"Poterie Riou {width}", "", "", "Quimper", ""],
        [f"Cidrerie Guéguen {width}", "123456789", "", "Fouesnant", ""],
    ]
    manager.signs_in()
    manager.goes_to("/clients")
    manager.hands_over(table([HEADINGS[language], *rows], f"salon-{width}.csv"))
    manager.reads_tally(New=2, Changed=0, Unchanged=0, Wrong=1)
    wrong = page.get_by_role("table", name=manager.say("Rows that are wrong"))
    sentence = manager.say("This is not a SIREN number: it has 9 digits, and the last one checks the others.")
    expect(wrong).to_contain_text(sentence)
    manager.sees("tried")
    file, lines = manager.downloads(page.get_by_role("link", name=f"salon-{width}"))
    assert file == manager.say("%(name)s-to-correct.csv", name=f"salon-{width}")
    (line,) = lines
    assert list(line.values())[:5] == rows[2]
    assert line[manager.say("Reason")] == f"[{HEADINGS[language][1]}] {sentence}"

    manager.imports(2)
    manager.sees("imported")
    manager.link("Open the list").click()
    expect(manager.finds(str(good))).to_contain_text(firm)
    manager.link(firm).click()
    expect(page.get_by_role("region", name=manager.say("Contacts"))).to_contain_text(person)
    manager.sees("shown")
    manager.goes_to("/clients")
    _file, everybody = manager.downloads(manager.link("Export"))
    exported = {each[manager.say("Name")]: each for each in everybody}
    assert exported[firm][manager.say("SIREN")] == good
    assert exported[firm][manager.say("Contact’s name")] == person
    assert rows[1][0] in exported
    assert rows[2][0] not in exported
