"""A rep at the lines of a deal, which save themselves row by row."""

import re

from playwright.sync_api import Locator, expect

from backoffice.db import Bilingual
from backoffice.opportunities.models import LineKind, OpportunityLine
from tests.browser.actors import Rep
from tests.factories import a_line

SHELF, SECTION, FITTING, SCREWS = "Étagère en chêne", "Fournitures et pose", "Pose sur site", "Quincaillerie"
ALL = (SHELF, SECTION, FITTING, SCREWS)

LOST_FOCUS = """() => {
  window.lostFocus = 0;
  setInterval(() => { if (document.activeElement === document.body) window.lostFocus += 1; }, 5);
}"""


class Editor(Rep):
    @property
    def rows(self) -> Locator:
        return self.page.locator(".ledger tr[data-line]")

    @property
    def adding(self) -> Locator:
        return self.page.locator("#adding")

    def row(self, name: str) -> Locator:
        """The one that has that name now, wherever it goes."""
        named = {
            each.locator("textarea").first.input_value(): each.get_attribute("id") for each in self.rows.all()
        }
        return self.page.locator(f"[id='{named[name]}']")

    def cell(self, name: str, field: str) -> Locator:
        return self.row(name).locator(f"[name$='-{field}']")

    def types(self, name: str, field: str, value: str) -> None:
        """Into a cell that is then left."""
        cell = self.cell(name, field)
        cell.fill(value)
        cell.blur()

    def reads_lines(self, *names: str) -> None:
        """In that order, on the page."""
        expect(self.rows).to_have_count(len(names))
        for row, name in zip(self.rows.all(), names, strict=True):
            expect(row.locator("textarea").first).to_have_value(name)

    def keeps_lines(self, *names: str) -> None:
        """The same once the page is read anew: what it shows is what is stored."""
        self.reads_lines(*names)
        self.page.reload()
        self.reads_lines(*names)

    def chooses_for(self, name: str, act: str) -> None:
        """Of the menu of a line."""
        self.row(name).locator("[data-more]").click()
        self.page.get_by_role("menuitem", name=self.say(act), exact=True).click()

    def is_told(self, words: str, **facts: str) -> None:
        """By the status line of the editor."""
        expect(self.lines_say).to_contain_text(self.say(words, **facts))

    def conflict(self) -> Locator:
        return self.page.locator("tr.conflict [role=alert]")

    def watches_the_focus(self) -> None:
        self.page.evaluate(LOST_FOCUS)

    def never_lost_the_focus(self) -> None:
        assert self.page.evaluate("window.lostFocus") == 0

    def drags(self, name: str, onto: str, *, below: bool) -> None:
        """By the grip with a mouse, to the upper or lower half of another row."""
        grip, target = self.row(name).locator("[data-grip]"), self.row(onto)
        start, end = grip.bounding_box(), target.bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + 20, start["y"] + 20, steps=4)
        end = target.bounding_box()
        assert end is not None
        mouse.move(end["x"] + 20, end["y"] + end["height"] * (0.8 if below else 0.2), steps=8)
        with self.page.expect_response("**/arrangement"):
            mouse.up()


class Helene(Editor):
    """The manager, who sees everybody's deals."""

    email = "helene@atelier-duval.example"


def some_lines() -> list[OpportunityLine]:
    """ALL of them."""
    return [
        a_line(SHELF, "3", "184.50"),
        OpportunityLine(kind=LineKind.SECTION, name=Bilingual(SECTION, "Supplies")),
        a_line(FITTING, "4", "54"),
        a_line(SCREWS, "10", "2.40"),
    ]


def amount(text: str) -> re.Pattern[str]:
    """``1 234,50`` with whatever spaces the page has."""
    return re.compile(re.escape(text).replace(r"\ ", r"\s"))
