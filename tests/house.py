"""A firm at work, for tests that walk all pages: staff of every role, deals, quotes, an order and invoices of every state."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from backoffice import access, clock
from backoffice.acceptances.models import AcceptanceProof
from backoffice.agenda.models import Task
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Contact, Standing
from backoffice.credit_notes.models import CreditNote
from backoffice.db import Address, Base, db
from backoffice.documents.models import Document
from backoffice.families.models import ProductFamily
from backoffice.files.models import StoredFile
from backoffice.invitations.models import Invitation
from backoffice.jobs.models import Job
from backoffice.legal.models import VatRate
from backoffice.links.models import ClientLink
from backoffice.notices.models import Notice
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.particulars.forms import FACTS
from backoffice.payments.models import Payment
from backoffice.pricing.models import ClientGroup, DiscountLevel, PriceList, PriceListEntry, ProductPrice
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.reasons.models import Reason
from backoffice.staff.models import Role, StaffMember
from backoffice.today.day import Section
from backoffice.work import unit_of_work
from tests import factories
from tests.reader import Page, PageReader

ENTITIES = {
    "opportunity_id": Opportunity, "quote_id": Quote, "client_id": Client, "contact_id": Contact, "order_id": Order,
    "document_id": Document, "mail_id": OutgoingMail, "task_id": Task, "file_id": StoredFile, "reason_id": Reason,
    "link_id": ClientLink,
    "job_id": Job, "staff_id": StaffMember, "invitation_id": Invitation,
    "product_id": Product,
    "price_list_id": PriceList, "entry_id": PriceListEntry, "price_id": ProductPrice, "group_id": ClientGroup,
    "discount_id": DiscountLevel,
    "family_id": ProductFamily, "rate_id": VatRate,
    "credit_note_id": CreditNote, "payment_id": Payment, "notice_id": Notice, "proof_id": AcceptanceProof,
}  # fmt: skip
WORDS = {
    "subject": ["identity", "vat", "look", "terms", "mentions"],
    "step": ["identity", "numbering", "mentions"],
    "act": ["up", "duplicate"],
}
"""Parts of addresses that are no ids."""


@dataclass(frozen=True, kw_only=True)
class House:
    """Ids. ``fresh``: a deal without a quote; ``sent``: one at the client's; ``anew``: at its second version; ``signed``: one with order and issued invoice."""

    staff: dict[Role, int]
    fresh: int
    sent: ClientLink
    anew: ClientLink
    signed: ClientLink
    issued: int
    draft: int
    values: dict[str, list[Any]]


def a_house() -> House:
    factories.a_seller()
    staff = {role: factories.a_member(role) for role in Role}
    rep = staff[Role.REP]
    picture = factories.a_picture(factories.a_product())
    former = factories.a_family("Parquets", factories.a_family("Sols"))
    shelved = factories.a_product("POSE-J", "Pose à la journée")
    firm = factories.a_client(rep, Standing.PROFESSIONAL)
    unknown = factories.a_client(rep, Standing.PROFESSIONAL, name="Café du Port", billing=Address())
    fresh = factories.an_opportunity(rep, title="Escalier")
    factories.priced_work(fresh)
    _, sent = factories.a_sent_quote(factories.an_opportunity(rep, firm, title="Comptoir"))
    asked, its_link = factories.a_sent_quote(factories.an_opportunity(rep, firm, title="Enseigne"))
    factories.a_request(asked, its_link)
    _, signed, signature = factories.a_signed_quote(factories.an_opportunity(rep))
    issued = factories.an_invoice(factories.order_of(signature), issued=True)
    _, _, other = factories.a_signed_quote(factories.an_opportunity(rep, firm, title="Terrasse"))
    draft = factories.an_invoice(factories.order_of(other))
    _, _, third = factories.a_signed_quote(factories.an_opportunity(rep, unknown, title="Bar"))
    incomplete = factories.an_invoice(factories.order_of(third))
    factories.a_former_client(rep)
    factories.a_job(staff[Role.ADMIN])
    factories.a_lost_deal(factories.an_opportunity(rep, firm, title="Véranda"), rep)
    factories.a_busy_deal(fresh, rep)
    factories.a_trial(staff[Role.ADMIN])
    for role in (Role.MANAGER, Role.ADMIN) * 2:  # who own no deal are told of something too
        factories.a_task(fresh, rep, staff[role])
    advance = factories.an_order_with_deposit(factories.an_opportunity(rep, firm, title="Vitrine"))
    deposit = factories.an_invoice(advance, issued=True)
    factories.a_payment(deposit, "100")
    _, _, fourth = factories.a_signed_quote(factories.an_opportunity(rep, firm, title="Porte"))
    factories.a_credit_note(factories.an_invoice(factories.order_of(fourth), issued=True))
    factories.an_accepted_quote(factories.an_opportunity(rep, firm, title="Store"))
    _, anew = factories.a_changed_quote(factories.an_opportunity(rep, firm, title="Lambris"))
    with unit_of_work() as session:
        session.get_one(Product, shelved).archive(at=clock.now())
        session.get_one(ProductFamily, former).archive(at=clock.now())
        session.get_one(OutgoingMail, 1).state = MailState.FAILED
        session.scalars(sa.select(Reason).order_by(Reason.id)).all()[-1].archive(clock.now())
    with_a_deal = sa.select(OutgoingMail.id).where(OutgoingMail.opportunity_id.is_not(None))
    another_browser = factories.people_at_work(staff)
    values = {
        name: list(db.session.scalars(sa.select(entity.id).order_by(entity.id)))
        for name, entity in ENTITIES.items()
    }
    db.session.rollback()
    return House(
        staff=staff,
        fresh=fresh,
        sent=sent,
        anew=anew,
        signed=signed,
        issued=issued,
        draft=draft,
        values=values
        | {
            "fact": list(FACTS),
            "digest": [picture],
            "section": list(Section),
            "invoice_id": [issued, draft, incomplete, deposit],
            **WORDS,
            "session_id": [another_browser],
            "line_uuid": [line.uuid for line in factories.stored_deal(fresh).lines],
            "mail_id": list(db.session.scalars(with_a_deal.order_by(OutgoingMail.id))),
        },
    )


def rules(app: Flask, method: str, *, portal: bool = False) -> Iterator[Rule]:
    """Routes that answer ``method``: the portal's, or those of the back office that are locked."""
    for rule in app.url_map.iter_rules():
        of_portal = rule.endpoint.startswith("portal.")
        if method in (rule.methods or ()) and (of_portal if portal else not access.is_open(rule.endpoint)):
            yield rule


def addresses(app: Flask, rule: Rule, values: dict[str, list[Any]]) -> list[str]:
    """Every address that a locked route has in this house."""
    at = app.url_map.bind("localhost")
    names = sorted(rule.arguments)
    return [
        at.build(
            rule.endpoint,
            dict(zip(names, chosen, strict=True)),
            method="GET" if "GET" in rule.methods else "POST",
        )
        for chosen in product(*(values[name] for name in names))
    ]


def portal_addresses(app: Flask, token: str, method: str = "GET", language: str = "fr") -> list[str]:
    at = app.url_map.bind("localhost")
    given = {"token": token, "language": language, "number": 1, "digest": "0" * 64}
    return [
        at.build(rule.endpoint, {name: given[name] for name in rule.arguments}, method=method)
        for rule in rules(app, method, portal=True)
    ]


def token_of(link: ClientLink) -> str:
    return factories.address_of(link).rpartition("/")[2]


def posting_forms(reader: PageReader, pages: list[str]) -> list[tuple[str, dict[str, str], str]]:
    """The forms that these pages hold, as they come: where they are sent, with what, and the page they stand on. One per destination."""
    found: dict[str, tuple[str, dict[str, str], str]] = {}
    for address in pages:
        answer = reader.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in Page(answer.text).forms:
            if form["method"] == "post":
                action = form["action"] or address
                pressed = dict(form["buttons"][:1])
                found.setdefault(action, (action, {**form["fields"], **pressed}, address))
    return list(found.values())


def soon_expired(link: ClientLink) -> None:
    """As if the years had passed."""
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(ClientLink).where(ClientLink.id == link.id).values(expires_at=clock.now())
        )


def revoked(link: ClientLink) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(ClientLink).where(ClientLink.id == link.id).values(revoked_at=clock.now())
        )


def unanswered(*entities: type[Base]) -> None:
    """As if the client had never answered: rows of these go, in this order, and the live versions are as sent."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        told = OutgoingMail.cause.regexp_match("^(request|reply|refusal|withdrawal|wish):")
        connection.execute(sa.delete(OutgoingMail).where(told))
        for entity in entities:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS frozen_{entity.__tablename__}_delete")
            connection.execute(sa.delete(entity))
        ended = QuoteVersion.state.in_(
            [VersionState.CHANGES_REQUESTED, VersionState.REFUSED, VersionState.WITHDRAWN]
        )
        connection.execute(sa.update(QuoteVersion).where(ended).values(state=VersionState.SENT))
