"""A client chooses among options, variants and quantities, and signs what they chose."""

import io
import re
from collections.abc import Callable

import pypdf
import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import selectinload

from backoffice.db import db
from backoffice.orders.models import Order
from tests.browser.chooser import BUYER, Chooser, what_is_offered
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch

SIGNER = "Claire Moreau"
WAYS = [(390, "fr", True), (390, "en", False), (1280, "en", True), (1280, "fr", False)]
NAMES = [
    f"{width} {language} {'with' if javascript else 'without'} JavaScript"
    for width, language, javascript in WAYS
]


@pytest.fixture(params=WAYS, ids=NAMES)
def client(
    request: pytest.FixtureRequest, site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
) -> Chooser:
    """At a quote that leaves them a choice."""
    width, language, javascript = request.param
    page, watch = open_browser(width, language, javascript=javascript)
    story = "choice" if javascript else "choice-without-javascript"
    client = Chooser(page, site, Look(story, width, language), watch, language=language)
    client.javascript, client.axe = javascript, axe if javascript else None
    address = site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered())
    client.opens(re.sub(r"/p/\w\w/", f"/p/{language}/", address))
    return client


def test_a_client_chooses_and_signs_the_choice(
    client: Chooser, open_browser: Callable[..., tuple[Page, Watch]]
):
    client.reads_total("8027.68", said=False)
    no_firm_line_shows_a_price(client)
    client.sees("offered")
    client.ticks("Échelle")
    client.reads_total("8795.68")
    client.ticks("Vernis")
    client.reads_total("8904.80")
    client.types_quantity("8")
    client.reads_total("9015.20")
    client.one("One more")
    client.reads_total("9070.40")
    client.one("One less")
    client.reads_total("9015.20")
    expect(client.quantity).to_have_value("8")
    client.ticks("Échelle", to=False)
    client.reads_total("8247.20")
    client.ticks("Échelle")
    client.reads_total("9015.20")
    client.sees("chosen")
    no_firm_line_shows_a_price(client)

    client.page.reload()
    reads_the_choice(client)
    page, watch = open_browser(390, client.language)
    somebody = Chooser(page, client.site, client.look, watch, language=client.language)
    somebody.opens(client.page.url)
    reads_the_choice(somebody)

    client.goes_to_sign()
    states_the_choice(client, client.page.locator(".deal").first)
    client.page.go_back()
    reads_the_choice(client)
    client.goes_to_sign()
    client.signs_by_typing(SIGNER)
    states_the_choice(client, client.page.locator("#content ~ aside"))
    number = re.search(
        r"CMD-[\d-]+|[A-Z]+-\d{4}-\d+", client.page.locator("section[aria-labelledby=next]").inner_text()
    )
    assert number is not None
    assert client.site.ask(lambda: ordered(number[0])) == [
        ("Bibliothèque", 1), ("Parquet", 32), ("Vernis", 32), ("Lampe", 8), ("Échelle", 1),
    ]  # fmt: skip
    last = pypdf.PdfReader(io.BytesIO(client.waits_for_the_signed_copy())).pages[-1].extract_text()
    appended = " ".join(last.split())
    assert client.amount("9015.20").search(appended), appended
    for taken in ("Vernis", "Lampe", "Échelle"):
        assert taken in appended
    assert f"Huile {client.site.say('fr', 'not taken')}" in appended


def test_a_quantity_that_cannot_be_had_is_told_and_kept(client: Chooser):
    client.watch.allow(422)
    client.ticks("Échelle")
    client.reads_total("8795.68")
    client.types_quantity("50")
    told = client.say("Choose a whole number from %(least)s to %(most)s.", least="4", most="12")
    expect(client.page.locator("[id$=-error]").filter(has_text=told)).to_be_visible()
    expect(client.quantity).to_have_value("50")
    expect(client.quantity).to_have_attribute("aria-invalid", "true")
    expect(client.box("Échelle")).to_be_checked()
    client.sees("out-of-range")
    if client.javascript:
        expect(client.page.locator("#spoken-total")).to_contain_text(told)
        client.visible(client.link("Accept and sign")).click()
        expect(client.quantity).to_be_focused()  # mended first: nobody signs another quantity than they typed
    else:
        expect(client.link("Accept and sign")).to_have_count(0)
    client.types_quantity("8")
    client.reads_total("8906.08")
    client.goes_to_sign()
    expect(client.page.locator(".deal").first).to_contain_text(client.amount("8906.08"))


def test_the_choice_goes_on_to_the_other_language(client: Chooser):
    client.ticks("Échelle")
    client.reads_total("8795.68")
    other = "en" if client.language == "fr" else "fr"
    client.page.locator(f"a[hreflang={other}]").first.click()
    client.language = other
    client.reads_total("8795.68", said=False)
    expect(client.box("Échelle")).to_be_checked()


def no_firm_line_shows_a_price(client: Chooser) -> None:
    table = client.page.locator("table.lines")
    for row in table.locator("tr").filter(has_text=re.compile("Bibliothèque|Parquet")).all():
        assert not re.search(r"€", row.inner_text())
    expect(table.locator("tr", has_text="Salon").first).to_contain_text("€")


def reads_the_choice(client: Chooser) -> None:
    for name, taken in (("Échelle", True), ("Vernis", True), ("Huile", False), ("Lampe", True)):
        expect(client.box(name)).to_be_checked(checked=taken)
    expect(client.quantity).to_have_value("8")
    expect(client.page.locator("#bar-total")).to_have_text(client.amount("9015.20"))


def states_the_choice(client: Chooser, place: Locator) -> None:
    for taken in ("Bibliothèque", "Parquet", "Vernis", "Lampe", "Échelle"):
        expect(place).to_contain_text(taken)
    expect(place).to_contain_text(client.amount("9015.20"))
    expect(place).not_to_contain_text("Huile")
    for hidden in ("4280.00", "4708.00", "2512.00", "2763.20"):
        expect(place).not_to_contain_text(client.amount(hidden))


def ordered(number: str) -> list[tuple[str, int]]:
    order = db.session.scalars(
        sa.select(Order).where(Order.number == number).options(selectinload(Order.lines))
    ).one()
    return [(line.name.fr, int(line.quantity)) for line in order.lines]
