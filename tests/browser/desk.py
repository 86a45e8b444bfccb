"""What the firm's people do on an ordinary day, found by the words that they read."""

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Download, FilePayload, Locator, expect

from tests.browser.actors import Rep

NUMBER = re.compile(r"^[A-Z]+-\d{4}-\d+$")


class Salesperson(Rep):
    """A rep at their desk."""

    @property
    def said(self) -> Locator:
        """What the page answers to the last act."""
        return self.page.locator(".flashes")

    def reads(self, words: str, **facts: Any) -> None:
        expect(self.page.locator("main")).to_contain_text(self.say(words, **facts))

    def is_told_what_is_wrong(self, words: str, **facts: Any) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(self.say(words, **facts))

    def section(self, heading: str) -> Locator:
        """The part of the page under that heading."""
        words = self.say(heading)
        return self.page.locator("section").filter(
            has=self.page.get_by_role("heading", name=words, exact=True)
        )

    def unfolds(self, summary: str, **facts: Any) -> Locator:
        """Opens what is folded away; gives it."""
        words = re.escape(self.say(summary, **facts))
        folded = self.page.locator("details").filter(
            has=self.page.locator("summary", has_text=re.compile(f"^\\s*{words}"))
        )
        folded.locator("summary").first.click()
        return folded

    def begins_with(self, kind: str) -> None:
        """By *+ New*, from whatever page."""
        begun = self.unfolds("+ New")
        begun.get_by_role("link", name=self.say(kind), exact=True).click()

    def opens_an_opportunity_for_somebody_new(self, title: str, name: str, buyer: str, email: str) -> None:
        self.begins_with("Opportunity")
        self.reads_heading("New opportunity")
        self.field("Title").fill(title)
        self.page.get_by_role("combobox", name=self.say("Client"), exact=True).fill(name)
        self.unfolds("Not in the list? A new client")
        self.field("Enter this name as a new client").check()
        self.field("Type").select_option(label=self.say(buyer))
        self.page.locator("main [name=email]").fill(email)
        self.sees("new-client")
        self.button("Save").click()
        self.reads_heading(title_alone(title))
        self.deal = self.page.url

    def changes(self, fact: str, value: str, shown: str | re.Pattern[str]) -> None:
        """A fact of the deal, where it is read; ``shown``: how the page writes it afterwards."""
        change = self.say("Change: %(what)s", what=self.say(fact))
        folded = self.page.locator("details").filter(has=self.page.locator("summary", has_text=change))
        folded.locator("summary").click()
        folded.locator("input:not([type=hidden]), textarea").fill(value)
        folded.get_by_role("button", name=self.say("Save"), exact=True).click()
        expect(self.said).to_contain_text(self.say("Saved."))
        expect(folded.locator("summary")).to_contain_text(shown)

    def moves_to(self, phase: str) -> None:
        """By the bar of phases."""
        self.page.get_by_role("list", name=self.say("Phases")).get_by_role(
            "button", name=re.compile(f"^{re.escape(phase)}")
        ).click()
        self.sees_phase(phase)

    def adds_file(self, file: FilePayload) -> None:
        files = self.section("Files")
        files.locator("input[type=file]").set_input_files(file)
        files.get_by_role("button", name=self.say("Add"), exact=True).click()

    def opens_file(self, name: str) -> bytes:
        with self.page.expect_download() as taken:
            self.section("Files").get_by_role("link", name=name, exact=True).click()
        return bytes_of(taken.value)

    def plans(self, what: str, colleague: str | None = None, **more: str) -> None:
        """A task for oneself today, as the form proposes it. ``more``: what else is filled in, by the field's name."""
        form = self.unfolds("Add a task or an appointment")
        form.get_by_label(self.say("What"), exact=True).fill(what)
        for name, value in more.items():
            form.locator(f"[name={name}]").fill(value)
        if colleague is not None:
            form.get_by_label(self.say("For"), exact=True).select_option(label=colleague)
        form.get_by_role("button", name=self.say("Save"), exact=True).click()
        expect(self.said).to_contain_text(self.say("Saved."))

    def takes_into_the_calendar(self) -> str:
        """The appointment whose page is open, as the calendar gets it."""
        with self.page.expect_download() as taken:
            self.link("Add to my calendar").click()
        assert taken.value.suggested_filename.endswith(".ics")
        return bytes_of(taken.value).decode()

    def chooses(self, act: str) -> None:
        """Of what one rarely does with a deal."""
        acts = self.unfolds("More actions")
        acts.locator("a, button").filter(has_text=re.compile(f"^{re.escape(self.say(act))}")).click()

    def looks_for(
        self, words: str, *, expects: Sequence[str], without: Sequence[str] = (), **chosen: str
    ) -> None:
        """In the list of opportunities; ``chosen``: the filters, by their names."""
        self.goes_to("/opportunities/list")
        form = self.page.locator("form.filters")
        form.locator("[name=q]").fill(words)
        for name, value in chosen.items():
            control = form.locator(f"[name={name}]")
            if control.evaluate("it => it.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        form.get_by_role("button", name=self.say("Filter"), exact=True).click()
        expect(self.page).to_have_url(re.compile(r"[?&]q="))
        for title in expects:
            expect(self.page.locator("main").get_by_role("link", name=title, exact=True)).to_be_visible()
        for title in without:
            expect(self.page.locator("main").get_by_role("link", name=title, exact=True)).to_have_count(0)

    def row(self, section: str, title: str) -> Locator:
        """What a part of the page says about that opportunity."""
        return self.section(section).get_by_role("listitem").filter(has_text=title)

    def searches(self, words: str) -> None:
        """From the keyboard: the shortcut, the words, and what is found is chosen by arrow and Enter."""
        self.page.keyboard.press("/")
        field = self.page.get_by_role("combobox", name=self.say("Search everywhere"))
        expect(field).to_be_focused()
        self.page.keyboard.insert_text(words)  # at once: one question, whose answer no other replaces
        options = self.page.locator("#find-list").get_by_role("option")
        expect(options.first).to_contain_text(words)
        self.sees("found")
        self.page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")

    def searches_by_touch(self, words: str) -> None:
        """On a telephone the field has a page of its own, which the shortcut opens too."""
        self.page.keyboard.press("/")
        self.reads_heading("Search")
        field = self.field("Name, number, title or e-mail address")
        expect(field).to_be_focused()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def newest_of(self, place: str) -> str:
        """The first number in a list of papers."""
        self.goes_to(place)
        numbers = self.page.locator("main").get_by_role("link", name=NUMBER)
        return numbers.first.inner_text()


class Nadia(Salesperson):
    email = "nadia@atelier-duval.example"


class Administrator(Salesperson):
    email = "admin@atelier-duval.example"


def title_alone(title: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(title)}$")


def bytes_of(download: Download) -> bytes:
    return download.path().read_bytes()


class Manager(Salesperson):
    """Who sees everybody's papers."""

    email = "helene@atelier-duval.example"
