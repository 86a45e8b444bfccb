"""The administrator's share: does mail leave, how papers are numbered, is the site well. Three widths, both languages, axe."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from backoffice.access import Permission, needs
from tests.browser.desk import Administrator, Salesperson
from tests.browser.mailbox import Mailbox, listening
from tests.browser.site import Site, eventually
from tests.databases import free_port

WIDTHS = [(390, "fr"), (820, "en"), (1280, "fr")]
IBAN = "FR76 3000 6000 0112 3456 7890 189"
LETTERS = {390: "DA", 820: "DB", 1280: "DC"}
MOREAU = "claire.moreau@example.com"


@pytest.fixture(scope="module")
def box() -> Mailbox:
    """Nobody answers there until ``listening`` says so."""
    return Mailbox(free_port())


@pytest.fixture(scope="module")
def mailing_site(tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> Iterator[Site]:
    """Whose mails leave by the server that ``box`` stands for."""
    running = Site(
        tmp_path_factory.mktemp("running"),
        MAIL_SERVER="127.0.0.1", MAIL_PORT=str(box.port), MAIL_SENDER="devis@atelier-duval.example",
    ).with_a_worker()  # fmt: skip
    yield running
    running.close()


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_the_administrator_tries_the_mail_server(
    mailing_site: Site, box: Mailbox, desk: Callable[..., Salesperson], width: int, language: str
):
    admin, before = desk("mail", width, language, Administrator, mailing_site), len(box.received)
    admin.goes_to("/settings/mail")
    admin.reads_heading("E-mails")
    admin.button("Send a test e-mail").click()
    expect(admin.said).to_contain_text(admin.say("The mail server does not answer. The error:"))
    admin.sees("nobody-answers")
    with listening(box):
        admin.button("Send a test e-mail").click()
        taken = admin.say("The mail server has taken the test e-mail to %(address)s.", address=admin.email)
        expect(admin.said).to_contain_text(taken)
    admin.sees("taken")
    works = admin.say("Your mail server takes e-mails from Accord: your clients will get theirs.")
    assert box.letter(admin.email, works, since=before)["Subject"] == admin.say("Test e-mail from Accord")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_a_mail_that_was_refused_is_told_to_the_rep_and_sent_again(
    mailing_site: Site, box: Mailbox, desk: Callable[..., Salesperson], width: int, language: str
):
    title = f"Étagère égarée {width}"
    rep = desk("undelivered", width, language, at=mailing_site)
    with listening(box):
        box.unknown.add(MOREAU)
        mailing_site.sends_a_quote("Mme Claire Moreau", title)
        row = rep.row("To deal with", title)

        def told() -> bool:
            rep.goes_to("/today")
            return row.count() > 0

        eventually(told, "the mail server’s refusal")
        expect(row).to_contain_text(rep.say("Not delivered"))
        expect(row).to_contain_text("no such person")
        rep.sees("today")
        rep.goes_to("/notices")
        expect(rep.page.locator("main")).to_contain_text(title)
        rep.sees("notices")
        rep.goes_to("/today")
        row.get_by_role("link", name=re.compile(f"^{re.escape(rep.say('Correct the address'))}")).click()
        rep.reads_heading("Links to the quote")
        rep.sees("links")
        box.unknown.clear()
        before = len(box.received)
        rep.button("Send again to %(name)s", name="Claire Moreau").click()
        box.letter(MOREAU, title, since=before)
    rep.goes_to("/today")
    expect(row).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_numbers_and_vat_are_set(
    mailing_site: Site, desk: Callable[..., Salesperson], width: int, language: str
):
    admin = desk("settings", width, language, Administrator, mailing_site)
    admin.watch.allow(422)
    admin.goes_to("/settings/numbering")
    letters = admin.page.locator("[name=quote_prefix]")
    letters.fill("É1")
    admin.button("Save").click()
    admin.is_told_what_is_wrong("Enter one to six letters from A to Z, without accents.")
    expect(letters).to_have_value("É1")
    admin.sees("letters-wrong")
    letters.fill(LETTERS[width])
    admin.button("Save").click()
    expect(admin.said).to_contain_text(admin.say("Saved. The next documents are numbered so."))
    admin.sees("numbering")

    admin.goes_to("/settings/vat")
    account = admin.page.locator("[name=iban]")
    account.fill("FR76 1234")
    admin.button("Save").click()
    admin.is_told_what_is_wrong(
        "This is not an IBAN: copy it as your bank writes it, such as FR76 3000 6000 0112 3456 7890 189."
    )
    expect(account).to_have_value("FR76 1234")
    account.fill(IBAN)
    admin.page.locator("[name=vat_on_debits]").set_checked(width != 820)
    admin.button("Save").click()
    expect(admin.said).to_contain_text(
        admin.say("Saved. It holds for new papers; those that exist stay as they are.")
    )
    admin.sees("vat")
    admin.page.reload()
    expect(admin.page.locator("[name=vat_on_debits]")).to_be_checked(checked=width != 820)

    title = f"Devis numéroté {width}"
    mailing_site.sends_a_quote("Garage Le Goff", title)
    rep = desk("settings-rep", width, language, at=mailing_site)
    rep.opens_opportunity(title)
    assert rep.number("Quote %(number)s").startswith(f"{LETTERS[width]}-")


@pytest.mark.parametrize(("width", "language"), WIDTHS)
def test_the_site_says_whether_it_is_well_and_a_failure_bears_a_reference(
    mailing_site: Site,
    desk: Callable[..., Salesperson],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    language: str,
):
    rep = desk("failure", width, language, at=mailing_site)
    health = f"{mailing_site.url}/health"

    def is_well(address: str) -> bool:
        answer = rep.page.request.get(address)
        return (answer.status, answer.text()) == (200, "ok\n")

    assert is_well(health)
    eventually(lambda: is_well(f"{health}/worker"), "the worker, which begins with mails of this morning")

    @needs(Permission.SELL)
    def fails() -> str:
        raise ZeroDivisionError

    monkeypatch.setitem(mailing_site.app.config, "PROPAGATE_EXCEPTIONS", value=False)  # as in earnest
    monkeypatch.setitem(mailing_site.app.view_functions, "agenda.index", fails)
    rep.watch.allow(500)
    failed = rep.page.goto(f"{mailing_site.url}/tasks")
    assert failed is not None
    assert failed.status == 500
    rep.reads_heading(re.compile("Une erreur est survenue"))
    expect(rep.page.get_by_role("heading", level=2)).to_have_text("Something went wrong")
    expect(rep.page.locator("code")).to_have_text(failed.headers["x-request-id"])
    rep.sees("failed")
