"""A quote held out on a tablet, every way out of it tried; signatures drawn by finger and by mouse, found in the PDF."""

import json
import math
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backoffice.db import db
from backoffice.signatures.models import Signature
from backoffice.signatures.strokes import HEIGHT, WIDTH
from tests.browser.actors import MENTION, Client, Rep
from tests.browser.site import Site
from tests.browser.test_pages_are_accessible import faults
from tests.browser.watch import Axe, Look, Watch

BUYER, SIGNER = "Mme Claire Moreau", "Claire Moreau"
OpenBrowser = Callable[..., tuple[Page, Watch]]
Spot = tuple[float, float]

# Two strokes in parts of the pad's width and height: a wave, and a line under it.
HAND: Sequence[Sequence[Spot]] = (
    [(0.12 + 0.7 * n / 40, 0.42 + 0.24 * math.sin(n / 4)) for n in range(41)],
    [(0.2 + 0.6 * n / 20, 0.82 - 0.1 * n / 20) for n in range(21)],
)


def places_of(page: Page) -> list[list[Spot]]:
    """HAND where the pad is on the screen."""
    pad = page.locator(".pad svg")
    pad.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.pad').scrollIntoView({block: 'center'})")
    box = pad.bounding_box()
    assert box is not None
    return [[(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in each] for each in HAND]


def draw_by_mouse(page: Page) -> None:
    for stroke in places_of(page):
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for spot in stroke[1:]:
            page.mouse.move(*spot)
        page.mouse.up()


def draw_by_finger(page: Page) -> None:
    """As a touch screen tells it to Chromium, scrolling and all."""
    finger = page.context.new_cdp_session(page)
    for stroke in places_of(page):
        for kind, spots in (("touchStart", stroke[:1]), ("touchMove", stroke[1:]), ("touchEnd", [None])):
            for spot in spots:
                points = [{"x": spot[0], "y": spot[1]}] if spot is not None else []
                finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.detach()


def chooses_to_draw(client: Client) -> None:
    client.page.get_by_role("radio", name=client.say("Draw"), exact=True).check()
    expect(client.page.locator(".pad")).to_be_visible()
    expect(client.page.locator(".typed")).to_be_hidden()


def strokes_in(page: Page) -> list[list[int]]:
    strokes: list[list[int]] = json.loads(page.locator("[name=strokes]").input_value() or "[]")
    return strokes


def resembles_the_hand(strokes: list[list[int]]) -> None:
    """Each place that the hand came by has a point near it, and the strokes are as many."""
    assert len(strokes) == len(HAND)
    for stroke, drawn in zip(strokes, HAND, strict=True):
        points = list(zip(stroke[::3], stroke[1::3], strict=True))
        for x, y in drawn:
            assert min(math.dist((x * WIDTH, y * HEIGHT), point) for point in points) < 45, (x, y)


def ink_in(pdf: bytes, folder: Path) -> tuple[set[Spot], str]:
    """Pixels in the colour of the pen on the last page at 150 dpi, and that page's text."""
    (folder / "signed.pdf").write_bytes(pdf)
    document = pypdf.PdfReader(folder / "signed.pdf")
    last = len(document.pages)
    assert len(document.pages[-1].images) == 1, "a picture made of pixels besides the logo"
    subprocess.run(
        ["pdftoppm", "-r", "150", "-f", str(last), "-l", str(last), "-singlefile", "signed.pdf", "page"],
        cwd=folder,
        check=True,
    )
    head, data = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", picture := (folder / "page.ppm").read_bytes()), b""
    assert head is not None
    data, width = picture[head.end() :], int(head[1])
    inked = {
        ((at // 3) % width, (at // 3) // width)
        for at in range(0, len(data), 3)
        if data[at] < 110 and data[at + 2] - data[at] > 38 and data[at + 2] > data[at + 1] + 20
    }
    return inked, " ".join(document.pages[-1].extract_text().split())


def found_on_paper(pdf: bytes, folder: Path, kept: bytes) -> str:
    """The ink on paper is where the strokes went, and nowhere else; gives the page's text."""
    inked, text = ink_in(pdf, folder)
    points = [
        point
        for flat in json.loads(kept)["strokes"]
        for point in zip(flat[::3], flat[1::3], strict=True)
    ]  # fmt: skip
    left, top = min(x for x, _ in inked), min(y for _, y in inked)
    right, bottom = max(x for x, _ in inked), max(y for _, y in inked)
    first, above = min(x for x, _ in points), min(y for _, y in points)
    scale = (right - left) / (max(x for x, _ in points) - first)
    height = (max(y for _, y in points) - above) * scale
    assert abs(height - (bottom - top)) < 6, "stretched, or ink elsewhere"
    on_paper = [(left + (x - first) * scale, top + (y - above) * scale) for x, y in points]
    for x, y in on_paper:
        assert any((round(x) + i, round(y) + j) in inked for i in range(-4, 5) for j in range(-4, 5)), (x, y)
    for x, y in inked:
        assert min(math.dist((x, y), each) for each in on_paper) < 16, "ink where nobody drew"
    return text


def newest(site: Site) -> Signature:
    def find() -> Signature:
        found = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        db.session.expunge(found)
        db.session.rollback()
        return found

    return site.ask(find)


def presents(rep: Rep, title: str) -> None:
    rep.opens_opportunity(title)
    rep.link("Present").click()
    rep.sees("present")
    rep.page.get_by_label(rep.say("at the client’s").capitalize()).check()
    rep.field("Place").fill("12 rue des Lices, Rennes")
    rep.field("Language of the link").select_option(rep.language)
    rep.button("Present version %(version)s", version=1).click()


def tries_every_way_out(rep: Rep, axe: Axe, tab_from_before: Page) -> None:
    """With the quote open on the tablet; ends there again."""
    page, quote = rep.page, rep.page.url
    locked = rep.say("This tablet is showing a quote")

    def sees_only_the_lock(tab: Page) -> None:
        expect(tab.get_by_role("heading", level=1)).to_have_text(locked)
        expect(tab.get_by_role("navigation")).to_have_count(0)

    expect(tab_from_before.locator("html")).to_be_hidden()
    tab_from_before.reload()
    sees_only_the_lock(tab_from_before)
    tab_from_before.go_back()
    assert tab_from_before.url == "about:blank"
    tab_from_before.close()
    page.go_back()
    sees_only_the_lock(page)
    rep.sees("locked")
    assert faults(axe, page) == []
    page.go_back()
    sees_only_the_lock(page)
    page.reload()
    sees_only_the_lock(page)
    other = page.context.new_page()
    deal = rep.deal.removeprefix(rep.site.url)
    for address in ("/", "/opportunities", "/mail", "/sign-in", deal):
        other.goto(f"{rep.site.url}{address}")
        sees_only_the_lock(other)
    assert "Le Goff" not in other.evaluate("fetch('/clients/search?q=le').then((answer) => answer.text())")
    other.get_by_label(rep.say("Password")).fill("not-the-right-one")
    other.get_by_role("button", name=rep.say("Back to my work")).click()
    expect(other.get_by_role("alert")).to_contain_text(rep.say("This password is not right. Type it again."))
    other.close()
    page.get_by_role("link", name=rep.say("Back to the quote")).click()
    assert page.url == quote


def takes_it_back(rep: Rep) -> None:
    rep.link("Hand the tablet back").click()
    rep.page.get_by_label(rep.say("Password")).fill(rep.site.passwords[Rep.email])
    rep.button("Back to my work").click()
    expect(rep.page).to_have_url(re.compile(rf"{re.escape(rep.deal)}(#.*)?"))
    rep.sees_in_history(
        "%(name)s signed version %(version)s in person (%(where)s)",
        name=SIGNER, version=1, where=f"{rep.say('at the client’s')}, 12 rue des Lices, Rennes",
    )  # fmt: skip
    rep.sees("taken-back")


@pytest.mark.parametrize(("width", "language"), [(820, "fr"), (820, "en"), (390, "en"), (1280, "fr")])
def test_a_tablet_is_held_out_signed_on_by_finger_and_handed_back(
    site: Site, open_browser: OpenBrowser, axe: Axe, tmp_path: Path, width: int, language: str
):
    title = f"Établi {width} {language}"
    site.sends_a_quote(BUYER, title)
    site.speaks(Rep.email, language)
    page, watch = open_browser(width, language, touch=True)
    watch.allow(403, 422)
    look = Look("tablet", width, language)
    rep = Rep(page, site, look, watch, language=language)
    rep.signs_in()
    tab_from_before = page.context.new_page()
    tab_from_before.goto(f"{site.url}/quotes")
    presents(rep, title)
    client = Client(page, site, look, watch, language=language)
    client.reads_heading(title)
    strip = page.get_by_role("complementary", name=rep.say("Tablet of %(name)s", name="Julien Duval"))
    expect(strip).to_be_visible()
    client.sees("lent")
    assert faults(axe, page) == []
    expect(page.locator("a[href^='mailto:'], a[href^='tel:']")).to_have_count(0)
    tries_every_way_out(rep, axe, tab_from_before)

    client.goes_to_sign()
    chooses_to_draw(client)
    page.evaluate("document.querySelector('.pad').scrollIntoView({block: 'center'})")
    scrolled = page.evaluate("scrollY")
    draw_by_finger(page)
    assert page.evaluate("scrollY") == scrolled, "the page went along with the finger"
    resembles_the_hand(strokes_in(page))
    client.fills_in(SIGNER)
    client.sees("drawn")
    assert faults(axe, page) == []
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)
    expect(strip).to_contain_text(
        rep.say("Thank you. Please hand the tablet back to %(name)s.", name="Julien Duval")
    )
    client.sees("hand-it-back")
    signature = newest(site)
    assert (signature.way, signature.channel, signature.venue) == ("drawn", "in_person", "at_client")
    text = found_on_paper(client.waits_for_the_signed_copy(), tmp_path, signature.strokes or b"")
    assert "Chez le client, 12 rue des Lices, Rennes" in text  # the paper is in the quote's language
    takes_it_back(rep)
    site.speaks(Rep.email, "fr")


def test_a_signature_drawn_by_mouse_survives_mistakes_and_a_turned_screen(
    site: Site, open_browser: OpenBrowser, axe: Axe, tmp_path: Path
):
    page, watch = open_browser(1280, scheme="dark")
    watch.allow(422)
    client = Client(page, site, Look("drawn", 1280, "fr"), watch, language="fr")
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    chooses_to_draw(client)
    client.presses_sign()
    expect(page.get_by_role("alert")).to_contain_text(
        client.say("Draw your signature in the box, or choose “Type my name”.")
    )
    client.sees("blank")
    page.get_by_role("link", name=client.say("Way of signing")).click()
    expect(page.locator("[name=way][value=typed]")).to_be_focused()
    draw_by_mouse(page)
    resembles_the_hand(strokes_in(page))
    kept = strokes_in(page)
    client.button("Undo the stroke").click()
    assert strokes_in(page) == kept[:1]
    client.button("Clear").click()
    assert strokes_in(page) == []
    expect(page.locator(".pad path")).to_have_count(0)
    draw_by_mouse(page)
    kept = strokes_in(page)
    client.presses_sign()  # without the words and the agreement
    expect(page.get_by_role("alert")).to_be_focused()
    assert strokes_in(page) == kept
    ours = page.locator(".pad path").evaluate_all("(all) => all.map((each) => each.getAttribute('d'))")
    client.sees("redrawn")
    assert faults(axe, page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[name=strokes]").evaluate("() => dispatchEvent(new Event('resize'))")
    assert strokes_in(page) == kept
    client.sees("narrow")
    client.fills_in(SIGNER)
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)
    # What the page's script drew is, to the number, what the server draws.
    assert (
        page.locator(".ink path").evaluate_all("(all) => all.map((each) => each.getAttribute('d'))") == ours
    )
    signature = newest(site)
    assert json.loads(signature.strokes or b"")["strokes"] == kept
    found_on_paper(client.waits_for_the_signed_copy(), tmp_path, signature.strokes or b"")


def test_a_dot_is_no_signature_and_the_typed_name_is_one_click_away(
    site: Site, open_browser: OpenBrowser, axe: Axe
):
    page, watch = open_browser(390, touch=True)
    watch.allow(422)
    client = Client(page, site, Look("dot", 390, "fr"), watch, language="fr")
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    chooses_to_draw(client)
    assert faults(axe, page) == []
    client.fills_in(SIGNER)
    page.locator(".pad svg").tap()
    assert len(strokes_in(page)) == 1
    client.presses_sign()
    expect(page.get_by_role("alert")).to_contain_text(
        client.say("This is too small to be a signature. Draw it larger, or choose “Type my name”.")
    )
    client.sees("dot")
    page.get_by_role("radio", name=client.say("Type my name"), exact=True).check()
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)
    assert newest(site).way == "typed"


def test_without_javascript_there_is_nothing_to_choose(site: Site, open_browser: OpenBrowser):
    page, watch = open_browser(390, javascript=False)
    client = Client(page, site, Look("plain", 390, "fr"), watch, language="fr")
    client.opens(f"{site.sends_a_quote(BUYER)}/sign")
    expect(page.locator(".ways")).to_be_hidden()
    expect(page.locator(".pad")).to_be_hidden()
    expect(page.locator(".typed")).to_be_visible()
    page.locator("[name=mention]").fill(MENTION["fr"])
    page.locator("[name=consent]").check()
    client.presses_sign()
    client.sees_the_confirmation(SIGNER)
