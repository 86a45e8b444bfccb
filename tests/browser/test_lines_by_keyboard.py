"""A quote of ten lines, two sections, an option and two discounts, typed without leaving the keyboard."""

import sys
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backoffice.catalogue.models import Product
from backoffice.db import db
from backoffice.opportunities.models import LineKind, OpportunityLine
from tests.browser.editor import Editor, amount
from tests.browser.site import Site
from tests.browser.watch import SHOTS, Look, Watch

PAUSE = 200  # milliseconds between two keys: five characters a second
AIM = 120  # seconds
COPIED = ("unit_price", "vat_category", "vat_rate", "unit", "cost")
LIVING_ROOM, WORK = "Salon", "Pose et services"
WRITTEN = [
    LIVING_ROOM, "Bibliothèque en chêne massif", "Parquet contrecollé chêne, pose comprise", "Finition huile naturelle",
    "Lampe de lecture LED à pincer", "Échelle de bibliothèque",
    WORK, "Pose en atelier ou sur site", "Étude et plans d’exécution", "Déplacement",
    "Dépose et évacuation de l’existant", "Protection des sols",
]  # fmt: skip


class Hand:
    """Ten fingers, five characters a second."""

    def __init__(self, rep: Editor) -> None:
        self.rep, self.keys = rep, 0
        self.began = time.monotonic()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.rep.page.wait_for_timeout(PAUSE)
            self.rep.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.rep.page.wait_for_timeout(PAUSE)
        self.rep.page.keyboard.type(text, delay=PAUSE)
        self.keys += len(text)

    def adds_section(self, name: str) -> None:
        rows = self.rep.rows.count()
        self.type(name)
        self.press("Tab", "Tab", "Tab", "Enter")
        expect(self.rep.rows).to_have_count(rows + 1)
        expect(self.rep.adding).to_be_focused()

    def adds_product(self, letters: str, quantity: str = "") -> None:
        """And stays at its quantity."""
        rows = self.rep.rows.count()
        self.type(letters)
        expect(self.rep.page.locator("#adding-list [role=option]")).to_have_count(1)
        self.press("ArrowDown", "Enter")
        expect(self.rep.rows).to_have_count(rows + 1)
        expect(self.rep.rows.last.locator(".qty input")).to_be_focused()
        if quantity:
            self.type(quantity)

    def adds_free_line(self, name: str, price: str) -> None:
        rows = self.rep.rows.count()
        self.type(name)
        self.press("Tab", "Tab", "Enter")
        expect(self.rep.rows).to_have_count(rows + 1)
        self.press("Enter")  # one of it: on to the price, which nobody knows yet
        self.type(price)
        self.goes_on()

    def takes_off(self, discount: str) -> None:
        """From the quantity."""
        self.press("Tab", "Tab")
        self.type(discount)
        self.goes_on()

    def goes_on(self) -> None:
        self.press("Enter")
        expect(self.rep.adding).to_be_focused()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


@pytest.fixture
def rep(site: Site, open_browser: Callable[..., tuple[Page, Watch]]) -> Editor:
    """At the page of a deal without lines, the caret where lines are added."""
    page, watch = open_browser(1280)
    rep = Editor(page, site, Look("lines-by-keyboard", 1280, "fr"), watch, language="fr")
    rep.signs_in()
    rep.goes_to(site.begins_a_deal("Mme Claire Moreau", "Le salon au clavier"))
    rep.adding.focus()
    rep.watches_the_focus()
    return rep


def test_ten_lines_without_leaving_the_keyboard(rep: Editor, capsys: pytest.CaptureFixture[str]):
    hand = Hand(rep)
    hand.adds_section(LIVING_ROOM)
    for letters, quantity in (("bibliothèque en", "2"), ("contre", "32"), ("huile", "32")):
        hand.adds_product(letters, quantity)
        hand.goes_on()
    hand.adds_product("lampe", "6")
    hand.press("Alt+o")
    hand.goes_on()
    hand.adds_product("échelle")
    hand.takes_off("10 €")
    hand.adds_section(WORK)
    hand.adds_product("pose-h", "24")
    hand.goes_on()
    hand.adds_product("étude")
    hand.takes_off("5")
    hand.adds_product("déplac", "2")
    hand.goes_on()
    hand.adds_product("dépose")
    hand.goes_on()
    hand.adds_free_line("Protection des sols", "90")
    seconds = hand.seconds

    rep.sees_lines_saved()
    rep.never_lost_the_focus()
    tell(
        capsys, f"ten lines by keyboard: {hand.keys} keys, {seconds:.0f} s at {PAUSE} ms a key (aim: {AIM} s)"
    )
    rep.reads_lines(*WRITTEN)
    what_it_comes_to(rep)
    rep.keeps_lines(*WRITTEN)
    what_it_comes_to(rep)
    rep.sees("written")
    stored = rep.site.ask(lambda: lines_of(int(rep.page.url.rpartition("/")[2])))
    what_is_stored(rep.site, stored)


def what_it_comes_to(rep: Editor) -> None:
    sums = rep.page.locator("#ledger-sums")
    for figure in ("14 198,80", "1 159,68", "520,40", "15 878,88", "15 878,88 € – 16 210,08"):
        expect(sums).to_contain_text(amount(figure))
    expect(rep.row("Échelle de bibliothèque").locator(".sum")).to_contain_text(amount("630,00 €"))
    expect(rep.row("Étude et plans d’exécution").locator(".sum")).to_contain_text(amount("456,00 €"))
    expect(rep.row("Lampe de lecture LED à pincer")).to_contain_text(rep.say("Option, not ticked"))
    expect(rep.row(LIVING_ROOM).locator(".sum")).to_contain_text(amount("11 906,80 €"))


def what_is_stored(site: Site, lines: list[OpportunityLine]) -> None:
    assert [line.name.fr for line in lines] == WRITTEN
    assert [line.name.fr for line in lines if line.kind is LineKind.SECTION] == [LIVING_ROOM, WORK]
    items = {line.name.fr: line for line in lines if line.is_item}
    quantities = ["2", "32", "32", "6", "1", "24", "1", "2", "1", "1"]
    assert [line.quantity for line in items.values()] == [Decimal(each) for each in quantities]
    products = {
        product.name.fr: product for product in site.ask(lambda: db.session.scalars(sa.select(Product)).all())
    }
    for name, line in items.items():
        if name in products:  # its price, VAT and cost nobody typed
            product = products[name]
            assert [getattr(line, fact) for fact in COPIED] == [getattr(product, fact) for fact in COPIED], (
                name
            )
    assert [name for name, line in items.items() if line.is_optional] == ["Lampe de lecture LED à pincer"]
    taken_off = {
        name: (line.discount, line.discount_amount)
        for name, line in items.items()
        if line.discount or line.discount_amount
    }
    assert taken_off == {
        "Échelle de bibliothèque": (Decimal(0), Decimal(10)),
        "Étude et plans d’exécution": (Decimal(5), Decimal(0)),
    }
    free = items["Protection des sols"]
    assert (free.unit_price, free.vat_rate) == (Decimal(90), Decimal(20))


def lines_of(deal_id: int) -> list[OpportunityLine]:
    of_the_deal = sa.select(OpportunityLine).where(
        OpportunityLine.opportunity_id == deal_id, OpportunityLine.removed_at.is_(None)
    )
    return list(db.session.scalars(of_the_deal.order_by(OpportunityLine.position)))


def tell(capsys: pytest.CaptureFixture[str], figure: str) -> None:
    (SHOTS / "lines-by-keyboard" / "figure.txt").write_text(f"{figure}\n")
    with capsys.disabled():
        sys.stdout.write(f"\n{figure}\n")
