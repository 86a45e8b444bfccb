"""Five of eight chairs are invoiced and two come back: part invoice, payments, credit note, the rest. Three widths, both languages, axe."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Salesperson
from tests.browser.site import Site
from tests.factories import a_line

WIDTHS = [(390, "fr"), (820, "en"), (1280, "fr")]
CHAIRS = "Chaise"


class Biller(Salesperson):
    """Marc, who invoices what others sold."""

    email = "marc@atelier-duval.example"

    @property
    def quantity(self) -> Locator:
        return self.chairs.get_by_role("textbox")

    @property
    def chairs(self) -> Locator:
        return self.page.get_by_role("row").filter(has_text=CHAIRS)

    def part(self, heading: str) -> Locator:
        return self.page.get_by_role("region", name=self.say(heading))

    def records(self, amount: str) -> None:
        self.part("Payments").locator("[name=amount]").fill(amount)
        self.button("Record").click()
        expect(self.said).to_be_visible()

    def still_owes(self, amount: str) -> None:
        expect(self.part("Payments").locator(".grand")).to_contain_text(amount)

    def reads_of_the_chairs(self, *counts: str) -> None:
        """Invoiced, credited and remaining, on the order's page."""
        cells = self.chairs.get_by_role("cell")
        for place, count in enumerate(counts, start=1):
            expect(cells.nth(place)).to_contain_text(re.compile(rf"(^|\D){count}$"))


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_part_is_invoiced_paid_and_credited_and_then_the_rest(
    site: Site, desk: Callable[..., Biller], width: int, language: str
):
    order = site.takes_an_order("Garage Le Goff", f"Réfectoire {width}", a_line(CHAIRS, "8", "100", "20"))
    marc = desk("parts", width, language, Biller)
    marc.watch.allow(422)
    marc.goes_to(f"/orders/{order}")
    marc.link("Invoice a part").click()
    marc.quantity.fill("9")
    marc.button("Create the draft").click()
    marc.is_told_what_is_wrong("At most %(quantity)s is left.", quantity="8")
    expect(marc.quantity).to_have_value("9")
    marc.sees("too-many")
    marc.quantity.fill("5")
    marc.button("Create the draft").click()
    part = marc.issues()
    marc.still_owes("600")
    marc.records("200")
    marc.sees_chip("Partly paid")
    marc.still_owes("400")

    marc.link("Credit note").click()
    marc.quantity.fill("2")
    marc.button("Issue the credit note").click()
    marc.is_told_what_is_wrong("Say why, in a few words: the client reads it on the credit note.")
    marc.field("Reason").fill("Deux chaises rayées")
    marc.button("Issue the credit note").click()
    amount = "240,00\u00a0€" if language == "fr" else "€240.00"
    marc.is_told_what_is_wrong(
        "These quantities come to %(amount)s. Check that, then issue the credit note.", amount=amount
    )
    expect(marc.quantity).to_have_value("2")
    marc.sees("crediting")
    marc.button("Issue the credit note").click()
    expect(marc.said).to_be_visible()
    marc.reads("Deux chaises rayées")
    marc.sees("credited")

    marc.part("From quote to payment").get_by_role("link", name=part).click()
    marc.still_owes("160")
    marc.button("Record").click()  # all that is open, as the form proposes it
    marc.sees_chip("Paid")
    marc.sees("settled")
    marc.goes_to(f"/orders/{order}")
    marc.reads_of_the_chairs("5", "2", "5")
    marc.sees("between")
    marc.button("Create the balance invoice").click()
    rest = marc.issues()
    marc.still_owes("600")
    marc.goes_to(f"/orders/{order}")
    marc.reads_of_the_chairs("10", "2", "0")
    chain = marc.part("From quote to payment")
    for paper in (part, rest):
        expect(chain.get_by_role("link", name=paper)).to_be_visible()
    marc.sees("all-invoiced")
