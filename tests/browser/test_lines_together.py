"""The lines of a deal under two pairs of hands, and under a network that comes and goes: nobody overwrites in silence."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.editor import ALL, FITTING, SCREWS, SECTION, SHELF, Editor, Helene, amount

Sit = Callable[[type[Editor]], Editor]


@pytest.fixture
def julien(sit: Sit) -> Editor:
    return sit(Editor)


@pytest.fixture
def helene(sit: Sit) -> Editor:
    return sit(Helene)


def test_two_edit_two_lines_and_both_are_kept(julien: Editor, helene: Editor):
    julien.types(SHELF, "quantity", "5")
    helene.types(FITTING, "unit_price", "60")
    for rep in (julien, helene):
        rep.sees_lines_saved()
    for rep in (julien, helene):
        rep.page.reload()
        expect(rep.cell(SHELF, "quantity")).to_have_value(re.compile(r"^5\s"))
        expect(rep.cell(FITTING, "unit_price")).to_have_value("60,00")


@pytest.mark.parametrize(("choice", "price"), [("Keep mine", "190,00"), ("Take what is stored", "199,00")])
def test_two_edit_one_line_and_the_later_chooses(julien: Editor, helene: Editor, choice: str, price: str):
    julien.watch.allow(409)
    helene.types(SHELF, "unit_price", "199")
    helene.sees_lines_saved()
    julien.types(SHELF, "unit_price", "190")
    expect(julien.conflict()).to_contain_text(julien.say("Somebody changed this line meanwhile."))
    expect(julien.conflict()).to_contain_text("199,00")
    expect(julien.cell(SHELF, "unit_price")).to_have_value("190")
    julien.sees("conflict")
    julien.types(FITTING, "quantity", "6")  # other lines go on
    expect(julien.row(FITTING).locator(".sum")).to_contain_text("324,00")
    julien.button(choice).click()
    julien.sees_lines_saved()
    expect(julien.conflict()).to_have_count(0)
    for rep in (julien, helene):
        rep.page.reload()
        expect(rep.cell(SHELF, "unit_price")).to_have_value(price)
        expect(rep.cell(FITTING, "quantity")).to_have_value(re.compile(r"^6\s"))


@pytest.mark.parametrize("brought_back", [True, False])
def test_a_line_is_removed_under_the_hands_of_another(julien: Editor, helene: Editor, *, brought_back: bool):
    julien.watch.allow(409)
    helene.chooses_for(FITTING, "Remove")
    helene.is_told("Line removed.")
    julien.types(FITTING, "quantity", "6")
    expect(julien.conflict()).to_contain_text(julien.say("Somebody removed this line meanwhile."))
    julien.sees("removed")
    julien.button("Bring it back with what I typed" if brought_back else "Leave it removed").click()
    expect(julien.conflict()).to_have_count(0)
    left = ALL if brought_back else (SHELF, SECTION, SCREWS)
    julien.reads_lines(*left)
    if brought_back:
        julien.sees_lines_saved()
    julien.keeps_lines(*left)
    if brought_back:
        expect(julien.cell(FITTING, "quantity")).to_have_value(re.compile(r"^6\s"))


@pytest.mark.parametrize(
    ("act", "who"), [("Move up", FITTING), ("Duplicate", FITTING), ("Option or firm", FITTING)]
)
def test_what_is_done_to_a_line_that_is_gone_is_told_and_changes_nothing(
    julien: Editor, helene: Editor, act: str, who: str
):
    julien.watch.allow(409)
    helene.chooses_for(who, "Remove")
    helene.is_told("Line removed.")
    julien.chooses_for(who, act)
    julien.is_told("Somebody removed this line meanwhile. Bring it back below the lines to go on with it.")
    julien.reads_lines(*ALL)
    julien.page.reload()
    julien.reads_lines(SHELF, SECTION, SCREWS)


def test_lines_are_moved_with_a_mouse(julien: Editor):
    julien.drags(SCREWS, SHELF, below=False)
    julien.sees_lines_saved()
    assert julien.row(SCREWS).evaluate("row => row.contains(document.activeElement)")
    julien.keeps_lines(SCREWS, SHELF, SECTION, FITTING)
    julien.drags(SHELF, FITTING, below=True)
    julien.sees_lines_saved()
    julien.keeps_lines(SCREWS, SECTION, FITTING, SHELF)
    julien.drags(SECTION, SCREWS, below=False)  # with what is below it
    julien.sees_lines_saved()
    julien.keeps_lines(SECTION, FITTING, SHELF, SCREWS)


def test_lines_are_moved_by_keys(julien: Editor):
    field = julien.cell(SHELF, "quantity")
    field.focus()
    julien.watches_the_focus()
    for _ in range(3):
        julien.page.keyboard.press("Alt+ArrowDown")
    julien.is_told("Moved to place %(place)s.", place="4")
    expect(field).to_be_focused()
    julien.never_lost_the_focus()
    julien.keeps_lines(SECTION, FITTING, SCREWS, SHELF)
    julien.cell(SHELF, "quantity").focus()
    julien.page.keyboard.press("Alt+ArrowUp")
    julien.is_told("Moved to place %(place)s.", place="3")
    julien.chooses_for(SHELF, "Add below")
    julien.adding.fill("Tablettes")
    julien.page.keyboard.press("Escape")
    julien.button("Add a section").click()
    julien.reads_lines(SECTION, FITTING, SHELF, "Tablettes", SCREWS)
    julien.row("Tablettes").locator("textarea").focus()
    julien.page.keyboard.press("Alt+ArrowUp")  # past the other section, with the line below it
    julien.is_told("Moved to place %(place)s.", place="1")
    julien.keeps_lines("Tablettes", SCREWS, SECTION, FITTING, SHELF)


def test_a_line_is_removed_and_brought_back_or_doubled(julien: Editor):
    julien.cell(FITTING, "quantity").focus()
    julien.watches_the_focus()
    julien.page.keyboard.press("Alt+Delete")
    julien.reads_lines(SHELF, SECTION, SCREWS)
    expect(julien.button("Undo")).to_be_focused()
    julien.page.keyboard.press("Enter")
    julien.reads_lines(*ALL)
    julien.page.keyboard.press("Alt+c")
    julien.reads_lines(SHELF, SECTION, FITTING, FITTING, SCREWS)
    expect(julien.rows.nth(3).locator(".qty input")).to_be_focused()
    expect(julien.page.locator("#ledger-sums")).to_contain_text(amount("1 009,50 €"))
    julien.never_lost_the_focus()
    julien.keeps_lines(SHELF, SECTION, FITTING, FITTING, SCREWS)
