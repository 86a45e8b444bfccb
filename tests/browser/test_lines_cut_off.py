"""The lines of a deal when the network goes, the tab is closed, the session ends: what was typed is kept, and said."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.actors import Colleague
from tests.browser.editor import ALL, FITTING, SCREWS, SECTION, SHELF, Editor, Helene

WAITING = "No connection: what you typed is kept here and sent as soon as there is one."
RECOVERED = "What you typed before this page was closed is saved now."
OUT = "You are signed out. Sign in in another tab: what you typed is kept here and sent then."

Sit = Callable[[type[Editor]], Editor]


@pytest.fixture
def julien(sit: Sit) -> Editor:
    return sit(Editor)


@pytest.fixture
def helene(sit: Sit) -> Editor:
    return sit(Helene)


def types_in_three_rows(rep: Editor) -> None:
    rep.types(SHELF, "unit_price", "190")
    rep.types(FITTING, "quantity", "6")
    rep.types(SCREWS, "discount", "5")


def reads_what_was_typed(rep: Editor) -> None:
    expect(rep.cell(SHELF, "unit_price")).to_have_value("190,00")
    expect(rep.cell(FITTING, "quantity")).to_have_value(re.compile(r"^6\s"))
    expect(rep.cell(SCREWS, "discount")).to_have_value(re.compile(r"^5\s%$"))


def loses_the_network(rep: Editor) -> None:
    rep.watch.allow_cuts()
    rep.page.context.set_offline(True)


def closes_the_tab_and_opens_it_again(rep: Editor) -> None:
    rep.page.close()
    rep.page.context.set_offline(False)
    rep.page = rep.page.context.new_page()
    rep.page.goto(rep.deal)


def test_what_is_typed_without_network_is_sent_when_it_is_back(julien: Editor):
    loses_the_network(julien)
    types_in_three_rows(julien)
    julien.is_told(WAITING)
    julien.sees("cut-off")
    julien.page.context.set_offline(False)
    julien.sees_lines_saved()
    julien.page.reload()
    reads_what_was_typed(julien)


def test_what_is_done_without_network_is_done_when_it_is_back(julien: Editor):
    """In the order in which it was done."""
    loses_the_network(julien)
    julien.cell(SCREWS, "quantity").focus()
    julien.page.keyboard.press("Alt+ArrowUp")
    for name in ("Tablettes", "Taquets"):
        julien.adding.fill(name)
        julien.page.keyboard.press("Escape")
        julien.button("Add a free line").click()
    julien.chooses_for(SHELF, "Duplicate")
    julien.is_told(WAITING)
    julien.page.context.set_offline(False)
    julien.reads_lines(SHELF, SHELF, SECTION, SCREWS, FITTING, "Tablettes", "Taquets")
    julien.keeps_lines(SHELF, SHELF, SECTION, SCREWS, FITTING, "Tablettes", "Taquets")


def test_a_closed_tab_loses_nothing(julien: Editor):
    loses_the_network(julien)
    types_in_three_rows(julien)
    julien.is_told(WAITING)
    closes_the_tab_and_opens_it_again(julien)
    julien.is_told(RECOVERED)
    reads_what_was_typed(julien)
    julien.page.reload()
    reads_what_was_typed(julien)
    assert (
        julien.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('accord-lines')).length"
        )
        == 0
    )


def test_a_closed_tab_overwrites_nobody(julien: Editor, helene: Editor):
    julien.watch.allow(409)
    loses_the_network(julien)
    types_in_three_rows(julien)
    helene.types(SHELF, "unit_price", "199")
    helene.sees_lines_saved()
    closes_the_tab_and_opens_it_again(julien)
    expect(julien.conflict()).to_contain_text("199,00")
    expect(julien.cell(SHELF, "unit_price")).to_have_value("190")
    julien.button("Keep mine").click()
    julien.sees_lines_saved()
    julien.page.reload()
    reads_what_was_typed(julien)


@pytest.mark.parametrize("brought_back", [True, False])
def test_what_was_typed_in_a_line_that_is_gone_is_shown(
    julien: Editor, helene: Editor, *, brought_back: bool
):
    loses_the_network(julien)
    types_in_three_rows(julien)
    helene.chooses_for(SHELF, "Remove")
    helene.is_told("Line removed.")
    closes_the_tab_and_opens_it_again(julien)
    expect(julien.conflict()).to_contain_text("190")
    expect(julien.conflict()).to_contain_text(SHELF)
    julien.sees("typed-in-a-removed-line")
    julien.button("Bring it back with what I typed" if brought_back else "Leave it removed").click()
    expect(julien.conflict()).to_have_count(0)
    if brought_back:
        julien.is_told(RECOVERED)
        reads_what_was_typed(julien)
    julien.keeps_lines(*(ALL if brought_back else ALL[1:]))


def test_a_lost_answer_is_no_quarrel_with_oneself(julien: Editor):
    """The server heard of it, the page did not hear of the server: sent again, it changes nothing."""
    julien.watch.allow_cuts()
    julien.page.route("**/row", swallow, times=1)
    julien.page.route("**/arrangement", swallow, times=1)
    julien.types(SHELF, "unit_price", "190")
    julien.is_told(WAITING)
    julien.sees_lines_saved()
    expect(julien.conflict()).to_have_count(0)
    julien.adding.fill("Tablettes")
    julien.page.keyboard.press("Escape")
    julien.button("Add a free line").click()
    julien.is_told(WAITING)
    julien.keeps_lines(*ALL, "Tablettes")


def test_who_was_signed_out_loses_nothing(julien: Editor):
    elsewhere = julien.page.context.new_page()
    other = Colleague(elsewhere, julien.site, julien.look, julien.watch, language="fr")
    other.email = julien.email
    other.goes_to("/today")
    other.button("Sign out").first.click()
    expect(other.field("Password")).to_be_visible()
    julien.watch.allow(401, 422)
    types_in_three_rows(julien)
    julien.is_told(OUT)
    julien.sees("signed-out")
    other.signs_in()
    julien.sees_lines_saved()
    julien.page.reload()
    reads_what_was_typed(julien)


def swallow(route: Route) -> None:
    route.fetch()
    route.abort("internetdisconnected")


def test_another_tab_does_not_send_what_is_still_being_typed(julien: Editor):
    julien.cell(SHELF, "unit_price").fill("1")  # of 190
    first, julien.page = julien.page, julien.page.context.new_page()
    julien.page.goto(julien.deal)
    julien.types(FITTING, "quantity", "6")
    julien.sees_lines_saved()
    expect(julien.cell(SHELF, "unit_price")).to_have_value("184,50")
    second, julien.page = julien.page, first
    julien.types(SHELF, "unit_price", "190")
    julien.sees_lines_saved()
    expect(julien.conflict()).to_have_count(0)
    julien.types(SHELF, "quantity", "9")
    julien.sees_lines_saved()
    first.close()
    julien.page = second
    julien.page.reload()
    expect(julien.cell(SHELF, "unit_price")).to_have_value("190,00")


def test_lines_are_added_over_plain_http_too(julien: Editor):
    """There browsers have neither randomUUID nor locks."""
    julien.page.add_init_script("delete Crypto.prototype.randomUUID; delete Navigator.prototype.locks")
    julien.page.reload()
    julien.adding.fill("Tablettes")
    julien.page.keyboard.press("Escape")
    julien.button("Add a free line").click()
    julien.keeps_lines(*ALL, "Tablettes")
