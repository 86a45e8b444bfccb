"""How lines are offered, in a hurry: as variants that come and go, by keys of other keyboards, beside what is wrong."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.browser.editor import ALL, FITTING, SCREWS, SECTION, SHELF, Editor

WAITING = "No connection: what you typed is kept here and sent as soon as there is one."


@pytest.fixture
def julien(sit: Callable[[type[Editor]], Editor]) -> Editor:
    return sit(Editor)


def offers_a_choice(rep: Editor) -> None:
    rep.chooses_for(SECTION, "Details…")
    rep.field("The client chooses exactly one of the lines below").check()
    rep.button("Save").click()
    rep.reads_lines(*ALL)


def offered(rep: Editor, name: str) -> str:
    return rep.row(name).locator(".offer").inner_text()


def test_a_line_that_is_moved_into_a_choice_says_so(julien: Editor):
    offers_a_choice(julien)
    first, other = julien.say("Variant, chosen at first"), julien.say("Variant")
    julien.cell(SHELF, "quantity").focus()
    julien.page.keyboard.press("Alt+ArrowDown")
    expect(julien.row(SHELF).locator(".offer")).to_have_text(first)
    expect(julien.row(FITTING).locator(".offer")).to_have_text(other)
    expect(julien.row(FITTING).locator(".sum .soft").first).to_contain_text("(")
    julien.chooses_for(SHELF, "Remove")
    julien.reads_lines(SECTION, FITTING, SCREWS)
    expect(julien.row(FITTING).locator(".offer")).to_have_text(first)
    julien.button("Undo").click()
    julien.reads_lines(SECTION, SHELF, FITTING, SCREWS)
    expect(julien.row(FITTING).locator(".offer")).to_have_text(other)
    julien.cell(SHELF, "quantity").focus()
    julien.page.keyboard.press("Alt+ArrowUp")
    expect(julien.row(SHELF).locator(".offer")).to_have_text("")
    expect(julien.row(FITTING).locator(".offer")).to_have_text(first)


def test_the_keys_of_a_mac_do_the_same(julien: Editor):
    """There Alt+O and Alt+C write other characters."""

    def presses(key: str, code: str, **more: bool) -> None:
        event = {"key": key, "code": code, "altKey": True, "bubbles": True, **more}
        julien.cell(FITTING, "quantity").dispatch_event("keydown", event)

    presses("œ", "KeyO")
    expect(julien.row(FITTING).locator(".offer")).to_have_text(julien.say("Option, not ticked"))
    presses("ó", "KeyO", ctrlKey=True)  # AltGr+O of a Polish keyboard
    presses("j", "KeyC")  # Dvorak
    presses("©", "KeyC")
    julien.reads_lines(SHELF, SECTION, FITTING, FITTING, SCREWS)
    assert offered(julien, FITTING) == julien.say("Option, not ticked")


def test_an_option_whose_answer_was_lost_stays_one(julien: Editor):
    julien.watch.allow_cuts()
    julien.page.route("**/arrangement", swallow, times=1)
    julien.chooses_for(FITTING, "Option or firm")
    julien.is_told(WAITING)
    julien.sees_lines_saved()
    expect(julien.row(FITTING).locator(".offer")).to_have_text(julien.say("Option, not ticked"))


def test_what_is_wrong_with_a_row_stays_said_and_typed_whatever_is_done_with_it(julien: Editor):
    julien.watch.allow(422)
    julien.types(FITTING, "quantity", "beaucoup")
    julien.is_told("Not saved yet: mend what is marked.")
    julien.chooses_for(FITTING, "Option or firm")
    expect(julien.row(FITTING).locator(".offer")).to_have_text(julien.say("Option, not ticked"))
    julien.is_told("Not saved yet: mend what is marked.")
    expect(julien.cell(FITTING, "quantity")).to_have_value("beaucoup")
    julien.types(FITTING, "quantity", "6")
    julien.sees_lines_saved()
    expect(julien.cell(FITTING, "quantity")).to_have_value(re.compile(r"^6\s"))


def test_the_menu_of_a_section_offers_what_a_section_can(julien: Editor):
    julien.row(SECTION).locator("[data-more]").click()
    for words in ("Option or firm", "Where does this price come from?"):
        expect(julien.page.get_by_role("menuitem", name=julien.say(words))).to_have_count(0)
    julien.page.keyboard.press("ArrowDown")
    expect(julien.page.get_by_role("menuitem", name=julien.say("Move up"))).to_be_focused()
    julien.page.keyboard.press("Escape")
    julien.row(FITTING).locator("[data-more]").click()
    expect(julien.page.get_by_role("menuitem", name=julien.say("Option or firm"))).to_be_visible()


def test_enter_goes_on_from_a_name_too(julien: Editor):
    julien.cell(FITTING, "name").press("Enter")
    expect(julien.adding).to_be_focused()
    julien.reads_lines(*ALL)


def test_the_page_of_a_line_asks_before_what_was_typed_is_lost(julien: Editor):
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    julien.chooses_for(FITTING, "Details…")
    julien.page.on("dialog", stays)
    note = julien.field("Internal note")
    note.press_sequentially("Remise déjà promise")
    with julien.page.expect_event("dialog"):
        julien.button("Move up").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(note).to_have_value("Remise déjà promise")


def swallow(route: Route) -> None:
    route.fetch()
    route.abort("internetdisconnected")
