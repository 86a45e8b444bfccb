"""A client chooses among options, variants and quantities, and signs what they chose."""

import io
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import pypdf
import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import selectinload

from backoffice.db import Bilingual, db
from backoffice.money import Recurrence
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.orders.models import Order
from tests.browser.actors import Client
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch
from tests.factories import a_line

BUYER, SIGNER = "Mme Claire Moreau", "Claire Moreau"
WAYS = [(390, "fr", True), (390, "en", False), (1280, "en", True), (1280, "fr", False)]
NAMES = [
    f"{width} {language} {'with' if javascript else 'without'} JavaScript"
    for width, language, javascript in WAYS
]


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


def test_a_hurried_hand_signs_what_it_ticked(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """The tick and the way to the signature within one answer of a slow server."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-hurried", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    page.route("**/choice?*", lambda route: (page.wait_for_timeout(500), route.continue_())[1])
    client.box("Échelle").check()
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8795.68"))


def test_nobody_signs_a_choice_whose_total_never_came(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """A telephone that loses the network while ticking: the way to the signature leads to the quote with the tick."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-unanswered", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    unreachable = lambda route: route.abort() if "x-parts" in route.request.headers else route.continue_()  # noqa: E731
    watch.allow_cuts()
    page.route("**/choice?*", unreachable)
    client.box("Échelle").check()
    expect(page.locator(".recalculate")).to_be_visible()
    client.visible(client.link("Accept and sign")).click()
    page.wait_for_url("**o=*")
    assert "/sign" not in page.url
    expect(client.box("Échelle")).to_be_checked()
    expect(page.locator("#bar-total")).to_have_text(client.amount("8795.68"))


def test_what_a_browser_restores_is_calculated(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """Ticked, left before the answer, and come back to: the tick and the total are of one choice."""
    page, watch = open_browser(390)
    client = Chooser(page, site, Look("choice-restored", 390, "fr"), watch, language="fr")
    address = site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered())
    client.opens(re.sub(r"/p/\w\w/", "/p/fr/", address))
    page.route("**/choice?*", lambda _route: None)
    client.box("Échelle").check()
    page.goto(f"{page.url}/changes")
    page.unroute_all()
    page.go_back()
    expect(client.box("Échelle")).to_be_checked()
    expect(page.locator("#bar-total")).to_have_text(client.amount("8795.68"))
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8795.68"))


def test_a_quantity_refused_on_a_whole_page_is_mended_and_signed(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe
):
    """Sent before the script had loaded, as a slow telephone does."""
    page, watch = open_browser(390)
    watch.allow(422)
    client = Chooser(page, site, Look("choice-refused", 390, "fr"), watch, language="fr")
    client.opens(site.sends_a_quote(BUYER, "Salon au choix", lines=what_is_offered()))
    client.quantity.evaluate("(field) => { field.value = '50'; field.form.submit(); }")
    page.wait_for_url("**/choice?*")
    client.quantity.fill("8")
    page.locator(".recalculate button").click()
    client.goes_to_sign()
    expect(page.locator(".deal").first).to_contain_text(client.amount("8138.08"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_long_amounts_and_how_often_they_are_paid_fit_a_telephone(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe, language: str
):
    page, watch = open_browser(390, language)
    client = Chooser(page, site, Look("choice-wide", 390, language), watch, language=language)
    lines = [
        an_offer(
            a_line("Visite", "1", "18000"), recurrence=Recurrence.YEARLY, is_optional=True, is_taken=True
        ),
        an_offer(a_line("Machine", "6", "1234567.89"), quantity_min=Decimal(4), quantity_max=Decimal(12)),
    ]
    address = site.sends_a_quote(BUYER, "Machines", lines=lines)
    client.opens(re.sub(r"/p/\w\w/", f"/p/{language}/", address))
    client.sees("wide")
    total = page.locator("#bar-total").bounding_box()
    sign = page.locator(".bar a").bounding_box()
    assert total is not None and sign is not None  # noqa: PT018
    assert total["x"] + total["width"] <= sign["x"]
    span = page.locator("#sums dd").filter(has_text="–").bounding_box()
    sums = page.locator("#sums").bounding_box()
    assert span is not None and sums is not None  # noqa: PT018
    assert span["x"] + span["width"] <= sums["x"] + sums["width"]
    client.goes_to_sign()
    client.sees("wide-to-sign")


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
