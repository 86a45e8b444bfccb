"""Puts the demonstration company into an empty database, by the same acts that people use."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session
from stdnum.fr import siren as siren_number

from backoffice import clock
from backoffice.catalogue.models import Product, VatCategory
from backoffice.catalogue.search import search_text_of
from backoffice.clients.models import Client, Contact
from backoffice.db import Bilingual, db
from backoffice.demonstration.company import BUYERS, DEALS, PHASES, SELLER, STAFF, WARES, Deal, Ware
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase, PhaseTrigger, Pipeline
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.choice import whole
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.sending import Recipient, new_quote, send_quote
from backoffice.quotes.signing import sign_quote
from backoffice.quotes.states import VersionState, checked_move
from backoffice.seller.models import ONLY, Seller
from backoffice.settings import Settings
from backoffice.signatures.ceremony import ceremony_of
from backoffice.signatures.models import Signing, Way
from backoffice.staff.models import StaffMember
from backoffice.staff.security import hashed
from backoffice.work import unit_of_work

LOGO = Path(__file__).with_name("logo.png")
LONG_AGO = timedelta(days=45)
YESTERDAY = timedelta(days=1)


def accounts_file() -> Path:
    settings: Settings = current_app.extensions["accord"]
    return settings.home / "demonstration.json"


def load() -> None:
    """Does nothing when there is a seller already."""
    if db.session.get(Seller, ONLY) is not None:
        return
    db.session.rollback()
    passwords = {person.email: new_password() for person in STAFF}
    hashes = {
        email: hashed(password) for email, password in passwords.items()
    }  # slow on purpose: before the transaction
    write_privately(accounts_file(), json.dumps(passwords, indent=2))
    at = clock.now()
    with unit_of_work() as session:
        if session.get(Seller, ONLY) is not None:
            return
        company = _company(session, hashes, at)
    for deal in DEALS:
        _deal(company, deal, at)


@dataclass(frozen=True)
class Company:
    """Ids by key: entities do not survive the unit of work that made them."""

    staff: dict[str, int]
    clients: dict[str, int]
    phases: dict[str, int]
    pipeline: int


def new_password() -> str:
    """Easy to read aloud, 48 bits: these accounts show invented data on one's own machine."""
    words = secrets.token_hex(6)
    return "-".join((words[:4], words[4:8], words[8:]))


def write_privately(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _company(session: Session, hashes: dict[str, str], at: datetime) -> Company:
    seller = Seller(**SELLER, logo=LOGO.read_bytes(), logo_type="image/png")
    seller.vat_number = f"FR{siren_number.to_tva(seller.siren).replace(' ', '')}"
    staff = {
        person.key: StaffMember(
            email=person.email,
            name=person.name,
            phone=person.phone,
            function=person.function,
            role=person.role,
            password=hashes[person.email],
            created_at=at,
        )
        for person in STAFF
    }
    session.add_all([seller, *staff.values()])
    session.flush()  # clients and deals name their owners by id
    clients = {
        buyer.key: Client(
            kind=buyer.kind,
            standing=buyer.standing,
            name=buyer.name,
            siren=buyer.siren,
            email=buyer.email,
            phone=buyer.phone,
            language=buyer.language,
            billing=buyer.address,
            owner_id=staff["julien"].id,
            created_at=at,
            contacts=[
                Contact(
                    name=buyer.contact,
                    function=buyer.function,
                    email=buyer.email,
                    phone=buyer.phone,
                    language=buyer.language,
                )
            ],
        )
        for buyer in BUYERS
    }
    pipeline = Pipeline(
        name=Bilingual("Standard", "Standard"),
        phases=[
            Phase(position=position, name=Bilingual(fr, en), probability=Decimal(chance), outcome=outcome)
            for position, (fr, en, chance, outcome, _moment) in enumerate(PHASES)
        ],
    )
    session.add_all([*clients.values(), pipeline, *(_product(ware, at) for ware in WARES)])
    session.flush()  # triggers and deals name phases by id
    session.add_all(
        PhaseTrigger(pipeline_id=pipeline.id, phase_id=phase.id, moment=moment)
        for phase, (*_words, moment) in zip(pipeline.phases, PHASES, strict=True)
        if moment is not None
    )
    return Company(
        staff={key: member.id for key, member in staff.items()},
        clients={key: client.id for key, client in clients.items()},
        phases={phase.name.fr: phase.id for phase in pipeline.phases},
        pipeline=pipeline.id,
    )


def _product(ware: Ware, at: datetime) -> Product:
    name, about = Bilingual(ware.fr, ware.en), Bilingual(ware.about_fr, ware.about_en)
    return Product(
        sku=ware.sku,
        name=name,
        description=about,
        nature=ware.nature,
        unit=ware.unit,
        unit_price=Decimal(ware.price),
        cost=Decimal(ware.cost),
        vat_category=VatCategory.STANDARD,
        vat_rate=Decimal(ware.vat),
        search_text=search_text_of(ware.sku, name),
        created_at=at,
    )


def _deal(company: Company, deal: Deal, now: datetime) -> None:
    sent_at = now - (LONG_AGO if deal.state == VersionState.EXPIRED else YESTERDAY)
    with unit_of_work() as session:
        opportunity = _opportunity(session, company, deal, sent_at)
        if deal.state is None:
            return
        session.flush()  # the quote names its deal by id
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(opportunity, seller, on=clock.day_of(sent_at, seller.timezone), at=sent_at)
        quote.title = Bilingual(deal.title, deal.title_en)
        quote.introduction = Bilingual(deal.introduction, "")
        session.add(quote)
        session.flush()
        quote_id, deal_id, contact = quote.id, opportunity.id, opportunity.client.contacts[0]
        recipient = Recipient(
            contact_id=contact.id, name=contact.name, email=contact.email, language=contact.language
        )
    with unit_of_work() as session:
        link = send_quote(
            session,
            quote_to_act_on(session, quote_id),
            deal_to_act_on(session, deal_id, sa.true()),
            recipient=recipient,
            channel=Channel.MAIL,
            by=company.staff[deal.owner],
            at=sent_at,
        )
    if deal.state == VersionState.SIGNED:
        _sign(quote_id, link, now - timedelta(hours=2))
    elif deal.state != VersionState.SENT:
        with unit_of_work() as session:
            version = quote_to_act_on(session, quote_id).versions[-1]
            version.state = checked_move(version.state, VersionState(deal.state))


def _opportunity(session: Session, company: Company, deal: Deal, at: datetime) -> Opportunity:
    client = session.get_one(Client, company.clients[deal.buyer])
    session.refresh(client, ["contacts"])
    wares = {product.sku: product for product in session.query(Product)}
    lines = []
    for position, (sku, quantity) in enumerate(deal.wares):
        product = wares[sku]
        lines.append(
            OpportunityLine(
                position=position,
                product_id=product.id,
                name=product.name,
                description=product.description,
                nature=product.nature,
                unit=product.unit,
                quantity=Decimal(quantity),
                unit_price=product.unit_price,
                vat_category=product.vat_category,
                vat_rate=product.vat_rate,
                cost=product.cost,
            )
        )
    opportunity = Opportunity(
        title=deal.title,
        client=client,
        contact_id=client.contacts[0].id,
        owner_id=company.staff[deal.owner],
        pipeline_id=company.pipeline,
        phase_id=company.phases[deal.phase],
        source=deal.source,
        expected_on=(at + timedelta(days=40)).date(),
        created_at=at,
        lines=lines,
    )
    session.add(opportunity)
    return opportunity


def _sign(quote_id: int, link: ClientLink, at: datetime) -> None:
    with unit_of_work() as session, force_locale(link.language):
        version = quote_to_act_on(session, quote_id).versions[-1]
        choice = version.choose(whole(version.read()))
        reading = QuoteReading(version.read(), link.language)
        ceremony = ceremony_of(session, reading, on=clock.day_of(at, reading.timezone))
        signing = Signing(
            name=link.name,
            email=link.email,
            function="",
            company=ceremony.company,
            mention=ceremony["mention"],
            written_name=link.name,
            way=Way.TYPED,
            language=link.language,
            agreed=ceremony.agreed,
            link_id=link.id,
            channel=link.channel,
            address="192.0.2.10",
            user_agent="Demonstration",
        )
        sign_quote(session, quote_id, signing, choice.selection, at=at, seen_as=choice.digest)
