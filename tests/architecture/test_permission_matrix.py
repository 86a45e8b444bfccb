"""Every role × every route of the back office × one's own and somebody else's: who is let in, and that nothing leaks.

The table below says of each name that stands in an address whose things it names. A route with a name that is
not in it fails until a line is added; one whose name is there is asked like all others, whoever wrote it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backoffice.acceptances.models import Acceptance, AcceptanceProof
from backoffice.access import PERMISSIONS, permission_of
from backoffice.agenda.models import Task
from backoffice.credit_notes.models import CreditNote
from backoffice.db import db
from backoffice.documents.models import Document, DocumentKind
from backoffice.files.models import StoredFile
from backoffice.invoices.models import Invoice
from backoffice.jobs.models import Job
from backoffice.links.models import ClientLink
from backoffice.notices.models import Notice
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.orders.models import Order
from backoffice.payments.models import Payment
from backoffice.quotes.models import Quote
from backoffice.staff.models import Role, StaffSession
from tests import factories
from tests.factories import a_member, everything
from tests.house import House, a_house, addresses, rules
from tests.reader import Page, PageReader

EVERYBODY = frozenset(Role)
SELLING = frozenset({Role.MANAGER, Role.ADMIN})


@dataclass(frozen=True)
class Owned:
    """Things that belong to somebody. ``by``: their ids, each with its owner's; ``seen``: the roles that see all of them."""

    by: sa.Select[Any]
    seen: frozenset[Role]


def _of_deal(entity: Any, *ways: Any) -> sa.Select[Any]:
    query = sa.select(entity.id, Opportunity.owner_id).select_from(entity)
    for target, condition in ways:
        query = query.join(target, condition)
    return query


OF_ORDER = (Opportunity, Opportunity.id == Order.opportunity_id)
PAPERS = SELLING | {Role.ACCOUNTANT}

SHARED = frozenset(
    {
        "client_id",
        "contact_id",
        "section",
        "reason_id",
        "staff_id",
        "invitation_id",
        "product_id",
        "price_list_id",
        "entry_id",
        "price_id",
        "group_id",
        "discount_id",
        "family_id",
        "rate_id",
        "digest",
        "phase_id",
        "fact",
        "subject",
        "step",
        "act",
    }
)
"""Names of what everybody sees who may open the page at all."""
OWNED: Mapping[str, Owned] = {
    "opportunity_id": Owned(sa.select(Opportunity.id, Opportunity.owner_id), SELLING),
    "quote_id": Owned(_of_deal(Quote, (Opportunity, Opportunity.id == Quote.opportunity_id)), SELLING),
    "line_uuid": Owned(
        sa.select(OpportunityLine.uuid, Opportunity.owner_id).join(
            Opportunity, Opportunity.id == OpportunityLine.opportunity_id
        ),
        SELLING,
    ),
    "task_id": Owned(_of_deal(Task, (Opportunity, Opportunity.id == Task.opportunity_id)), SELLING),
    "file_id": Owned(
        _of_deal(StoredFile, (Opportunity, Opportunity.id == StoredFile.opportunity_id)), SELLING
    ),
    "mail_id": Owned(
        _of_deal(OutgoingMail, (Opportunity, Opportunity.id == OutgoingMail.opportunity_id)), SELLING
    ),
    "order_id": Owned(_of_deal(Order, OF_ORDER), PAPERS),
    "invoice_id": Owned(_of_deal(Invoice, (Order, Order.id == Invoice.order_id), OF_ORDER), PAPERS),
    "link_id": Owned(
        _of_deal(
            ClientLink,
            (Quote, Quote.id == ClientLink.quote_id),
            (Opportunity, Opportunity.id == Quote.opportunity_id),
        ),
        SELLING,
    ),
    "credit_note_id": Owned(_of_deal(CreditNote, (Order, Order.id == CreditNote.order_id), OF_ORDER), PAPERS),
    "payment_id": Owned(
        _of_deal(
            Payment,
            (Invoice, Invoice.id == Payment.invoice_id),
            (Order, Order.id == Invoice.order_id),
            OF_ORDER,
        ),
        PAPERS,
    ),
    "proof_id": Owned(
        _of_deal(
            AcceptanceProof,
            (Acceptance, Acceptance.id == AcceptanceProof.acceptance_id),
            (Quote, Quote.id == Acceptance.quote_id),
            (Opportunity, Opportunity.id == Quote.opportunity_id),
        ),
        PAPERS,
    ),
    "session_id": Owned(sa.select(StaffSession.id, StaffSession.staff_id), frozenset()),
    "job_id": Owned(sa.select(Job.id, Job.started_by), frozenset()),
    "notice_id": Owned(sa.select(Notice.id, Notice.staff_id), frozenset()),
}
"""Names of what belongs to a rep's deal, or to one person alone."""
APART: Mapping[str, str] = {
    "document_id": "quotes in hand as deals, the others as papers: see test_documents below"
}
"""Names with a rule of their own, which a test of their own knows."""
NOT_FOUND = 404
FOREIGN = "Zéphyrine-Quatorze"
"""Stands in the title of the other rep's deals, and nowhere else."""


@dataclass(frozen=True)
class Firm:
    """``house`` with a second rep, whose deals, quote, order and invoices nobody else among the reps may see."""

    house: House
    other: int
    owners: Mapping[str, Mapping[Any, int]]

    def values(self, name: str) -> list[Any]:
        return list(self.owners[name]) if name in self.owners else self.house.values[name]


@pytest.fixture
def firm(prepared: Callable[..., Any]) -> Firm:
    found: Firm = prepared(a_firm_of_two_reps)
    return found


def a_firm_of_two_reps() -> Firm:
    house = a_house()
    other = a_member(Role.REP, email="nadia@atelier-duval.example", name="Nadia Lebrun")
    factories.an_opportunity(other, title=f"{FOREIGN} nu")
    factories.a_sent_quote(factories.an_opportunity(other, title=f"{FOREIGN} envoyé"))
    _, _, signature = factories.a_signed_quote(factories.an_opportunity(other, title=f"{FOREIGN} signé"))
    factories.an_invoice(factories.order_of(signature), issued=True)
    factories.an_accepted_quote(factories.an_opportunity(other, title=f"{FOREIGN} accepté"))
    factories.a_staff_session(other)
    owners = {name: dict(db.session.execute(owned.by).all()) for name, owned in OWNED.items()}
    db.session.rollback()
    return Firm(house, other, owners)


def locked(app: Flask) -> Iterator[tuple[str, Rule]]:
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            yield method, rule


def test_every_name_in_an_address_is_in_the_table(app):
    known = SHARED | OWNED.keys() | APART.keys()
    unknown = {(rule.rule, name) for _, rule in locked(app) for name in rule.arguments - known}
    assert unknown == set(), "say in OWNED, SHARED or APART whose they are"


def asked(reader: PageReader, method: str, address: str) -> TestResponse:
    return reader.open(address, method=method)


@pytest.mark.slow
def test_a_role_without_the_permission_finds_nothing_and_changes_nothing(app, signed_in, firm):
    readers = {role: signed_in(firm.house.staff[role]) for role in Role}
    before, wrong = everything(), []
    for role, reader in readers.items():
        unknown = as_nowhere(reader)
        for method, rule in locked(app):
            if role in PERMISSIONS[permission_of(app, rule.endpoint)]:
                continue
            for address in addresses(app, rule, firm.house.values)[:2]:
                answer = asked(reader, method, address)
                if answer.status_code != 404 or body_of(answer) != unknown:
                    wrong.append((role.value, method, address, answer.status_code))
    assert wrong == []
    assert everything() == before


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_who_has_the_permission_is_let_in_to_the_own_and_finds_nothing_of_others(app, signed_in, firm, role):
    me = firm.house.staff[role]
    reader = signed_in(me)
    before, unknown, wrong = everything(), as_nowhere(reader), []
    token = Page(reader.get("/account").text).form("sign-out")["fields"]["csrf_token"]
    for method, rule in locked(app):
        if role not in PERMISSIONS[permission_of(app, rule.endpoint)] or rule.arguments & APART.keys():
            continue
        for chosen in of_each_owner(firm, rule, me):
            address = built(app, rule, method, chosen)
            if all(mine(firm, name, value, me, role) for name, value in chosen.items()):
                if method == "GET" and asked(reader, "GET", address).status_code in {403, 405, 500}:
                    wrong.append((method, address, "own, and refused"))
                continue
            answers = [asked(reader, method, address)]
            if method == "POST":  # as a page of one's own would send it
                answers.append(reader.post(address, data={"csrf_token": token}))
            wrong += [
                (method, address, each.status_code)
                for each in answers
                if each.status_code != 404 or body_of(each) != unknown
            ]
    assert wrong == []
    assert everything() == before


@pytest.mark.slow
def test_no_page_of_a_rep_tells_of_the_deals_of_another(app, signed_in, firm):
    julien, nadia = signed_in(firm.house.staff[Role.REP]), signed_in(firm.other)
    numbers = set(
        db.session.scalars(
            sa.select(Quote.number).join(Opportunity).where(Opportunity.owner_id == firm.other)
        )
    )
    numbers |= set(
        db.session.scalars(
            sa.select(Order.number)
            .join(Opportunity, Opportunity.id == Order.opportunity_id)
            .where(Opportunity.owner_id == firm.other)
        )
    )
    db.session.rollback()
    marks = {FOREIGN, *filter(None, numbers)}
    told, seen = [], set()
    for rule in rules(app, "GET"):
        if rule.arguments & (OWNED.keys() | APART.keys()):
            continue
        for address in addresses(app, rule, firm.house.values):
            text = julien.get(address).data.decode(errors="replace")  # a picture has no words
            told += [(address, mark) for mark in marks if mark in text]
            theirs = nadia.get(address).data.decode(errors="replace")
            seen |= {mark for mark in marks if mark in theirs}
    assert told == []
    assert seen == marks, "the marks would be seen if they were shown"


def test_documents(app, signed_in, firm):
    """A paper of a deal: its rep, managers and administrators; the accountant once it is signed or invoiced."""
    wrong = []
    kinds = {row.id: row.kind for row in db.session.execute(sa.select(Document.id, Document.kind))}
    db.session.rollback()
    signed = {key for key, kind in kinds.items() if kind is not DocumentKind.QUOTE}
    readers = {role: signed_in(firm.house.staff[role]) for role in Role}
    other = signed_in(firm.other)
    for key, kind in kinds.items():
        address = f"/documents/{key}.pdf"
        own = {role for role, reader in readers.items() if reader.get(address).status_code != NOT_FOUND}
        theirs = other.get(address).status_code != NOT_FOUND
        if (
            (Role.REP in own) == theirs
            or not own >= SELLING
            or (key in signed and Role.ACCOUNTANT not in own)
        ):
            wrong.append((key, kind, own, theirs))
    assert wrong == []
    assert signed


def mine(firm: Firm, name: str, value: Any, me: int, role: Role) -> bool:
    return name in SHARED or role in OWNED[name].seen or firm.owners[name][value] == me


def of_each_owner(firm: Firm, rule: Rule, me: int) -> Iterator[dict[str, Any]]:
    """One of the own and one of another for each name, in every combination."""
    names = sorted(rule.arguments)
    choices = []
    for name in names:
        values = firm.values(name)
        if name in OWNED:
            owners = firm.owners[name]
            own, foreign = (
                [each for each in values if owners[each] == me],
                [each for each in values if owners[each] != me],
            )
            values = own[:1] + foreign[:1] + foreign[-1:]
        choices.append(values[:3])
    for chosen in product(*choices):
        yield dict(zip(names, chosen, strict=True))


def built(app: Flask, rule: Rule, method: str, chosen: Mapping[str, Any]) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, dict(chosen), method=method)


def as_nowhere(reader: PageReader) -> bytes:
    """What is answered to an id that never was: the hidden must look the same."""
    answer = reader.post(f"/account/sessions/{uuid4()}/end")
    assert answer.status_code == 404
    return body_of(answer)


def body_of(answer: TestResponse) -> bytes:
    """Without the marks that differ from request to request: the token, and where in the menu one is."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    return re.sub(r' aria-current="page"', "", text).encode()
