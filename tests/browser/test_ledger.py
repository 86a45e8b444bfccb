"""The lines of a deal and the wording of its quote, edited on one page: hurried hands, small screens, slow networks."""

import re
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Error, Locator, Page, Request, Route, expect

from backoffice import clock
from backoffice.clients.models import Client
from backoffice.db import Bilingual
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine, Phase
from backoffice.staff.models import StaffMember
from backoffice.work import unit_of_work
from tests.browser.actors import Rep
from tests.browser.site import Site
from tests.browser.watch import Look, Watch
from tests.factories import PAST, a_line, a_quote

SEEN_WHOLE = """(button) => {
  const box = button.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.left >= 0 && box.right <= document.documentElement.clientWidth && button.contains(top);
}"""
WIDTHS_OF_THE_PAGE = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"

BETWEEN_TWO_CLICKS = 30  # milliseconds: the first has been sent, its answer is not there yet

THIN = "\u202f"

OpenLedger = Callable[..., Rep]


@pytest.fixture
def deal(site: Site) -> str:
    """Julien's: a line, a section, a line, and a quote that was not sent. Gives its address."""

    def make() -> int:
        with unit_of_work() as session:
            client = session.scalars(sa.select(Client).where(Client.name == "Mme Claire Moreau")).one()
            owner = session.scalars(sa.select(StaffMember).where(StaffMember.email == Rep.email)).one()
            phase = session.scalars(sa.select(Phase).order_by(Phase.position)).first()
            assert phase is not None
            lines = [
                a_line("Étagère en chêne", "3", "184.50"),
                OpportunityLine(kind=LineKind.SECTION, name=Bilingual("Fournitures et pose", "Supplies")),
                a_line("Pose sur site", "4", "54"),
            ]
            for position, line in enumerate(lines):
                line.position = position
            opportunity = Opportunity(
                title="Étagères du salon", client_id=client.id, owner_id=owner.id, pipeline_id=phase.pipeline_id,
                phase_id=phase.id, created_at=PAST, lines=lines,
            )  # fmt: skip
            session.add(opportunity)
            session.flush()
            made: int = opportunity.id
        a_quote(made, clock.now())
        return made

    return f"/opportunities/{site.ask(make)}"


@pytest.fixture
def open_ledger(site: Site, deal: str, open_browser: Callable[..., tuple[Page, Watch]]) -> OpenLedger:
    """``open_ledger(width, clock=False)``: Julien at the page of the deal; with ``clock`` its time is the test's."""

    def open_it(width: int = 1280, *, clock: bool = False) -> Rep:
        page, watch = open_browser(width)
        if clock:
            page.clock.install()
        rep = Rep(page, site, Look("ledger", width, "fr"), watch, language="fr")
        rep.signs_in()
        rep.goes_to(deal)
        expect(names(rep)).to_have_count(3)
        return rep

    return open_it


def names(rep: Rep) -> Locator:
    return rep.page.locator("[name$='-name']")


def menus(rep: Rep) -> Locator:
    return rep.page.locator(".ledger [data-more]")


def of_the_menu(rep: Rep, act: str) -> Locator:
    return rep.page.get_by_role("menuitem", name=rep.say(act), exact=True)


def quote_saved(rep: Rep) -> Locator:
    return rep.page.get_by_role("status").filter(has_text=re.compile(rf"^\s*{rep.say('Saved.')}\s*$"))


def reads(rep: Rep, *lines: str) -> None:
    """Those lines, in that order, on the page and in the table."""
    expect(names(rep)).to_have_count(len(lines))
    for field, line in zip(names(rep).all(), lines, strict=True):
        expect(field).to_have_value(line)


def posts_of(page: Page) -> list[str]:
    """Filled with what the page posts from now on."""
    posted: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            posted.append(request.url)

    page.on("request", note)
    return posted


def test_ctrl_s_saves_the_form_that_is_typed_in_and_only_that(open_ledger: OpenLedger):
    rep = open_ledger()
    posted = posts_of(rep.page)
    names(rep).first.fill("Étagère en frêne")
    rep.page.keyboard.press("Control+s")
    rep.sees_lines_saved()
    expect(names(rep).first).to_have_value("Étagère en frêne")
    assert {address.rpartition("/")[2] for address in posted} == {"row"}
    rep.page.locator("#title").fill("Étagères en frêne")
    posted.clear()
    rep.page.keyboard.press("Control+s")
    expect(quote_saved(rep)).to_be_visible()
    expect(rep.page.locator("#title")).to_have_value("Étagères en frêne")
    assert ["/quotes/" in address for address in posted] == [True]
    expect(names(rep).first).to_have_value("Étagère en frêne")


def test_ctrl_s_from_elsewhere_saves_the_form_that_was_changed(open_ledger: OpenLedger):
    rep = open_ledger()
    posted = posts_of(rep.page)
    rep.page.keyboard.press("Control+s")  # nothing was changed: nothing is sent
    rep.page.locator("#title").fill("Étagères en frêne")
    rep.page.locator("#title").blur()
    rep.page.keyboard.press("Control+s")
    expect(quote_saved(rep)).to_be_visible()
    assert ["/quotes/" in address for address in posted] == [True]


def test_pressing_twice_adds_one_line(open_ledger: OpenLedger):
    rep = open_ledger()
    rep.page.locator("#adding").fill("Xylophone")
    rep.button("Add a free line").dblclick(delay=BETWEEN_TWO_CLICKS)
    expect(names(rep)).to_have_count(4)
    expect(names(rep).last).to_have_value("Xylophone")
    expect(rep.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("act", ["Move down", "Remove"])
def test_pressing_twice_moves_or_removes_once(open_ledger: OpenLedger, act: str):
    rep = open_ledger()
    menus(rep).first.click()
    of_the_menu(rep, act).dblclick(delay=BETWEEN_TWO_CLICKS)
    said = {"Move down": "Moved to place %(place)s.", "Remove": "Line removed."}[act]
    expect(rep.lines_say).to_contain_text(rep.say(said, place=2))
    left = {"Move down": ["Fournitures et pose", "Étagère en chêne", "Pose sur site"],
            "Remove": ["Fournitures et pose", "Pose sur site"]}[act]  # fmt: skip
    reads(rep, *left)
    rep.page.reload()
    reads(rep, *left)


@pytest.mark.parametrize("width", [390, 820])
@pytest.mark.parametrize("row", [0, 1, 2], ids=["line", "section", "last line"])
def test_the_menu_of_a_line_opens_inwards(open_ledger: OpenLedger, width: int, row: int):
    rep = open_ledger(width)
    menus(rep).nth(row).click()
    wide, window = rep.page.evaluate(WIDTHS_OF_THE_PAGE)
    assert wide == window
    for act in ("Move up", "Move down", "Remove"):
        button = of_the_menu(rep, act)
        button.scroll_into_view_if_needed()
        assert button.evaluate(SEEN_WHOLE), act
    rep.sees(f"menu-{row}")


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_a_section_is_removed_on_every_screen(open_ledger: OpenLedger, width: int):
    rep = open_ledger(width)
    menus(rep).nth(1).click()
    of_the_menu(rep, "Remove").click()
    reads(rep, "Étagère en chêne", "Pose sur site")


@pytest.mark.parametrize("key", ["Tab", "Escape"])
def test_an_answer_that_comes_late_opens_no_list(open_ledger: OpenLedger, key: str):
    rep = open_ledger()
    page = rep.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/catalogue/search?*", hold)
    page.locator("#adding").focus()
    with page.expect_request("**/catalogue/search?*"):
        page.keyboard.type("pose")
    page.keyboard.press(key)
    assert held
    for route in held:
        try:
            route.fulfill(content_type="text/html", body='<li role="option" data-value="1">Pose</li>')
        except Error:  # dropped by the page, as it should be
            continue
    page.unroute("**/catalogue/search?*")
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    expect(page.locator("#adding-list")).to_be_hidden()
    assert page.locator("#adding").get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("key", ["Tab", "Escape"])
def test_a_field_that_was_left_asks_no_more(open_ledger: OpenLedger, key: str):
    rep = open_ledger(clock=True)
    page = rep.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#adding").focus()
    page.clock.pause_at(page.evaluate("Date.now() + 60_000") / 1000)
    page.keyboard.type("pose")
    page.keyboard.press(key)
    page.clock.run_for(1000)
    expect(page.locator("#adding-list")).to_be_hidden()
    assert not [address for address in asked if "/catalogue/search" in address]


def test_a_save_that_was_stopped_is_tried_again(open_ledger: OpenLedger):
    rep = open_ledger(clock=True)
    page = rep.page
    page.route("**/row", lambda route: route.abort("aborted"))  # as Escape does
    names(rep).first.fill("Étagère en frêne")
    names(rep).first.blur()
    expect(rep.lines_say).to_have_text(
        rep.say("No connection: what you typed is kept here and sent as soon as there is one.")
    )
    page.unroute("**/row")
    page.clock.fast_forward("00:05")
    rep.sees_lines_saved()
    page.reload()
    expect(names(rep).first).to_have_value("Étagère en frêne")


def test_what_was_typed_is_stored_before_another_page_opens(open_ledger: OpenLedger):
    """A slow server, and a hurried hand: the link is pressed while the row is still on its way."""
    rep = open_ledger()
    rep.page.route("**/row", answers_late)
    names(rep).first.fill("Étagère en frêne")
    with rep.page.expect_popup() as opened:
        rep.link("Client preview").first.click()
    expect(opened.value.locator("body")).to_contain_text("Étagère en frêne")


def test_what_is_typed_while_a_row_is_on_its_way_is_stored_too(open_ledger: OpenLedger):
    rep = open_ledger()
    rep.page.route("**/row", answers_late)
    names(rep).first.fill("Étagère en frêne")
    for field, value in (("quantity", "7"), ("unit_price", "200"), ("discount", "5")):
        rep.page.locator(f"[name$='-{field}']").first.fill(value)
    rep.page.locator("#adding").focus()
    expect(rep.page.locator(".ledger .sum").nth(0)).to_contain_text(f"1{THIN}330,00")
    rep.page.reload()
    expect(names(rep).first).to_have_value("Étagère en frêne")
    expect(rep.page.locator("[name$='-quantity']").first).to_have_value(re.compile("^7"))


def test_a_fact_of_the_deal_is_changed_after_its_lines(open_ledger: OpenLedger):
    """One's own lines are no stale page."""
    rep = open_ledger()
    names(rep).first.fill("Étagère en frêne")
    names(rep).first.blur()
    rep.sees_lines_saved()
    rep.page.get_by_role("list", name=rep.say("Phases")).get_by_role("button").first.click()
    expect(rep.page.get_by_role("alert")).to_have_count(0)
    expect(names(rep).first).to_have_value("Étagère en frêne")


def answers_late(route: Route) -> None:
    time.sleep(0.6)
    route.continue_()
