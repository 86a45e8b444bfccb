"""Marc at the end of the month: everything in one press, each invoice with its quote, and nobody to ask."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backoffice import clock
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.orders.models import Order
from tests.browser.actors import Accountant
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch
from tests.factories import a_line, an_invoice

OpenBrowser = Callable[..., tuple[Page, Watch]]


@dataclass(frozen=True)
class Billed:
    """Numbers of what Julien sold and invoiced today."""

    title: str
    quote: str
    order: str
    invoice: str


def bills(site: Site, title: str) -> Billed:
    order = site.takes_an_order("Garage Le Goff", title, a_line("Établi", "2", "640"))

    def act() -> Billed:
        invoice = an_invoice(order, issued=True)
        row = db.session.execute(
            sa.select(Order.quote_number, Order.number, Invoice.number)
            .join(Order, Order.id == Invoice.order_id)
            .where(Invoice.id == invoice)
        ).one()
        db.session.rollback()
        return Billed(title, *row)

    return site.ask(act)


@contextmanager
def at_work(
    site: Site, open_browser: OpenBrowser, story: str, width: int, language: str, **browser: object
) -> Iterator[Accountant]:
    page, watch = open_browser(width, language, **browser)
    marc = Accountant(page, site, Look(story, width, language), watch, language=language)
    site.speaks(marc.email, language)
    try:
        marc.signs_in()
        yield marc
    finally:
        site.speaks(marc.email, "fr")


def fetched(marc: Accountant, press: Callable[[], object]) -> zipfile.ZipFile:
    """What comes by itself after the press, however long it is packed."""
    with marc.page.expect_download(timeout=60_000) as coming:
        press()
    assert re.fullmatch(r"(comptabilite|accounting)-\d{4}-\d{2}\.zip", coming.value.suggested_filename)
    return zipfile.ZipFile(io.BytesIO(Path(coming.value.path()).read_bytes()))


def table_of(bag: zipfile.ZipFile) -> list[dict[str, str]]:
    (name,) = [each for each in bag.namelist() if each.endswith(".csv")]
    return list(csv.DictReader(io.StringIO(bag.read(name).decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (820, "en"), (1280, "fr"), (1280, "en")])
def test_the_month_in_one_press(site: Site, open_browser: OpenBrowser, axe: Axe, width: int, language: str):
    billed = bills(site, f"Établi {width} {language}")
    with at_work(site, open_browser, "accountant", width, language) as marc:

        def seen(step: str) -> None:
            marc.sees(step)
            assert axe.violations(marc.page) == [], step

        marc.page.get_by_role("navigation", name=marc.say("Main menu")).get_by_role(
            "link", name=marc.say("Accounting"), exact=True
        ).click()
        month = site.ask(lambda: clock.today("Europe/Paris"))
        expect(marc.page.get_by_role("heading", level=1)).to_contain_text(str(month.year))
        row = marc.page.get_by_role("row").filter(has_text=billed.invoice)
        for words in (billed.quote, billed.order, "Garage Le Goff"):
            expect(row).to_contain_text(words)
        seen("month")
        bag = fetched(marc, marc.button("Download everything (ZIP)").click)
        lines = table_of(bag)
        number, file = ("Numéro", "Fichier") if language == "fr" else ("Number", "File")
        assert {billed.invoice, "A-2026-0001"[:2] + str(month.year) + "-0001"} <= {
            line[number] for line in lines
        }
        assert all(bag.read(line[file]).startswith(b"%PDF-") for line in lines)
        assert len(bag.namelist()) == len(lines) + 1
        expect(marc.page.locator(".chip")).to_have_text(marc.say("Done"))
        seen("packed")
        marc.link("Back to the accounting").click()
        expect(marc.page.get_by_role("row").filter(has_text=billed.invoice)).to_be_visible()
        marc.field("First day").fill("2020-01-01")
        marc.button("Show").click()
        expect(marc.page.get_by_role("alert")).to_contain_text(marc.say("Choose two years at most."))
        seen("too-long")


@pytest.mark.parametrize(("width", "language"), [(390, "en"), (820, "fr"), (1280, "fr")])
def test_a_quote_s_number_is_enough(
    site: Site, open_browser: OpenBrowser, axe: Axe, width: int, language: str
):
    billed = bills(site, f"Étau {width} {language}")
    other = bills(site, f"Enclume {width} {language}")
    with at_work(site, open_browser, "lists", width, language) as marc:
        for path, found, left_out in (
            ("/invoices", billed.invoice, other.invoice),
            ("/orders", billed.order, other.order),
        ):
            marc.goes_to(path)
            marc.field("Number, client, contact or title").fill(billed.quote.lower())
            marc.button("Filter").click()
            expect(marc.link_of(found)).to_be_visible()
            expect(marc.link_of(left_out)).to_have_count(0)
            marc.sees(path.strip("/"))
            assert axe.violations(marc.page) == []
            marc.goes_to(path)
            marc.page.get_by_role("link", name="Garage Le Goff").first.click()
            expect(marc.field("Client").and_(marc.page.locator("select"))).to_have_value(re.compile(r"\d+"))
            expect(marc.link_of(found)).to_be_visible()
            assert axe.violations(marc.page) == []
        marc.goes_to("/invoices")
        marc.field("State").select_option("unpaid")
        marc.button("Filter").click()
        expect(marc.link_of(billed.invoice)).to_be_visible()
        marc.sees("unpaid")
        marc.field("State").select_option("to_refund")
        marc.button("Filter").click()
        expect(marc.page.get_by_text(marc.say("No invoice found"))).to_be_visible()
        marc.sees("nothing")


def test_without_scripts_the_file_comes_all_the_same(site: Site, open_browser: OpenBrowser):
    billed = bills(site, "Établi sans script")
    with at_work(site, open_browser, "accountant-plain", 1280, "fr", javascript=False) as marc:
        marc.goes_to("/accounting")
        bag = fetched(marc, marc.button("Download everything (ZIP)").click)
        assert f"{billed.invoice}.pdf" in bag.namelist()
        marc.sees("packed")


def test_in_the_dark_the_page_has_contrast_too(site: Site, open_browser: OpenBrowser, axe: Axe):
    bills(site, "Établi de nuit")
    with at_work(site, open_browser, "accountant-dark", 390, "fr", scheme="dark") as marc:
        marc.goes_to("/accounting")
        marc.sees("month")
        assert axe.violations(marc.page) == []
