"""A client hands over a signed paper, another rings up: the rep records it, and every page says what it was. Three widths, both languages, axe."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from backoffice.acceptances.models import Acceptance
from backoffice.db import db
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from tests import files
from tests.browser.actors import Client, Company, Person
from tests.browser.site import Site, eventually
from tests.browser.watch import Axe

SCAN = {"name": "devis-signe.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
PAGE_TWO = {"name": "devis-signe-2.png", "mimeType": "image/png", "buffer": files.png()}
WIDTHS = [(390, "fr"), (820, "en"), (1280, "fr"), (390, "en")]


def looked_at(axe: Axe, person: Person, step: str) -> None:
    """Photographed, nothing wider than the screen, nothing against WCAG 2.2 AA."""
    person.sees(step)
    assert axe.violations(person.page) == [], step


def last_acceptance(site: Site) -> tuple[str, str]:
    """Method of the newest, and the name of who accepted."""

    def ask() -> tuple[str, str]:
        found = db.session.scalars(sa.select(Acceptance).order_by(Acceptance.id.desc())).first()
        db.session.rollback()
        assert found is not None
        return found.method.value, found.name

    return site.ask(ask)


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_consumer_hands_over_the_signed_paper(
    site: Site, company: Callable[..., Company], axe: Axe, width: int, language: str
):
    people = company(site, f"accepted-on-paper-{width}-{language}", width, language)
    rep, client, title = people.rep, people.client, f"Étagères de papier {width} {language}"
    address = site.sends_a_quote("Mme Claire Moreau", title)
    address = address.replace("/p/fr/", f"/p/{language}/").replace("/p/en/", f"/p/{language}/")
    site.speaks(rep.email, language)
    try:
        rep.signs_in()
        rep.opens_opportunity(title)
        rep.link("Record an acceptance").click()
        rep.reads_heading("Record an acceptance")
        expect(rep.page.locator(".notice.warn")).to_contain_text("221-16")
        expect(rep.page.get_by_label(rep.say("By telephone"))).to_have_count(0)
        looked_at(axe, rep, "form")

        rep.watch.allow(422)
        rep.button("Record the acceptance").click()
        expect(rep.page.get_by_role("alert")).to_contain_text(rep.say("Choose how the client accepted."))
        looked_at(axe, rep, "form-wrong")

        rep.page.get_by_label(rep.say("On paper: quote or purchase order, signed")).check()
        rep.field("Who accepted").fill("Claire Moreau")
        rep.field("Note").fill("Rendu à l’atelier")
        rep.page.locator("input[name=checked]").check()
        rep.button("Record the acceptance").click()
        expect(rep.page.get_by_role("alert")).to_contain_text(
            rep.say("Add the signed paper or the e-mail as a file: it is the proof.")
        )
        expect(rep.field("Note")).to_have_value("Rendu à l’atelier")
        rep.page.locator("input[type=file]").set_input_files([SCAN, PAGE_TWO])
        rep.button("Record the acceptance").click()

        rep.sees_chip("Accepted")
        said = rep.say("The acceptance is recorded and the order placed.")
        expect(rep.page.get_by_role("status").filter(has_text=said)).to_be_visible()
        history = rep.page.get_by_role("list", name=rep.say("History"))
        expect(history).to_contain_text(rep.say("on paper"))
        expect(history).to_contain_text("Rendu à l’atelier")
        looked_at(axe, rep, "deal")
        with rep.page.expect_download() as taken:
            history.get_by_role("link", name="devis-signe.pdf").click()
        assert taken.value.path().read_bytes() == files.PDF

        order = rep.number("Order %(number)s")
        rep.link("Order %(number)s", number=order).first.click()
        expect(rep.page.locator("main")).to_contain_text(rep.say("recorded, not signed electronically"))
        looked_at(axe, rep, "order")
        client.opens(address)
        reads_how(client, "on paper", "Claire Moreau", order)
        expect(client.page.get_by_role("heading", name=client.say("Changed your mind?"))).to_be_visible()
        looked_at(axe, client, "accepted")
        assert last_acceptance(site) == ("paper", "Claire Moreau")
        eventually(lambda: mail_shown(site, order), "the confirmation, once the quote's PDF is made")
    finally:
        site.speaks(rep.email, "fr")


def reads_how(client: Client, how: str, *facts: str) -> None:
    """The honest page: how it was accepted, and nothing to sign."""
    for fact in (client.say(how), *facts):
        expect(client.page.locator(".notice.good")).to_contain_text(fact)
    expect(client.link("Accept and sign")).to_have_count(0)


def mail_shown(site: Site, order: str) -> bool:
    """Whether the worker is done with the mail: no server is set, so it is shown in the back office."""

    def ask() -> bool:
        mails = db.session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.kind == MailKind.QUOTE_ACCEPTED_CLIENT)
        ).all()
        found = [mail.state for mail in mails if mail.facts["order_number"] == order]
        db.session.rollback()
        return found == [MailState.SHOWN]

    return site.ask(ask)


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (1280, "en")])
def test_a_garage_rings_up_while_its_colleague_reads_the_page(
    site: Site, company: Callable[..., Company], axe: Axe, width: int, language: str
):
    people = company(site, f"accepted-by-telephone-{width}-{language}", width, language)
    rep, client, title = people.rep, people.client, f"Établi par téléphone {width} {language}"
    address = site.sends_a_quote("Garage Le Goff", title)
    address = address.replace("/p/fr/", f"/p/{language}/")
    site.speaks(rep.email, language)
    try:
        client.opens(address)
        client.goes_to_sign()
        client.fills_in("Yann Le Goff", function="Gérant")

        rep.signs_in()
        rep.opens_opportunity(title)
        rep.link("Record an acceptance").click()
        looked_at(axe, rep, "form")
        rep.page.get_by_label(rep.say("By telephone")).check()
        rep.page.locator("input[name=checked]").check()
        rep.button("Record the acceptance").click()
        rep.sees_chip("Accepted")

        client.watch.allow(409)
        client.presses_sign()
        client.reads_heading("This quote is already accepted")
        looked_at(axe, client, "too-late")
        client.page.goto(address)
        reads_how(client, "by telephone", "Yann Le Goff")
        looked_at(axe, client, "accepted")
        assert last_acceptance(site) == ("telephone", "Yann Le Goff")

        rep.goes_to("/quotes?standing=accepted")
        expect(rep.page.locator("main")).to_contain_text(title)
        looked_at(axe, rep, "list")
        rep.goes_to("/mail")
        rep.page.get_by_role("link", name=re.compile(r"accord noté|acceptance is recorded")).first.click()
        mail = rep.page.frame_locator("iframe.mail")
        expect(mail.locator("body")).to_contain_text(
            re.compile(r"Quelque chose n’est pas exact|anything of this not right")
        )
        looked_at(axe, rep, "mail")
    finally:
        site.speaks(rep.email, "fr")
