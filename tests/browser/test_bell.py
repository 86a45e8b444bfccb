"""The bell of an open page counts what clients do meanwhile; by keyboard, in both languages, and in silence when it must."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Request, expect

from backoffice.db import db
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import StaffMember
from tests.backoffice.notices.conftest import told
from tests.browser.actors import Client, Company, Rep
from tests.browser.site import Site
from tests.browser.test_pages_are_accessible import faults
from tests.browser.test_tablet import presents
from tests.browser.watch import Axe, Look, Watch

OpenBrowser = Callable[..., tuple[Page, Watch]]
SOON = 10_500
"""Milliseconds after which a page that is looked at has asked again."""
BUYERS = {"fr": ("Mme Claire Moreau", "Claire Moreau"), "en": ("Harbour Street Studio", "Eleanor Whitby")}
NAMES = {"fr": r"Notifications, {}\snon\slues?", "en": r"Notices, {}\sunread"}
ADDRESS = "/notices/bell"
LOOK = """(looked) => {
  Object.defineProperty(document, "hidden", { value: !looked, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Bell:
    """Of a rep's page whose clock is ours, so that nobody waits for ten seconds."""

    def __init__(self, rep: Rep) -> None:
        self.rep, self.page = rep, rep.page
        self.questions = 0
        self.page.on("request", self._note)
        self.page.clock.install()

    def _note(self, request: Request) -> None:
        self.questions += urlsplit(request.url).path == ADDRESS

    def unread(self) -> int:
        return int(self.page.locator("a.bell").get_attribute("data-unread") or 0)

    def asks(self, milliseconds: int = SOON) -> int:
        """How it is answered when so much time has gone by."""
        with self.page.expect_response(re.compile(rf"\d{ADDRESS}$")) as come:
            self.page.clock.fast_forward(milliseconds)
        return come.value.status

    def is_silent(self, milliseconds: int = SOON) -> bool:
        """For so much time, once it has dealt with its last answer."""
        self.page.wait_for_timeout(500)
        before = self.questions
        self.page.clock.fast_forward(milliseconds)
        self.page.wait_for_timeout(500)
        return self.questions == before

    def is_looked_at(self, *, looked_at: bool) -> None:
        self.page.evaluate(LOOK, arg=looked_at)

    def says(self, count: int) -> None:
        name = re.compile(NAMES[self.rep.language].format(count))
        expect(self.page.locator("a.bell")).to_have_accessible_name(name)
        expect(self.page.locator(".tally")).to_have_text(str(count))
        expect(self.page).to_have_title(re.compile(rf"^\({count}\) \S"))


@pytest.fixture
def rep(site: Site, open_browser: OpenBrowser) -> Rep:
    page, watch = open_browser(1280)
    rep = Rep(page, site, Look("bell", 1280, "fr"), watch, language="fr")
    rep.signs_in()
    return rep


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (820, "fr"), (1280, "en")])
def test_a_signature_rings_on_the_page_that_is_open_and_one_key_leads_to_it(
    site: Site, company: Callable[..., Company], axe: Axe, width: int, language: str
):
    people = company(site, "bell", width, language, scheme="dark" if language == "fr" else "light")
    client, rep, title = people.client, people.rep, f"Console {language}"
    buyer, signer = BUYERS[language]
    link = site.sends_a_quote(buyer, title)
    site.speaks(rep.email, language)
    rep.signs_in()
    bell = Bell(rep)
    rep.goes_to("/today")
    before = bell.unread()
    rep.page.evaluate("window.unchanged = true")
    assert bell.asks() == 304

    client.opens(link)
    client.goes_to_sign()
    client.fills_in(signer, function="Manager" if language == "en" else None)
    client.presses_sign()
    client.sees_the_confirmation(signer)

    assert bell.asks() == 200
    bell.says(before + 1)
    expect(rep.page.locator("[data-bell-said][role=status]")).to_have_text(
        re.compile(rf"{rep.say('New notice: %(sentence)s', sentence=signer)}.*D-\d{{4}}-\d+")
    )
    assert rep.page.evaluate("window.unchanged"), "the page was loaded anew"
    rep.sees("rung")
    assert faults(axe, rep.page) == []

    rep.page.locator("a.bell").focus()
    rep.page.keyboard.press("Enter")
    rep.reads_heading("Notices")
    bell.says(before + 1)
    expect(rep.page.locator(".told > li").first).to_contain_text(rep.say("Unread"))
    rep.sees("notices")
    assert faults(axe, rep.page) == []
    newest = rep.page.locator(".told button.as-link").first
    expect(newest).to_contain_text(signer)
    newest.focus()
    rep.page.keyboard.press("Enter")
    rep.reads_heading(re.compile(re.escape(title)))
    assert bell.unread() == before
    site.speaks(rep.email, "fr")


def test_what_is_read_in_one_tab_is_read_in_all(site: Site, rep: Rep):
    def a_notice() -> None:
        deal, staff = db.session.execute(sa.select(Opportunity.id, Opportunity.owner_id).join(StaffMember).where(
            StaffMember.email == rep.email).limit(1)).one()  # fmt: skip
        db.session.rollback()
        told(staff, deal, 1)

    site.ask(a_notice)
    bell = Bell(rep)
    rep.goes_to("/today")
    assert bell.unread() > 0
    other = rep.page.context.new_page()
    other.goto(f"{site.url}/notices")
    other.get_by_role("button", name=rep.say("Mark all as read")).click()
    expect(other.locator(".told .fresh")).to_have_count(0)
    assert bell.asks() == 200
    expect(rep.page.locator("a.bell")).to_have_attribute("data-unread", "0")
    expect(rep.page.locator(".tally")).to_have_count(0)
    expect(rep.page.locator("[data-bell-said]")).to_have_text("")
    expect(rep.page).to_have_title(re.compile(r"^[^(]"))


def test_without_scripts_the_count_is_right_at_each_page(site: Site, open_browser: OpenBrowser):
    page, watch = open_browser(390, javascript=False)
    rep = Rep(page, site, Look("bell-plain", 390, "fr"), watch, language="fr")
    rep.signs_in()
    link = site.sends_a_quote(BUYERS["fr"][0], "Patère")
    rep.goes_to("/today")
    before = int(page.locator("a.bell").get_attribute("data-unread") or 0)
    visitor, its_watch = open_browser(390, javascript=False)
    client = Client(visitor, site, Look("bell-plain", 390, "fr"), its_watch, language="fr")
    client.opens(f"{link}/refuse")
    visitor.get_by_label("Prix").check()
    client.button("Refuse the quote").click()
    client.reads_heading("Your refusal has been sent")
    page.reload()
    expect(page.locator(".tally")).to_have_text(str(before + 1))
    page.locator("a.bell").click()
    page.locator(".told button.as-link").first.click()
    rep.reads_heading(re.compile("Patère"))
    assert int(page.locator("a.bell").get_attribute("data-unread") or 0) == before


def test_a_page_that_nobody_looks_at_asks_nothing_and_asks_at_once_when_it_is_seen(rep: Rep):
    bell = Bell(rep)
    rep.goes_to("/today")
    assert bell.asks() == 304
    bell.is_looked_at(looked_at=False)
    assert bell.is_silent(600_000)
    with rep.page.expect_response(re.compile(rf"\d{ADDRESS}$")) as come:
        bell.is_looked_at(looked_at=True)
    assert come.value.status == 304
    assert bell.asks() == 304


def test_a_busy_site_is_asked_less_and_less_and_then_as_before(rep: Rep):
    rep.watch.allow(503)
    bell = Bell(rep)
    rep.goes_to("/today")
    rep.page.route("**/notices/bell", lambda route: route.fulfill(status=503))
    assert bell.asks() == 503
    assert bell.is_silent()
    assert bell.asks() == 503
    assert bell.is_silent(30_000)
    rep.page.unroute("**/notices/bell")
    assert bell.asks(15_000) == 304
    assert bell.asks() == 304


def test_signed_out_elsewhere_it_falls_silent(rep: Rep):
    bell = Bell(rep)
    rep.goes_to("/today")
    rep.page.context.clear_cookies()
    assert bell.asks() == 303
    assert bell.is_silent(600_000)
    assert rep.page.url.endswith("/today")


def test_in_a_clients_hands_no_tab_asks_for_notices_and_back_home_they_do_again(site: Site, rep: Rep):
    rep.watch.allow(403)
    title = "Tablette de la cloche"
    site.sends_a_quote("Mme Claire Moreau", title)
    bell = Bell(rep)
    rep.goes_to("/today")
    other = rep.page.context.new_page()
    lender = Rep(other, site, rep.look, rep.watch, language="fr")
    presents(lender, title)
    expect(other.get_by_role("heading", level=1)).to_have_text(title)
    expect(other.locator("a.bell")).to_have_count(0)
    assert bell.asks() == 403
    assert bell.is_silent(600_000)
    expect(rep.page.locator("html")).to_be_hidden()
    lender.link("Hand the tablet back").click()
    other.get_by_label(rep.say("Password")).fill(site.passwords[Rep.email])
    lender.button("Back to my work").click()
    expect(other.locator("a.bell")).to_be_visible()
    with rep.page.expect_response(re.compile(rf"\d{ADDRESS}$")) as come:
        bell.is_looked_at(looked_at=True)
    assert come.value.status == 304
