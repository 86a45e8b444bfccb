"""What a rep does with an opportunity besides its quote, from the first call to handing it over. Three widths, both languages, axe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backoffice import clock
from backoffice.files.types import EVERY_TYPE
from backoffice.files.uploads import labels_of
from tests import files
from tests.browser.desk import Nadia, Salesperson, title_alone
from tests.browser.site import Site

WIDTHS = [(390, "fr"), (820, "en"), (1280, "fr")]
NADIA = "Nadia Lebrun"
PLAN = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
PROGRAM = {
    "name": "plan.pdf",
    "mimeType": "application/pdf",
    "buffer": b"MZ\x90\x00 a program with another name",
}
VISIT = {"fr": "Visite", "en": "Visit"}
PRICE = {"fr": "Prix", "en": "Price"}
LONG_DAY = {"fr": "18 mars 2027", "en": "18 March 2027"}


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_an_opportunity_begins_with_a_call_from_somebody_new(
    desk: Callable[..., Salesperson], width: int, language: str
):
    rep, title = desk("call", width, language), f"Dressing de la chambre {width}"
    rep.opens_an_opportunity_for_somebody_new(
        title, f"Mme Rose Abgrall {width}", "Person, buys as a consumer", f"rose{width}@example.com"
    )
    expect(
        rep.section("Tasks").get_by_role("link", name=rep.say("Follow up with the client"))
    ).to_be_visible()
    rep.sees("opened")
    rep.changes("Order expected on", "2027-03-18", LONG_DAY[language])
    rep.changes("Probability", "65", re.compile(r"65\s*%"))
    rep.changes("Source", "Salon de l’habitat", "Salon de l’habitat")
    rep.changes("Internal notes", "Rappeler après 18 h.", "Rappeler après 18 h.")
    rep.moves_to(VISIT[language])
    rep.sees_in_history("Moved to “%(phase)s”", phase=VISIT[language])
    rep.sees("told")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_plan_is_kept_put_away_and_found_again(
    site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    title = f"Placard à mesurer {width}"
    site.sends_a_quote("Mme Claire Moreau", title)
    rep = desk("plan", width, language)
    rep.opens_opportunity(title)
    rep.watch.allow(422)
    rep.adds_file(PROGRAM)
    rep.is_told_what_is_wrong(
        "“%(name)s” cannot be taken: its content is none of %(types)s.",
        name="plan.pdf", types=labels_of(EVERY_TYPE),
    )  # fmt: skip
    rep.sees("file-refused")
    rep.adds_file(PLAN)
    expect(rep.said).to_contain_text(rep.say("Saved."))
    assert rep.opens_file("plan.pdf") == files.PDF
    rep.button("Archive: %(name)s", name="plan.pdf").click()
    rep.unfolds("Archived (%(count)s)", count=1)
    assert rep.opens_file("plan.pdf") == files.PDF
    rep.sees("file-archived")
    rep.button("Restore: %(name)s", name="plan.pdf").click()
    expect(rep.button("Archive: %(name)s", name="plan.pdf")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_colleague_is_given_an_appointment(
    site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    title = f"Escalier à mesurer {width}"
    site.sends_a_quote("Mme Claire Moreau", title)
    rep = desk("appointment", width, language)
    rep.opens_opportunity(title)
    what, day = f"Prendre les mesures {width}", clock.today("Europe/Paris") + timedelta(days=3)
    rep.plans(what, NADIA, day=day.isoformat(), hour="14:30")
    row = rep.section("Tasks").get_by_role("listitem").filter(has_text=what)
    expect(row.get_by_role("img", name=NADIA)).to_be_visible()
    rep.sees("appointment")
    row.get_by_role("link", name=what).click()
    taken = rep.takes_into_the_calendar()
    assert f"SUMMARY:{what}" in taken
    assert f"DTSTART:{day:%Y%m%d}T" in taken
    rep.sees("appointment-alone")

    nadia = desk("appointment-nadia", width, language, Nadia)
    nadia.goes_to("/tasks")
    expect(nadia.link(what)).to_be_visible()
    nadia.sees("tasks")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_deal_is_found_by_its_contact_its_title_and_its_number(
    site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    title, other = f"Comptoir du garage {width}", f"Volets de la maison {width}"
    site.sends_a_quote("Garage Le Goff", title)
    site.sends_a_quote("Mme Claire Moreau", other)
    rep = desk("list", width, language)
    rep.looks_for("Yann Le Goff", expects=[title], without=[other])
    rep.looks_for(str(width), expects=[title, other], state="all")
    rep.sees("list")
    rep.page.get_by_role("link", name=title, exact=True).click()
    rep.reads_heading(title_alone(title))
    number = rep.number("Quote %(number)s")
    rep.looks_for(number, expects=[title], without=[other])
    rep.looks_for(str(width), expects=[], without=[title, other], state="won")
    rep.sees("list-empty")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_deal_is_lost_reopened_copied_and_handed_over(
    site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    title = f"Établi du garage {width}"
    site.sends_a_quote("Garage Le Goff", title)
    rep = desk("outcome", width, language)
    rep.opens_opportunity(title)
    rep.chooses("Lost or expired…")
    rep.reads_heading("Lost or expired")
    rep.watch.allow(422)
    rep.button("Close the opportunity").click()
    rep.is_told_what_is_wrong("Choose why the opportunity is lost.")
    rep.sees("lost-without-reason")
    rep.field("Reason").select_option(label=PRICE[language])
    rep.field("What happened").fill("Le voisin fait moins cher.")
    rep.button("Close the opportunity").click()
    rep.reads("Lost: %(reason)s", reason=PRICE[language])
    expect(rep.page.locator("main")).to_contain_text("Le voisin fait moins cher.")
    rep.sees("lost")
    rep.looks_for(title, expects=[title], state="lost")
    rep.page.get_by_role("link", name=title, exact=True).click()
    rep.button("Reopen").click()  # which only a lost deal has
    expect(rep.button("Reopen")).to_have_count(0)
    expect(rep.button("Create the quote")).to_be_visible()

    rep.chooses("Duplicate")
    expect(rep.said).to_contain_text(rep.say("This is the copy. Give it a title of its own."))
    copied = f"Second établi {width}"
    rep.field("Title").fill(copied)
    rep.sees("copy")
    rep.button("Save").click()
    rep.reads_heading(title_alone(copied))
    expect(rep.page.locator("[name$='-name']").first).to_have_value("Étagère en chêne")

    rep.chooses("Hand over")
    rep.reads_heading("Hand over")
    rep.field("New owner").select_option(label=NADIA)
    rep.sees("hand-over")
    rep.button("Hand over").click()
    expect(rep.said).to_contain_text(copied)
    rep.looks_for(copied, expects=[], without=[copied], state="all")

    nadia = desk("outcome-nadia", width, language, Nadia)
    nadia.goes_to("/notices")
    expect(nadia.page.locator("main")).to_contain_text(copied)
    nadia.sees("notices")
    nadia.looks_for(copied, expects=[copied])
