"""axe-core on every page of every role and every state of a client's page: no violation of any weight, no rule left out."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page
from werkzeug.routing import Rule

from backoffice import access
from backoffice.acceptances.models import AcceptanceProof
from backoffice.agenda.models import Task
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client as Buyer
from backoffice.clients.models import Contact
from backoffice.credit_notes.models import CreditNote
from backoffice.db import db
from backoffice.documents.models import Document
from backoffice.families.models import ProductFamily
from backoffice.files.models import StoredFile
from backoffice.invoices.models import Invoice, InvoiceLine
from backoffice.legal.models import VatRate
from backoffice.links.models import ClientLink
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.pricing.models import ClientGroup, DiscountLevel, PriceList, PriceListEntry
from backoffice.quotes.models import Quote
from backoffice.reasons.models import Reason
from backoffice.staff.models import Role, StaffMember
from backoffice.today.day import Section
from backoffice.work import unit_of_work
from tests.browser.actors import Colleague
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch, overflow
from tests.factories import (
    a_bundle,
    a_busy_deal,
    a_changed_quote,
    a_credit_note,
    a_family,
    a_job,
    a_lost_deal,
    a_picture,
    a_quote,
    a_trial,
    address_of,
    an_invoice,
    an_opportunity,
    priced_work,
    stored_deal,
)
from tests.house import WORDS, addresses, rules

WIDTHS = [390, 1280]
VIEWS = [(390, "fr", "light"), (820, "en", "dark"), (1280, "fr", "light")]
"""Each role's pages at every width, in both languages and both schemes."""
PEOPLE = {
    Role.REP: "julien@atelier-duval.example",
    Role.MANAGER: "helene@atelier-duval.example",
    Role.ACCOUNTANT: "marc@atelier-duval.example",
    Role.ADMIN: "admin@atelier-duval.example",
}
FRAGMENTS = {
    "settings.colour",
    "catalogue.search",
    "clients.search",
    "clients.check",
    "jobs.progress",
    "notices.ring",
    "search.options",
}  # parts of a page
DOWNLOADS = {
    "jobs.result",
    "imports.products_csv",
    "imports.clients_csv",
    "accounting.table",
    "files.show",
    "agenda.take_away",
    "acceptances.proof",
    "catalogue.image",
}
WATCHED = {"jobs.show"}  # with scripts, at an address that does not ask again by itself
MAIL_ITSELF = "outgoing.html"
STATES = ["sent", "changes_requested", "signed", "accepted", "refused", "expired", "withdrawn"]


@pytest.fixture(scope="module")
def walked(quiet_site: Site) -> dict[str, list[int]]:
    """Ids of everything there is to open: also a quote never sent, a draft and an issued invoice."""

    def prepare() -> dict[str, list[int]]:
        order = db.session.scalars(sa.select(sa.func.min(Order.id))).one()  # the other is invoiced in part
        unsent = db.session.scalars(
            sa.select(Opportunity.id).where(Opportunity.title == "Escalier quart tournant")
        ).one()
        db.session.rollback()
        a_quote(unsent)
        invoice = an_invoice(order, issued=True)
        line = db.session.scalars(sa.select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice)).first()
        db.session.rollback()
        a_credit_note(invoice, {line: Decimal(1)})
        julien = db.session.scalars(
            sa.select(StaffMember.id).where(StaffMember.email == PEOPLE[Role.REP])
        ).one()
        waiting_room = sa.select(Opportunity.id).where(Opportunity.title == "Accueil et salle d’attente")
        lost = db.session.scalars(waiting_room).one()
        db.session.rollback()
        part = db.session.scalars(sa.select(sa.func.min(Product.id))).one()
        bundle = a_bundle({part: "2"}, "LOT-AXE")
        a_picture(bundle)
        a_family("Chêne", a_family("Parquets"))
        a_busy_deal(unsent, julien)
        a_lost_deal(lost, julien)
        priced_work(unsent)
        entities = {
            "opportunity_id": Opportunity,
            "quote_id": Quote,
            "client_id": Buyer,
            "credit_note_id": CreditNote,
            "contact_id": Contact,
            "order_id": Order,
            "invoice_id": Invoice,
            "staff_id": StaffMember,
            "reason_id": Reason,
            "link_id": ClientLink,
            "task_id": Task,
            "file_id": StoredFile,
            "proof_id": AcceptanceProof,
            "price_list_id": PriceList,
            "entry_id": PriceListEntry,
            "group_id": ClientGroup,
            "discount_id": DiscountLevel,
            "family_id": ProductFamily,
            "rate_id": VatRate,
        }
        ids = {
            name: list(db.session.scalars(sa.select(entity.id).order_by(entity.id)))
            for name, entity in entities.items()
        }
        ids["mail_id"] = list(
            db.session.scalars(sa.select(sa.func.min(OutgoingMail.id)).group_by(OutgoingMail.kind))
        )
        ids["document_id"] = list(
            db.session.scalars(sa.select(sa.func.min(Document.id)).group_by(Document.kind))
        )
        members = list(db.session.scalars(sa.select(StaffMember.id).order_by(StaffMember.id)))
        ids["job_id"] = [*map(a_job, members), *map(a_trial, members)]
        ids["line_uuid"] = [line.uuid for line in stored_deal(unsent).lines if line.is_item]
        ids["product_id"] = list(db.session.scalars(sa.select(Product.id).order_by(Product.id).limit(2)))
        ids["product_id"] = [part, bundle]
        db.session.rollback()
        return ids | WORDS | {"section": list(Section)}

    return quiet_site.ask(prepare)


@pytest.mark.parametrize(("width", "language", "scheme"), VIEWS)
@pytest.mark.parametrize("role", Role)
def test_pages_of_the_back_office(
    quiet_site: Site,
    walked: dict[str, list[int]],
    open_browser: Callable[..., tuple[Page, Watch]],
    axe: Axe,
    role: Role,
    width: int,
    language: str,
    scheme: str,
):
    page, watch = open_browser(width, language, scheme=scheme)
    watch.allow(404, 409, 503)  # without a worker, papers are late
    look = Look(f"pages-{role.value}", width, f"{language}-{scheme}", numbered=False)
    member = Colleague(page, quiet_site, look, watch, language=language)
    member.email = PEOPLE[role]
    quiet_site.ask(lambda: speak(member.email, language))
    member.signs_in()
    found: list[str] = []
    unopened: list[str] = []
    for rule in rules(quiet_site.app, "GET"):
        if rule.endpoint in FRAGMENTS | DOWNLOADS or not permitted(quiet_site, role, rule):
            continue
        opened = 0
        for address in addresses(quiet_site.app, rule, walked):
            address += "?live=" if rule.endpoint in WATCHED else ""  # noqa: PLW2901
            answer = page.goto(f"{quiet_site.url}{address}")
            if answer is None or answer.status in {404, 409}:  # somebody else's, or past that
                continue
            opened += 1
            if (
                page.url.partition("#")[0] != f"{quiet_site.url}{address}"
            ):  # sent on to a page that is walked itself
                break
            if rule.endpoint == MAIL_ITSELF:
                as_received(page, answer.text())
            found += [f"{address}: {fault}" for fault in faults(axe, page)]
            if role is Role.REP or not permitted(quiet_site, Role.REP, rule):
                look.at(page, f"{rule.endpoint.replace('.', '-')}-{opened}")
            if opened == most_of(role, rule):
                break
        if not opened:
            unopened.append(rule.endpoint)
    assert found == []
    assert unopened == []


def speak(email: str, language: str) -> None:
    """From now on the account of this address reads that language."""
    with unit_of_work() as session:
        session.execute(sa.update(StaffMember).where(StaffMember.email == email).values(language=language))


def as_received(page: Page, html: str) -> None:
    """A mail shown outside the sandbox in which nothing, axe included, may run."""
    page.goto("about:blank")
    page.set_content(html)


def most_of(role: Role, rule: Rule) -> int:
    """A rep sees a deal in each of its states; one of a kind does for the others."""
    if role is Role.REP:
        return 9 if rule.endpoint == "opportunities.show" else 2
    return 1


def permitted(site: Site, role: Role, rule: Rule) -> bool:
    needed = access.permission_of(site.app, rule.endpoint)
    return needed is not None and role in access.PERMISSIONS[needed]


@pytest.fixture(scope="module")
def changed(quiet_site: Site) -> str:
    """The address of a quote that was asked for otherwise and sent anew."""

    def prepare() -> str:
        like = db.session.scalars(
            sa.select(Opportunity).where(Opportunity.title == "Escalier quart tournant")
        ).one()
        place = {"pipeline": like.pipeline_id, "Qualification": like.phase_id}
        deal = an_opportunity(like.owner_id, like.client_id, title="Lambris", phases=place)
        return address_of(a_changed_quote(deal)[1])

    return f"{quiet_site.url}{quiet_site.ask(prepare)}"


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (1280, "fr"), (390, "en")])
def test_pages_of_a_client(
    quiet_site: Site,
    changed: str,
    open_browser: Callable[..., tuple[Page, Watch]],
    axe: Axe,
    width: int,
    language: str,
):
    page, watch = open_browser(width, language)
    watch.allow(404, 422, 503)
    look = Look("portal", width, language, numbered=False)
    found: list[str] = []
    for name, address in client_pages(quiet_site, changed, language):
        page.goto(address)
        if name.endswith("wrong"):
            page.locator("section.final button").click()
            page.get_by_role("alert").wait_for()
        look.at(page, name)
        found += [f"{name}: {fault}" for fault in faults(axe, page)]
    assert found == []


def client_pages(site: Site, changed: str, language: str) -> Iterator[tuple[str, str]]:
    for state in STATES:
        yield state, in_language(site.links[state], language)
    for part in ("sign", "quote.pdf"):
        yield part.partition(".")[0] + "-of-sent", f"{in_language(site.links['sent'], language)}/{part}"
    for part in ("changes", "refuse"):
        yield part, f"{in_language(site.links['sent'], language)}/{part}"
    yield "requested", f"{in_language(site.links['changes_requested'], language)}/changes/sent"
    yield "refused-confirmation", f"{in_language(site.links['refused'], language)}/refused"
    professional = in_language(site.links["changes_requested"], language)
    yield "sign-of-professional", f"{professional}/sign"
    yield "sign-wrong", f"{professional}/sign"
    for part in ("signed", "signed.pdf"):
        yield (
            f"confirmation-{part.replace('.', '-')}",
            f"{in_language(site.links['signed'], language)}/{part}",
        )
    yield "changed", in_language(changed, language)
    yield "changes-since", f"{in_language(changed, language)}/changes-since/1"
    yield "forged", in_language(site.links["sent"], language) + "x"


def in_language(address: str, language: str) -> str:
    return address.replace("/p/fr/", f"/p/{language}/")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_before_one_is_signed_in(
    quiet_site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe, width: int
):
    page, watch = open_browser(width)
    watch.allow(404, 422)
    look = Look("pages", width, "fr", numbered=False)
    page.goto(f"{quiet_site.url}/sign-in")
    found = faults(axe, page)
    page.locator("main button").click()
    page.get_by_role("alert").wait_for()
    look.at(page, "sign-in-wrong")
    found += faults(axe, page)
    page.goto(f"{quiet_site.url}/nowhere")
    look.at(page, "not-found")
    assert found + faults(axe, page) == []


@pytest.mark.parametrize("address", ["sent", "signed"])
def test_the_dark_has_contrast_too(
    quiet_site: Site, open_browser: Callable[..., tuple[Page, Watch]], axe: Axe, address: str
):
    page, _ = open_browser(390, scheme="dark")
    page.goto(quiet_site.links[address])
    found = faults(axe, page)
    page.goto(quiet_site.links[address] + ("/sign" if address == "sent" else "/signed"))
    assert found + faults(axe, page) == []


def faults(axe: Axe, page: Page) -> list[str]:
    return [*axe.violations(page), *(f"sticks out: {each}" for each in overflow(page))]
