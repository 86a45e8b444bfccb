"""Everything without a mouse; and hands that press twice or go back."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backoffice.db import db
from backoffice.signatures.models import Signature
from tests.browser.actors import MENTION, Client, Rep
from tests.browser.site import Site
from tests.browser.watch import Look, Watch

BUYER, SIGNER = "Mme Claire Moreau", "Claire Moreau"
LONGEST_WAY = 40  # presses of Tab on one page

FOCUSED = """() => {
  const it = document.activeElement;
  const style = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  const label = it.labels?.[0];
  return {
    tag: it.tagName, name: it.name ?? "", text: it.innerText?.trim() ?? "", id: it.id, top: box.top + scrollY,
    marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    uncovered: !!top && (it.contains(top) || top.contains(it) || !!label?.contains(top)) && y > 0 && y < innerHeight,
    inMain: !!it.closest("main"),
  };
}"""


@pytest.fixture(params=[390, 1280])
def client(
    request: pytest.FixtureRequest, site: Site, open_browser: Callable[..., tuple[Page, Watch]]
) -> Client:
    page, watch = open_browser(request.param)
    return Client(page, site, Look("keyboard", request.param, "fr"), watch, language="fr")


def stops(page: Page) -> Iterator[dict]:
    """What Tab reaches, one after the other, each with the focus to be seen."""
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        assert here["marked"], f"no mark of focus on {here}"
        assert here["uncovered"], f"hidden while focused: {here}"
        yield here


def tab_to(page: Page, *, text: str = "", name: str = "") -> None:
    way = []
    for here in stops(page):
        way.append(here)
        if (text and here["text"] == text) or (name and here["name"] == name):
            return
    raise AssertionError(
        f"Tab never came to {text or name}: {[each['text'] or each['name'] for each in way]}"
    )


def test_a_client_signs_by_keyboard_alone(site: Site, client: Client):
    page, keys = client.page, client.page.keyboard
    client.opens(site.sends_a_quote(BUYER))
    keys.press("Tab")
    expect(page.locator(":focus")).to_have_text(client.say("Skip to the content"))
    client.sees("skip-link")
    keys.press("Enter")
    assert page.evaluate(FOCUSED)["tag"] in {"MAIN", "BODY"}
    keys.press("Tab")
    assert page.evaluate(FOCUSED)["inMain"]  # past the letterhead and the languages
    tab_to(page, text=client.say("Accept and sign"))
    keys.press("Enter")
    client.reads_heading("Sign the quote")
    tab_to(page, name="mention")
    keys.type(MENTION["fr"])
    tab_to(page, name="consent")
    client.sees("tick-focused")
    keys.press("Space")
    keys.press("Tab")
    expect(client.sign_button).to_be_focused()
    keys.press("Enter")
    client.sees_the_confirmation(SIGNER)


def test_the_order_of_focus_goes_down_the_page(site: Site, open_browser: Callable[..., tuple[Page, Watch]]):
    page, watch = open_browser(390)
    client = Client(page, site, Look("keyboard", 390, "fr"), watch, language="fr")
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    tops = []
    for here in stops(page):
        if here["inMain"]:
            tops.append(here["top"])
        if here["text"] == client.sign_button.inner_text():
            break
    expect(client.sign_button).to_be_focused()
    assert tops == sorted(tops)


def test_a_form_that_is_wrong_begins_at_the_list_of_its_mistakes(site: Site, client: Client):
    client.watch.allow(422)
    page, keys = client.page, client.page.keyboard
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    client.presses_sign()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    client.sees("mistakes")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("[name=mention]")).to_be_focused()
    assert page.locator("[name=mention]").get_attribute("aria-invalid") == "true"
    expect(client.field("First and last name")).to_have_value(SIGNER)  # what was there still is
    keys.type(MENTION["fr"])
    page.locator("input[name=consent]").check()
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_pressing_twice_signs_once(
    site: Site, open_browser: Callable[..., tuple[Page, Watch]], *, javascript: bool
):
    page, watch = open_browser(390, javascript=javascript)
    client = Client(page, site, Look("twice", 390, "fr"), watch, language="fr")
    before = site.ask(signatures)
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    client.fills_in(SIGNER)
    client.sign_button.dblclick()
    client.sees_the_confirmation(SIGNER)
    assert site.ask(signatures) == before + 1


def test_going_back_after_signing_ends_on_the_confirmation(site: Site, client: Client):
    client.opens(site.sends_a_quote(BUYER))
    client.goes_to_sign()
    client.fills_in(SIGNER)
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)
    client.page.go_back()
    client.sees_the_confirmation(SIGNER)
    client.page.reload()
    client.sees_the_confirmation(SIGNER)


def test_a_product_is_chosen_by_keyboard(site: Site, open_browser: Callable[..., tuple[Page, Watch]]):
    page, watch = open_browser(1280)
    rep = Rep(page, site, Look("keyboard", 1280, "fr"), watch, language="fr")
    rep.signs_in()
    rep.opens_opportunity("Escalier quart tournant")
    field = page.locator("#adding")
    lines = page.locator("[name$='-name']").count()
    field.focus()
    page.keyboard.type("biblio")
    options = page.locator("#adding-list").get_by_role("option")
    expect(options.first).to_be_visible()
    assert field.get_attribute("aria-expanded") == "true"
    rep.sees("options")
    page.keyboard.press("ArrowDown")
    chosen = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[name$='-name']")).to_have_count(lines + 1)


def signatures() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) or 0
