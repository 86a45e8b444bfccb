"""A colleague comes by a mailed invitation, guards the account with a second factor, and leaves: the work stays in the firm."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from passlib.totp import TOTP
from PIL import Image
from playwright.sync_api import expect

from backoffice import clock
from backoffice.staff.models import Role
from backoffice.staff.second_factor import RECOVERY_CODES
from tests.browser.mailbox import Mailbox, plain_text
from tests.browser.office import OfficeWorker
from tests.browser.site import Site
from tests.browser.watch import Look
from tests.factories import PASSWORD, a_member

VIEWS = [(390, "fr"), (820, "en"), (1280, "fr")]
STEP = 30  # seconds that a code lasts


def a_portrait() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (480, 640), "#2f6f7e").save(out, "JPEG")
    return {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Member(OfficeWorker):
    """Anybody with an account."""

    def signs_out(self) -> None:
        menu = self.page.get_by_role("navigation", name=self.say("Main menu"))
        if menu.locator("summary").is_visible():
            menu.locator("summary").click()
        menu.get_by_role("button", name=self.say("Sign out")).filter(visible=True).click()
        self.is_told("You are signed out.")

    def is_let_in(self) -> None:
        expect(self.page.get_by_role("navigation", name=self.say("Main menu"))).to_be_visible()

    def is_shut_out(self) -> None:
        self.page.reload()
        self.reads_heading("Sign in")


class Administrator(Member):
    email = "admin@atelier-duval.example"

    def invites(self, name: str, email: str) -> None:
        self.goes_to("/people")
        self.sees("people")
        self.link("Invite somebody").click()
        self.reads_heading("Invite somebody")
        self.fills_in(name=name, email=email)
        self.asked("Role").select_option("rep")
        self.asked("Language").select_option(self.language)
        self.sees("invitation")
        self.button("Invite").click()
        self.is_told("%(name)s is invited.", name=name)
        invited = self.page.get_by_role("table", name=self.say("Invited"))
        expect(invited.get_by_role("row").filter(has_text=email)).to_be_visible()
        self.sees("invited")

    def opens_account_of(self, name: str) -> None:
        self.goes_to("/people")
        self.link(name).click()
        self.reads_heading(name)


class Newcomer(Member):
    secret = ""

    def code(self, later: int = 0) -> str:
        """What the app on the telephone shows, or will show so many codes later."""
        return str(TOTP(key=self.secret).generate(clock.now().timestamp() + later * STEP).token)

    def gives_the_password(self) -> None:
        self.goes_to("/sign-in")
        self.field("E-mail").fill(self.email)
        self.field("Password").fill(PASSWORD)
        self.button("Sign in").click()
        self.reads_heading("One more step")

    def signs_in_with_the_next_code(self) -> None:
        """None works twice; a telephone's clock may be that far ahead, so nobody waits for it."""
        self.gives_the_password()
        self.sees("one-more-step")
        self.field("Code from your app").fill(self.code(later=1))
        self.button("Sign in").click()
        self.is_let_in()

    def signs_in_without_telephone(self, recovery_code: str) -> None:
        self.gives_the_password()
        self.page.get_by_text(self.say("I do not have my telephone")).click()
        self.field("Recovery code").fill(recovery_code)
        self.sees("without-telephone")
        self.button("Sign in").click()
        self.is_let_in()

    def turns_on_the_second_factor(self) -> list[str]:
        """Gives the recovery codes, as the page shows them and as the file has them."""
        self.goes_to("/account")
        self.link("Set up …").click()
        self.page.get_by_text(self.say("I cannot scan it")).click()
        key = self.page.locator("p.mono")
        expect(key).to_be_visible()
        self.secret = "".join(key.inner_text().split())
        self.sees("second-factor")
        self.field("Code from your app").fill(self.code())
        self.field("Present password").fill(PASSWORD)
        self.button("Turn on").click()
        self.reads_heading("Your recovery codes")
        shown = self.page.locator("ul.codes li").all_inner_texts()
        self.sees("recovery-codes")
        with self.page.expect_download() as begun:
            self.link("Download").click()
        assert begun.value.path().read_text().split() == shown
        self.button("I have kept them").click()
        self.reads_heading("Your account")
        return shown


def invited_by(mailbox: Mailbox, email: str) -> str:
    """The address in the letter to whoever is invited."""
    found = re.search(r"https?://\S+/invitation/\S+", plain_text(mailbox.letter(email, "/invitation/")))
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_a_colleague_comes_and_leaves(
    postgresql_site: Site, mailbox: Mailbox, colleague: Callable[..., Any], width: int, language: str
):
    look = Look("people-come-and-leave", width, language)
    admin = colleague(Administrator, postgresql_site, look, language)
    newcomer = colleague(Newcomer, postgresql_site, look, language)
    newcomer.email, name, title = (
        f"erwan{width}@atelier-duval.example",
        f"Erwan Tanguy {width}",
        f"Pergola {width}",
    )
    page = newcomer.page
    admin.signs_in()
    admin.invites(name, newcomer.email)

    page.goto(invited_by(mailbox, newcomer.email))
    newcomer.reads_heading("Welcome")
    expect(newcomer.field("Your name")).to_have_value(name)
    newcomer.watch.allow(422)
    newcomer.field("Choose a password").fill("erwan")
    newcomer.button("Come in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    newcomer.sees("password-refused")
    newcomer.field("Choose a password").fill(PASSWORD)
    newcomer.button("Come in").click()
    newcomer.is_let_in()
    newcomer.sees("first-page")

    admin.opens_account_of(name)
    admin.asked("Role").select_option("manager")
    admin.button("Change the role").click()
    admin.is_told("The role is changed.")
    admin.sees("role-changed")
    newcomer.opens_an_opportunity(
        title, "moreau", "Mme Claire Moreau"
    )  # whom a manager knows, and a new rep not

    admin.page.reload()
    admin.link("Leaves the firm …").click()
    admin.asked("Who takes over").select_option(label="Julien Duval")
    admin.sees("leaving")
    admin.button("Close the account and hand over").click()
    admin.is_told("%(name)s can no longer sign in.", name=name)
    admin.sees("left")
    newcomer.is_shut_out()
    admin.page.goto(newcomer.deal)
    expect(admin.fact("Owner")).to_have_text("Julien Duval")
    admin.sees("handed-over")
    assert title in plain_text(mailbox.letter("julien@atelier-duval.example", title))


@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_an_account_and_its_second_factor(
    site: Site, colleague: Callable[..., Any], width: int, language: str
):
    look = Look("people-account", width, language)
    here, elsewhere = (colleague(Newcomer, site, look, language) for _browser in range(2))
    here.email = elsewhere.email = f"lena{width}@atelier-duval.example"
    site.passwords[here.email] = PASSWORD
    site.ask(lambda: a_member(Role.ACCOUNTANT, here.email, f"Léna Caradec {width}", language))
    page = here.page
    here.signs_in()
    codes = here.turns_on_the_second_factor()
    assert len(set(codes)) == RECOVERY_CODES
    here.signs_out()
    here.signs_in_with_the_next_code()

    elsewhere.signs_in_without_telephone(codes[0])
    here.goes_to("/account")
    browsers = page.get_by_role("table", name=here.say("Where you are signed in"))
    expect(browsers.locator("tbody tr")).to_have_count(2)
    here.sees("two-browsers")
    browsers.get_by_role("button", name=here.say("Sign out")).click()
    here.is_told("That browser is signed out.")
    expect(browsers.locator("tbody tr")).to_have_count(1)
    elsewhere.is_shut_out()

    here.fills_in(phone="06 12 34 56 78", function="Métreuse")
    here.button("Save").first.click()
    here.is_told("Saved.")
    page.locator("input[type=file]").set_input_files(a_portrait())
    here.button("Use this picture").click()
    here.is_told("Clients and colleagues now see your photograph.")
    expect(page.locator("#work img").first).to_be_visible()
    expect(here.asked("Telephone")).to_have_value("06 12 34 56 78")
    here.sees("account")
