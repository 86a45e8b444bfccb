"""Entities with good defaults, made by the acts of the product. All need an application context."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask import current_app
from flask_security import hash_password
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.catalogue.models import Nature, Product, Unit
from backoffice.catalogue.search import search_text_of
from backoffice.clients.models import Client, ClientKind, Contact, Standing
from backoffice.db import Address, Bilingual, db
from backoffice.invoices.billing import draft_invoice, issue_invoice
from backoffice.links.models import Channel, ClientLink
from backoffice.links.tokens import link_address
from backoffice.opportunities.models import (
    Opportunity,
    OpportunityLine,
    Phase,
    PhaseTrigger,
    Pipeline,
    QuoteMoment,
)
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.orders.models import Order
from backoffice.quotes.choice import whole
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.sending import Recipient, new_quote, send_quote
from backoffice.quotes.signing import sign_quote
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import AgreedText, Signature, Signing, Way
from backoffice.staff.models import Role, StaffMember
from backoffice.staff.sessions import begin
from backoffice.work import unit_of_work

PASSWORD = "un-mot-de-passe-de-test"
PAST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TYPED_IN = {
    "clients.create": {"name": "Menuiserie Kerleo", "email": "contact@kerleo.example"},
    "opportunities.create": {"title": "Vitrine", "client": "Café du Port"},
    "invoices.complete": {"postcode": "35000", "city": "Rennes"},
}
"""What must be typed in the forms of ``a_house`` that come empty, by endpoint; the others can be sent as they come."""


def a_seller(**changes: object) -> int:
    """The firm; once per test."""
    with unit_of_work() as session:
        if session.get(Seller, ONLY) is None:
            facts = {
                "name": "Atelier Duval", "legal_form": "SARL", "capital": Decimal("20000.00"), "siren": "813420650", "rcs": "RCS Rennes",
                "vat_number": "FR79813420650", "address": Address("4 quai de la Prévalaye", "35000", "Rennes"), "phone": "02 61 91 24 07",
                "email": "bonjour@atelier-duval.example", "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP",
                "mediator": Bilingual("CM2C, cm2c.net", ""), "tagline": Bilingual("Menuiserie, Rennes", "Joinery, Rennes"),
            }  # fmt: skip
            session.add(Seller(**(facts | changes)))
    return ONLY


def a_member(role: Role = Role.REP, email: str = "", name: str = "Julien Duval", language: str = "fr") -> int:
    with unit_of_work() as session:
        member = StaffMember(
            email=email or f"{role.value}@atelier-duval.example", name=name, role=role, language=language, phone="02 61 91 24 07",
            password=hash_password(PASSWORD), created_at=PAST,
        )  # fmt: skip
        session.add(member)
        session.flush()
        return member.id


def a_staff_session(member: int) -> tuple[str, str]:
    """Account key and id of a session that this member opened: what the cookie holds."""
    with unit_of_work() as session:
        row = session.get_one(StaffMember, member)
        return row.fs_uniquifier, str(begin(session, staff_id=member, user_agent="tests", at=clock.now()).id)


def a_pipeline() -> dict[str, int]:
    """Phases by French name: Qualification, Devis envoyé, Devis signé."""
    with unit_of_work() as session:
        names = ("Qualification", "Devis envoyé", "Devis signé")
        pipeline = Pipeline(
            name=Bilingual("Standard", "Standard"),
            phases=[
                Phase(position=i, name=Bilingual(name, name), probability=Decimal(20 + 30 * i))
                for i, name in enumerate(names)
            ],
        )
        session.add(pipeline)
        session.flush()
        for phase, moment in zip(pipeline.phases[1:], (QuoteMoment.SENT, QuoteMoment.SIGNED), strict=True):
            session.add(PhaseTrigger(pipeline_id=pipeline.id, phase_id=phase.id, moment=moment))
        return {phase.name.fr: phase.id for phase in pipeline.phases} | {"pipeline": pipeline.id}


def a_client(
    owner: int, standing: Standing = Standing.CONSUMER, language: str = "fr", **changes: object
) -> int:
    person = standing is Standing.CONSUMER
    facts = {
        "kind": ClientKind.PERSON if person else ClientKind.COMPANY,
        "name": "Mme Claire Moreau" if person else "Garage Le Goff",
        "siren": "" if person else "552100554",
        "email": "claire.moreau@example.com" if person else "yann@garage-legoff.example",
        "billing": Address("12 rue des Lices", "35000", "Rennes"),
    } | changes
    with unit_of_work() as session:
        name = "Claire Moreau" if person else "Yann Le Goff"
        contact = Contact(
            name=name, function="" if person else "Gérant", email=str(facts["email"]), language=language
        )
        client = Client(
            standing=standing, language=language, owner_id=owner, created_at=PAST, contacts=[contact], **facts
        )
        session.add(client)
        session.flush()
        return client.id


def a_product(sku: str = "POSE-H", name: str = "Pose sur site", price: str = "54", vat: str = "20") -> int:
    with unit_of_work() as session:
        words = Bilingual(name, f"{name} (en)")
        product = Product(
            sku=sku, name=words, description=Bilingual("Heure de menuisier qualifié", ""), nature=Nature.SERVICE, unit=Unit.HOUR,
            unit_price=Decimal(price), cost=Decimal(31), vat_rate=Decimal(vat), search_text=search_text_of(sku, words), created_at=PAST,
        )  # fmt: skip
        session.add(product)
        session.flush()
        return product.id


def a_line(
    name: str = "Bibliothèque", quantity: str = "1", price: str = "1000", vat: str = "20", discount: str = "0"
) -> OpportunityLine:
    return OpportunityLine(
        name=Bilingual(name, f"{name} (en)"), quantity=Decimal(quantity), unit_price=Decimal(price), vat_rate=Decimal(vat),
        discount=Decimal(discount), cost=Decimal(400),
    )  # fmt: skip


def an_opportunity(
    owner: int | None = None,
    client: int | None = None,
    lines: Sequence[OpportunityLine] | None = None,
    title: str = "Bibliothèque sur mesure",
) -> int:
    a_seller()
    owner = owner if owner is not None else a_member()
    client = client if client is not None else a_client(owner)
    phases = a_pipeline()
    with unit_of_work() as session:
        row = session.get_one(Client, client)
        session.refresh(row, ["contacts"])
        lines = [a_line(), a_line("Parquet", "32", "78.50", "10")] if lines is None else list(lines)
        for position, line in enumerate(lines):
            line.position = position
        opportunity = Opportunity(
            title=title, client_id=client, contact_id=row.contacts[0].id, owner_id=owner, pipeline_id=phases["pipeline"],
            phase_id=phases["Qualification"], created_at=PAST, lines=lines,
        )  # fmt: skip
        session.add(opportunity)
        session.flush()
        return opportunity.id


def a_quote(opportunity: int, at: datetime | None = None) -> int:
    """A quote that has not been sent yet."""
    at = at or clock.now()
    with unit_of_work() as session:
        row = session.get_one(Opportunity, opportunity)
        session.refresh(row, ["client"])
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(row, seller, on=clock.day_of(at, seller.timezone), at=at)
        session.add(quote)
        session.flush()
        return quote.id


def a_sent_quote(
    opportunity: int | None = None,
    at: datetime | None = None,
    channel: Channel = Channel.MAIL,
    language: str = "fr",
) -> tuple[int, ClientLink]:
    """A quote and the link that its client got."""
    opportunity = opportunity if opportunity is not None else an_opportunity()
    at = at or clock.now() - timedelta(hours=1)
    quote = a_quote(opportunity, at)
    return quote, a_further_link(quote, at, channel, language)


def a_further_link(
    quote: int, at: datetime | None = None, channel: Channel = Channel.MAIL, language: str = "fr"
) -> ClientLink:
    """Sends the quote (again: as its next version)."""
    at = at or clock.now() - timedelta(minutes=30)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        contact = deal.contact
        assert contact is not None
        recipient = Recipient(
            contact_id=contact.id, name=contact.name, email=contact.email, language=language
        )
        return send_quote(session, row, deal, recipient=recipient, channel=channel, by=deal.owner_id, at=at)


def another_recipient(quote: int, link: ClientLink, count: int) -> list[ClientLink]:
    """Further links of one quote, as colleagues of the client hold them."""
    with unit_of_work() as session:
        links = [
            ClientLink(
                quote_id=quote, channel=Channel.COPIED, name=f"Signataire {i}", email=f"signataire{i}@example.com", language="fr",
                created_at=link.created_at, expires_at=link.expires_at,
            )
            for i in range(count)
        ]  # fmt: skip
        session.add_all(links)
        return links


def a_signing(link: ClientLink, name: str = "Claire Moreau") -> Signing:
    return Signing(
        name=name, email=link.email, function="", company="", mention="Bon pour accord", written_name=name, way=Way.TYPED, language="fr",
        agreed=(AgreedText(code="consent", version=1, sha256="0" * 64, language="fr", text="J’accepte."),), link_id=link.id, channel=link.channel, address="192.0.2.1", user_agent="tests",
    )  # fmt: skip


def signed(session: Session, quote: int, link: ClientLink, at: datetime) -> Signature:
    """Signs inside the caller's unit of work."""
    version = quote_to_act_on(session, quote).versions[-1]
    choice = version.choose(whole(version.read()))
    return sign_quote(session, quote, a_signing(link), choice.selection, at=at, seen_as=choice.digest)


def a_signed_quote(opportunity: int | None = None) -> tuple[int, ClientLink, int]:
    """Quote, link and the id of its signature; its order exists."""
    quote, link = a_sent_quote(opportunity)
    with unit_of_work() as session:
        signature = signed(session, quote, link, clock.now())
    return quote, link, signature.id


def order_of(signature: int) -> int:
    with unit_of_work() as session:
        return session.scalars(sa.select(Order.id).where(Order.signature_id == signature)).one()


def an_invoice(order: int, *, issued: bool = False, at: datetime | None = None) -> int:
    """Drafted, and issued today if asked, by the owner of the deal."""
    with unit_of_work() as session:
        deal = session.get_one(Order, order).opportunity_id
        owner = session.get_one(Opportunity, deal).owner_id
        invoice = draft_invoice(session, order, by=owner, at=at or clock.now()).id
    if issued:
        issue(invoice, clock.today("Europe/Paris"))
    return invoice


def issue(invoice: int, on: date, revision: int = 1) -> str:
    """Issues it; the number it got."""
    by = somebody()
    with unit_of_work() as session:
        issued = issue_invoice(session, invoice, revision=revision, by=by, at=clock.now(), today=lambda: on)
    assert issued.number is not None
    return issued.number


def somebody() -> int:
    """The id of a member of staff, whoever."""
    found: int = db.session.scalars(sa.select(sa.func.min(StaffMember.id))).one()
    return found


def address_of(link: ClientLink, language: str = "fr") -> str:
    """The path that the client opens."""
    return link_address(current_app.extensions["accord"].secret_keys, "", link.nonce, language)


def stored_deal(deal: int) -> Opportunity:
    """As the database has it now, with its lines."""
    db.session.rollback()
    db.session.expunge_all()
    query = sa.select(Opportunity).where(Opportunity.id == deal).options(selectinload(Opportunity.lines))
    return db.session.scalars(query).one()


def everything(tables: Sequence[str] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """A dump of all tables, to compare before and after."""
    db.session.rollback()
    metadata = db.metadata.sorted_tables
    return {
        table.name: [
            tuple(row) for row in db.session.execute(table.select().order_by(*table.primary_key.columns))
        ]
        for table in metadata
        if tables is None or table.name in tables
    }
