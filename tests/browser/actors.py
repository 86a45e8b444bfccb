"""The people of the stories. What they press is found as they find it: by its words, in their language."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site, eventually
from tests.browser.watch import Axe, Look, Watch

MENTION = {"fr": "Bon pour accord", "en": "Agreed"}


class Person:
    """Somebody at a browser, reading in a language."""

    email = ""
    axe: Axe | None = None
    """With it, every page that they look at must be accessible."""

    def __init__(self, page: Page, site: Site, look: Look, watch: Watch, *, language: str) -> None:
        self.page, self.site, self.look, self.watch, self.language = page, site, look, watch, language

    def say(self, words: str, **facts: Any) -> str:
        return self.site.say(self.language, words, **facts)

    def sees(self, step: str) -> None:
        if self.axe:  # scrolled, the bar of the menu may lie over half a button
            self.page.evaluate("scrollTo(0, 0)")
        self.look.at(self.page, f"{type(self).__name__.lower()}-{step}")
        found = self.axe.violations(self.page) if self.axe else []
        assert not found, f"{step}: {found}"

    def button(self, words: str, **facts: Any) -> Locator:
        return self.page.get_by_role("button", name=self.say(words, **facts), exact=True)

    def link(self, words: str, **facts: Any) -> Locator:
        return self.page.get_by_role("link", name=self.say(words, **facts), exact=True)

    def field(self, words: str, **facts: Any) -> Locator:
        """The control itself: a list that belongs to it bears the same label."""
        return self.page.get_by_label(self.say(words, **facts)).and_(
            self.page.locator("input, select, textarea")
        )

    def reads_heading(self, words: str | re.Pattern[str], **facts: Any) -> None:
        expected = words if isinstance(words, re.Pattern) else self.say(words, **facts)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(expected)

    def pdf(self, address: str) -> bytes:
        """The paper behind an address, once it has been made."""

        def come() -> bytes | None:
            answer = self.page.request.get(address)
            assert answer.status in {200, 202}, (address, answer.status)
            return answer.body() if answer.status == 200 else None

        return eventually(come, address)


class Colleague(Person):
    """One of the firm."""

    def signs_in(self) -> None:
        self.page.goto(f"{self.site.url}/sign-in")
        self.field("E-mail").fill(self.email)
        self.field("Password").fill(self.site.passwords[self.email])
        self.sees("sign-in")
        self.button("Sign in").click()
        expect(self.page.get_by_role("navigation", name=self.say("Main menu"))).to_be_visible()

    def goes_to(self, place: str) -> None:
        self.page.goto(f"{self.site.url}{place}")


class Rep(Colleague):
    email = "julien@atelier-duval.example"
    deal = ""

    def opens_an_opportunity(self, title: str, client: str, expected: str) -> None:
        """A new one. ``client``: the letters typed; ``expected``: who they find."""
        begun = self.page.locator("details.begin")
        begun.locator("summary").click()
        begun.get_by_role("link", name=self.say("Opportunity"), exact=True).click()
        self.reads_heading("New opportunity")
        self.field("Title").fill(title)
        name = self.field("Client").and_(
            self.page.locator(":not([type=checkbox])")
        )  # the other makes a new one
        self._types_ahead(name, client, expected)
        self.sees("new-opportunity")
        self.button("Save").click()
        self.reads_heading(re.compile(re.escape(title)))
        self.deal = self.page.url
        self.sees("opportunity")

    def goes_to_the_opportunity(self) -> None:
        self.page.goto(self.deal)

    def opens_opportunity(self, title: str) -> None:
        self.goes_to("/opportunities")
        self.sees("board")
        # Of a long column the board has the nearest only.
        if not self.page.get_by_role("link", name=title).count():
            self.goes_to(f"/opportunities/list?{urlencode({'q': title, 'state': 'all'})}")
        self.page.get_by_role("link", name=title).first.click()
        self.reads_heading(re.compile(re.escape(title)))
        self.deal = self.page.url

    def adds_product(self, letters: str, expected: str, quantity: str = "1") -> None:
        """By the keyboard where the page helps with that, else by the button; the line is saved with its quantity."""
        scripted = self.page.locator("[data-keys]:visible").count()
        lines = self.page.locator("[name$='-name']")
        before = lines.count()
        found = self._types_ahead(self.field("Add a product, a free line or a section"), letters, expected)
        if not found:
            self.button("Add the product").click()
            choice = self.page.get_by_role("button", name=expected)
            if choice.count():
                choice.first.click()
        expect(lines).to_have_count(before + 1)
        expect(lines.last).to_have_value(expected)
        self.page.locator("[name$='-quantity']").last.fill(quantity)
        self.page.locator("[data-save]").first.click()
        if scripted:
            self.sees_lines_saved()
        else:
            expect(self.page.get_by_role("status").filter(has_text=self.say("Saved."))).to_be_visible()

    @property
    def lines_say(self) -> Locator:
        """What the line editor says of the last thing that was done."""
        return self.page.locator("[data-saved]")

    def sees_lines_saved(self) -> None:
        before, after = self.say("Saved at %(time)s.", time="\0").split("\0")
        expect(self.lines_say).to_have_text(re.compile(f"^{before}.*{re.escape(after)}$"))

    def _types_ahead(self, field: Locator, letters: str, expected: str) -> bool:
        """False when the page offers nothing (no JavaScript): the text stands there as typed."""
        if field.get_attribute("role") != "combobox":
            field.fill(letters)
            return False
        field.focus()
        self.page.keyboard.type(letters)
        option = self.page.get_by_role("option", name=expected).first
        expect(option).to_be_visible()
        for _ in range(10):
            self.page.keyboard.press("ArrowDown")
            if option.get_attribute("aria-selected") == "true":
                break
        self.page.keyboard.press("Enter")
        return True

    def makes_the_quote(self) -> None:
        self.button("Create the quote").click()
        self.sees_chip("Draft")
        self.sees("quote-made")

    def previews_it(self, *facts: str) -> None:
        link = self.link("Client preview").first
        address = link.get_attribute("href")
        assert address is not None
        here = self.page.url
        self.page.goto(f"{self.site.url}{address}")
        for fact in facts:
            expect(self.page.locator("body")).to_contain_text(fact)
        self.sees("preview")
        self.page.goto(here)

    def opens_sending(self) -> None:
        self.link("Send").click()
        self.reads_heading(re.compile(r"1"))
        self.sees("sending")

    def sends_it_by_mail(self) -> None:
        self.opens_sending()
        self.button("Send by e-mail").click()
        self.sees_chip("Sent")
        self.sees("sent")

    def makes_a_link(self) -> str:
        """Sends without an e-mail; gives the link as one would copy it."""
        self.opens_sending()
        self.button("Create a link to copy").click()
        self.reads_heading("The link is ready")
        return self.copies_the_link()

    def copies_the_link(self) -> str:
        shown = self.page.locator("#client-link").input_value()
        button = self.button("Copy the link")
        if button.count():
            button.click()
            expect(self.page.get_by_role("status").filter(has_text=self.say("Link copied"))).to_be_visible()
            assert self.page.evaluate("navigator.clipboard.readText()") == shown
        self.sees("link")
        return shown

    def finds_the_mail(self, about: str) -> str:
        """Opens the newest e-mail whose subject or page tells of ``about``; gives the link inside it."""
        self.goes_to("/mail")
        self.sees("mails")
        self.page.get_by_role("link", name=re.compile(re.escape(about))).first.click()
        inside = self.page.frame_locator("iframe.mail").get_by_role("link").first
        expect(inside).to_be_visible()
        self.sees("mail")
        address = inside.get_attribute("href")
        assert address is not None
        return address

    def sees_chip(self, words: str) -> None:
        expect(
            self.page.locator(".chip").filter(has_text=re.compile(f"^{re.escape(self.say(words))}$")).first
        ).to_be_visible()

    def sees_in_history(self, words: str, **facts: Any) -> None:
        expect(self.page.get_by_role("list", name=self.say("History"))).to_contain_text(
            self.say(words, **facts)
        )

    def sees_phase(self, name: str) -> None:
        expect(self.page.locator("[aria-current=step]")).to_contain_text(name)

    def number(self, words: str) -> str:
        """The number in a text of this page, as ``Order %(number)s``."""
        before, _, after = self.say(words, number="\0").partition("\0")
        pattern = re.compile(re.escape(before) + r"([A-Z]+-\d{4}-\d+)" + re.escape(after))
        found = pattern.search(self.page.locator("main").inner_text())
        assert found is not None, words
        return found[1]

    def sees_the_signature(self, name: str) -> str:
        """On the deal's page; gives the number of the order."""
        self.goes_to_the_opportunity()
        self.sees_chip("Signed")
        self.sees_in_history("%(name)s signed version %(version)s", name=name, version=1)
        order = self.number("Order %(number)s")
        self.sees_in_history("Order %(number)s placed", number=order)
        self.sees("signed")
        return order

    def asks_for_a_deposit(self, percent: str, kind: str) -> None:
        self.field("Deposit on order").fill(percent)
        self.field("Kind of deposit").select_option(kind)
        self.button("Save the quote").click()
        expect(self.page.get_by_role("status").filter(has_text=self.say("Saved."))).to_be_visible()
        self.sees("deposit-asked")

    def invoices(self, button: str = "Create the invoice", kind: str = "Invoice") -> None:
        """``kind``: what the button makes."""
        self.button(button).click()
        draft = self.say("Draft: %(kind)s of order %(number)s", kind=self.say(kind), number="")
        self.reads_heading(re.compile(re.escape(draft.rstrip())))
        self.sees_chip("Draft")
        self.sees("invoice-draft")

    def issues(self) -> str:
        """Gives the invoice's number."""
        self.button("Issue the invoice").click()
        self.sees_chip("Issued")
        self.sees("invoice-issued")
        found = re.search(r"[A-Z]+-\d{4}-\d+", self.page.get_by_role("heading", level=1).inner_text())
        assert found is not None
        return found[0]

    def records_the_payment(self) -> None:
        """Of all that is open, as the form proposes it."""
        self.button("Record").click()
        self.sees_chip("Paid")
        self.sees("invoice-paid")


class Accountant(Colleague):
    email = "marc@atelier-duval.example"

    def downloads_the_pdf(self, number: str) -> bytes:
        self.goes_to("/invoices")
        self.sees("invoices")
        self.link_of(number).click()
        self.reads_heading("Invoice %(number)s", number=number)
        address = self.link("Download the PDF").get_attribute("href")
        return self.pdf(f"{self.site.url}{address}")

    def link_of(self, number: str) -> Locator:
        return self.page.get_by_role("link", name=number, exact=True)


class Client(Person):
    """Whoever holds the link."""

    address = ""

    def opens(self, address: str) -> None:
        self.address = address
        self.page.goto(address)

    def reads(self, *facts: str) -> None:
        for fact in facts:
            expect(self.page.locator("body")).to_contain_text(fact)
        expect(self.page.locator(".chip").first).to_have_text(self.say("Awaiting your answer"))
        self.sees("quote")

    def goes_to_sign(self) -> None:
        self.visible(self.link("Accept and sign")).click()
        self.reads_heading("Sign the quote")
        self.sees("sign")

    def signs_by_typing(self, name: str, *, function: str | None = None, pause: int = 0) -> None:
        self.fills_in(name, function=function, pause=pause)
        self.sees("sign-filled")
        self.presses_sign()
        self.sees_the_confirmation(name)
        self.sees("confirmation")

    def fills_in(self, name: str, *, function: str | None = None, pause: int = 0) -> None:
        """What is there already stays; ``function`` is that of a professional."""
        self._types(self.field("First and last name"), name, pause)
        if function is not None:
            self._types(self.field("Your job title"), function, pause)
            self.page.locator("input[name=authority]").check()
        self._types(self.page.locator("input[name=mention]"), MENTION[self.language], pause)
        self.page.locator("input[name=consent]").check()

    def _types(self, field: Locator, text: str, pause: int) -> None:
        if field.input_value() == text:
            return
        field.click()
        if field.input_value():
            field.fill("")
        field.press_sequentially(text, delay=pause)

    def presses_sign(self) -> None:
        self.sign_button.click()

    @property
    def sign_button(self) -> Locator:
        return self.page.locator("section.final button")

    def sees_the_confirmation(self, name: str) -> None:
        self.reads_heading("Thank you %(name)s, it is signed", name=name)
        assert self.page.url.endswith("/signed")

    def waits_for_the_signed_copy(self) -> bytes:
        return self.pdf(f"{self.page.url.removesuffix('/signed')}/signed.pdf")

    def visible(self, links: Locator) -> Locator:
        return next(each for each in links.all() if each.is_visible())


@dataclass
class Company:
    rep: Rep
    client: Client
    accountant: Accountant
