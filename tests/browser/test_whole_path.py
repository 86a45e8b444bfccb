"""From a deal's products to the invoice's PDF, by everybody who has a part in it."""

import io
import itertools
from collections.abc import Callable

import pypdf
import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from tests.browser.actors import Client, Company, Rep
from tests.browser.mailbox import Mailbox, link_in
from tests.browser.site import Site, eventually

stories = itertools.count(1)


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_from_products_to_the_paid_paper(site: Site, company: Callable[..., Company], width: int):
    whole_path(company(site, "path", width))


def test_in_english(site: Site, company: Callable[..., Company]):
    site.speaks("julien@atelier-duval.example", "en")
    site.speaks("marc@atelier-duval.example", "en")
    try:
        whole_path(
            company(site, "path", 1280, "en"),
            letters="harb",
            buyer="Harbour Street Studio",
            signer="Eleanor Whitby",
            ware="Solid oak bookcase",
            phases=("Quote sent", "Quote signed"),
        )
    finally:
        site.speaks("julien@atelier-duval.example", "fr")
        site.speaks("marc@atelier-duval.example", "fr")


def test_without_javascript(site: Site, company: Callable[..., Company]):
    people = company(site, "path-without-javascript", 390, javascript=False)
    people.rep.watch.allow(422)  # the page asks which of the products that match is meant
    whole_path(people, letters="garage", buyer="Garage Le Goff", signer="Yann Le Goff")


def test_in_the_dark(site: Site, company: Callable[..., Company]):
    whole_path(company(site, "path-dark", 390, scheme="dark"))


def test_on_postgresql_with_a_mail_server(
    postgresql_site: Site, company: Callable[..., Company], mailbox: Mailbox
):
    whole_path(
        company(postgresql_site, "path-postgresql"),
        mailbox=mailbox,
        letters="garage",
        buyer="Garage Le Goff",
        signer="Yann Le Goff",
    )


def whole_path(
    people: Company,
    *,
    letters: str = "moreau",
    buyer: str = "Mme Claire Moreau",
    signer: str = "Claire Moreau",
    ware: str = "Bibliothèque en chêne massif",
    phases: tuple[str, str] = ("Devis envoyé", "Devis signé"),
    mailbox: Mailbox | None = None,
) -> None:
    rep, client, accountant = people.rep, people.client, people.accountant
    professional = buyer != "Mme Claire Moreau"
    title = f"Bibliothèque du salon {next(stories)}"
    already = len(mailbox.received) if mailbox else 0

    rep.signs_in()
    rep.opens_an_opportunity(title, letters, buyer)
    rep.adds_product("biblio" if rep.language == "fr" else "bookc", ware, "2")
    rep.makes_the_quote()
    rep.previews_it(ware)
    rep.sends_it_by_mail()
    rep.goes_to_the_opportunity()
    rep.sees_chip("Sent")
    rep.sees_phase(phases[0])
    rep.sees_in_history("Version %(version)s sent by e-mail to %(name)s", version=1, name=signer)
    number = rep.number("Quote %(number)s")
    if mailbox:
        address = link_in(mailbox.letter(email_of(rep, MailKind.QUOTE_INVITATION, number), number, already))
    else:
        address = rep.finds_the_mail(number)

    client.opens(address)
    client.reads(title, ware)
    client.goes_to_sign()
    client.signs_by_typing(signer, function="Gérant" if professional else None)
    assert is_a_pdf(client.waits_for_the_signed_copy(), number)

    order = rep.sees_the_signature(signer)
    assert order in client.page.locator("main").inner_text()
    rep.sees_phase(phases[1])
    both_are_told(rep, number, mailbox)
    rep.goes_to_the_opportunity()
    rep.invoices()
    invoice = rep.issues()

    accountant.signs_in()
    assert is_a_pdf(accountant.downloads_the_pdf(invoice), invoice)
    the_link_still_answers(client, signer)


def email_of(rep: Rep, kind: MailKind, number: str) -> str:
    mails = rep.site.ask(lambda: rows_of(kind))
    return next(mail.recipient_email for mail in mails if mail.facts["quote_number"] == number)


def rows_of(kind: MailKind) -> list[OutgoingMail]:
    return list(db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == kind)))


def both_are_told(rep: Rep, number: str, mailbox: Mailbox | None) -> None:
    """The client gets the signed copy, the rep the news: one row each, delivered."""
    wanted = MailState.SENT if mailbox else MailState.SHOWN
    for kind in (MailKind.QUOTE_SIGNED_CLIENT, MailKind.QUOTE_SIGNED_REP):

        def delivered(kind: MailKind = kind) -> bool:
            states = [
                mail.state
                for mail in rep.site.ask(lambda: rows_of(kind))
                if mail.facts["quote_number"] == number
            ]
            return states == [wanted]

        eventually(delivered, f"{kind} of {number}")


def is_a_pdf(data: bytes, number: str) -> bool:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return data.startswith(b"%PDF-") and number in text.replace("\n", "")


def the_link_still_answers(client: Client, signer: str) -> None:
    """The same link, opened again: signed, and the way to the confirmation."""
    client.opens(client.address)
    client.link("See your confirmation").first.click()
    client.sees_the_confirmation(signer)
