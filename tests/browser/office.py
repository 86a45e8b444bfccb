"""Those of the firm who look after people, clients and products: what they do besides selling."""

import csv
import io
import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.actors import Rep


def table(rows: list[list[str]], name: str) -> dict[str, Any]:
    """A file as a spreadsheet saves it, to be handed over."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    return {"name": name, "mimeType": "text/csv", "buffer": written.getvalue().encode()}


class OfficeWorker(Rep):
    """Acts that every page of lists and forms knows."""

    def asked(self, words: str) -> Locator:
        """The control that bears exactly this label, whether it may be left empty or not."""
        label = re.compile(rf"^{re.escape(self.say(words))}( \(|$)")
        return (
            self.page.locator("main").get_by_label(label).and_(self.page.locator("input, select, textarea"))
        )

    def fills_in(self, **typed: str) -> None:
        """``typed``: by the names of the fields."""
        for name, text in typed.items():
            self.page.locator(f"main [name={name}]").fill(text)

    def is_told(self, words: str, **facts: Any) -> None:
        expect(self.page.get_by_role("status").filter(has_text=self.say(words, **facts))).to_be_visible()

    def is_refused(self, words: str, **facts: Any) -> None:
        """On top of the form that comes back."""
        expect(self.page.get_by_role("alert")).to_contain_text(self.say(words, **facts))

    def finds(self, words: str) -> Locator:
        """The list narrowed to ``words``: its rows, without the headings."""
        self.page.get_by_role("searchbox").and_(self.page.locator("main *")).fill(words)
        with self.page.expect_navigation():
            self.button("Filter").click()
        return self.page.locator("main tbody").get_by_role("row")

    def downloads(self, what: Locator) -> tuple[str, list[dict[str, str]]]:
        """The name of a table that a link gives, and its rows by their headings."""
        with self.page.expect_download() as begun:
            what.click()
        text = begun.value.path().read_text("utf-8-sig")
        return begun.value.suggested_filename, list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def hands_over(self, file: dict[str, Any]) -> None:
        """A table for a try: the worker reads it while the page tells how far it is."""
        self.link("Import").click()
        self.sees("import")
        self.page.locator("input[type=file]").set_input_files(file)
        self.button("Check the table").click()
        expect(self.page.get_by_text(self.say("Nothing is changed yet"), exact=True)).to_be_visible()

    def reads_tally(self, **counts: int) -> None:
        """``counts`` by the words that the page has for them."""
        for words, count in counts.items():
            expect(self.fact(words)).to_have_text(str(count))

    def fact(self, words: str) -> Locator:
        """What a page says under that name."""
        name = self.page.get_by_role("term").filter(has_text=re.compile(f"^{re.escape(self.say(words))}$"))
        return self.page.locator("dl div").filter(has=name).get_by_role("definition")

    def imports(self, count: int) -> None:
        """What the try has found to be good."""
        self.button("Import %(count)s", count=count).click()
        self.is_told("Everything was imported but the wrong rows.")


class Manager(OfficeWorker):
    email = "helene@atelier-duval.example"
