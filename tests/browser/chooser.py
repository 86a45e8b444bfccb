"""A client who makes up their mind, and what is offered to them."""

import re
from collections.abc import Sequence
from decimal import Decimal

from playwright.sync_api import Locator, expect

from backoffice.db import Bilingual
from backoffice.opportunities.models import LineKind, OpportunityLine
from tests.browser.actors import Client
from tests.factories import a_line

BUYER = "Mme Claire Moreau"


def a_section(name: str, *, one_of: bool = False, hides_prices: bool = False) -> OpportunityLine:
    return OpportunityLine(
        kind=LineKind.SECTION, name=Bilingual(name, f"{name} (en)"), one_of=one_of, hides_prices=hides_prices
    )


def an_offer(line: OpportunityLine, **terms: object) -> OpportunityLine:
    for name, value in terms.items():
        setattr(line, name, value)
    return line


def what_is_offered() -> Sequence[OpportunityLine]:
    """Two firm lines whose prices are hidden, one finish of two, a ticked option of 4 to 12, another option."""
    return [
        a_section("Salon", hides_prices=True),
        a_line("Bibliothèque", "1", "4280", "10"),
        a_line("Parquet", "32", "78.50", "10"),
        a_section("Finition", one_of=True),
        an_offer(a_line("Huile", "32", "6.40", "10"), is_taken=True),
        an_offer(a_line("Vernis", "32", "9.50", "10"), is_taken=False),
        a_section("Options"),
        an_offer(
            a_line("Lampe", "6", "46"),
            is_optional=True, is_taken=True, quantity_min=Decimal(4), quantity_max=Decimal(12),
        ),
        an_offer(a_line("Échelle", "1", "640"), is_optional=True, is_taken=False),
    ]  # fmt: skip


class Chooser(Client):
    """A client who makes up their mind, with JavaScript or without."""

    javascript = True

    def box(self, name: str) -> Locator:
        return self.page.locator(".lines tr", has_text=name).locator(
            "input[type=checkbox], input[type=radio]"
        )

    def ticks(self, name: str, *, to: bool = True) -> None:
        self.box(name).set_checked(to)
        self.recalculates()

    @property
    def quantity(self) -> Locator:
        return self.page.locator(".stepper input")

    def types_quantity(self, text: str) -> None:
        self.quantity.fill(text)
        self.recalculates()

    def one(self, words: str) -> None:
        self.button(words).click()

    def recalculates(self) -> None:
        """What a script does by itself."""
        if not self.javascript:
            self.page.locator(".recalculate button").click()

    def reads_total(self, euros: str, *, said: bool = True) -> None:
        """Beside the lines and in the bar of small screens; the same as what the server says anew.

        ``said``: assistive technology is told, too, because it has just changed.
        """
        total = self.amount(euros)
        expect(self.page.locator("#sums")).to_contain_text(total)
        expect(self.page.locator("#bar-total")).to_have_text(total)
        if self.javascript and said:
            expect(self.page.locator("#spoken-total")).to_contain_text(total)
        shown = self.page.locator("#sums").inner_text()
        answer = self.page.request.get(self.page.url)
        assert total.search(answer.text()), euros
        assert shown.split() == self.asked_anew().split()

    def asked_anew(self) -> str:
        """The sums as the server writes them for this address."""
        page = self.page.context.new_page()
        page.goto(self.page.url)
        sums: str = page.locator("#sums").inner_text()
        page.close()
        return sums

    def amount(self, euros: str) -> re.Pattern[str]:
        whole, cents = euros.split(".")
        thousands = f"{int(whole):,}".split(",")
        if self.language == "en":
            return re.compile(re.escape(f"€{','.join(thousands)}.{cents}"))
        return re.compile(r"\s".join(thousands) + f",{cents}\\s€")
