"""Puts the demonstration company into an empty database, by the same acts that people use.

A file in the home folder stands for a load under way: who finds it goes on where the former was interrupted.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Contact
from backoffice.db import Bilingual, db
from backoffice.demonstration.company import DEALS, STAFF, Deal
from backoffice.demonstration.founding import Company, add_company, company_made
from backoffice.documents.models import Document
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.choice import whole
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.sending import Recipient, new_quote, send_quote
from backoffice.quotes.signing import sign_quote
from backoffice.quotes.states import VersionState, checked_move
from backoffice.seller.models import ONLY, Seller
from backoffice.settings import Settings
from backoffice.signatures.ceremony import ceremony_of
from backoffice.signatures.models import Signing, Way
from backoffice.staff.security import hashed
from backoffice.work import unit_of_work

LONG_AGO = timedelta(days=45)
LOGO = Path(__file__).with_name("logo.png")
YESTERDAY = timedelta(days=1)


def accounts_file() -> Path:
    settings: Settings = current_app.extensions["accord"]
    return settings.home / "demonstration.json"


def load() -> None:
    """Does nothing when there is a seller already, unless an earlier load was interrupted: then it goes on."""
    under_way = accounts_file().with_suffix(".unfinished")
    with alone():
        if not under_way.exists():
            if _somebody_sells():
                return
            under_way.touch(mode=0o600)
        at = clock.now()
        if not _somebody_sells():
            _make_company(at)
        company = company_made(db.session())
        for deal in DEALS:
            _deal(company, deal, at)
        with unit_of_work() as session:
            # Sent yesterday, they say, but asked of a worker only now: nothing is late.
            wanted = sa.update(Document).where(Document.archived_at.is_(None))
            session.execute(wanted.values(wanted_at=clock.now(), available_at=clock.now()))
        under_way.unlink()


@contextmanager
def alone() -> Iterator[None]:
    """One load at a time in this home folder; the next waits."""
    handle = os.open(accounts_file().with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _somebody_sells() -> bool:
    found = db.session.get(Seller, ONLY) is not None
    db.session.rollback()
    return found


def _make_company(at: datetime) -> None:
    """Accounts and passwords come to be together: the file is written when nobody else can make them any more."""
    logo = LOGO.read_bytes()
    passwords = {person.email: new_password() for person in STAFF}
    hashes = {
        email: hashed(password) for email, password in passwords.items()
    }  # slow on purpose: before the transaction
    with unit_of_work() as session:
        if session.get(Seller, ONLY) is None:
            add_company(session, hashes, logo=logo, at=at)
            write_privately(accounts_file(), json.dumps(passwords, indent=2))


def new_password() -> str:
    """Easy to read aloud, 48 bits: these accounts show invented data on one's own machine."""
    words = secrets.token_hex(6)
    return "-".join((words[:4], words[4:8], words[8:]))


def write_privately(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _deal(company: Company, deal: Deal, now: datetime) -> None:
    """From wherever an earlier load left it."""
    sent_at = now - (LONG_AGO if deal.state == VersionState.EXPIRED else YESTERDAY)
    with unit_of_work() as session:
        known = session.scalar(sa.select(Opportunity.id).where(Opportunity.title == deal.title))
        deal_id = known or _begin(session, company, deal, sent_at)
        quote_id = session.scalar(sa.select(Quote.id).where(Quote.opportunity_id == deal_id))
    if quote_id is None or deal.state is None:
        return
    with unit_of_work() as session:
        quote = quote_to_act_on(session, quote_id)
        if not quote.versions:
            opportunity = deal_to_act_on(session, deal_id, sa.true())
            contact = session.get_one(Contact, opportunity.contact_id)
            send_quote(
                session,
                quote,
                opportunity,
                recipient=Recipient(
                    contact_id=contact.id, name=contact.name, email=contact.email, language=contact.language
                ),
                channel=Channel.MAIL,
                by=company.staff[deal.owner],
                at=sent_at,
            )
    with unit_of_work() as session:
        version = quote_to_act_on(session, quote_id).versions[-1]
        link = session.scalars(sa.select(ClientLink).where(ClientLink.quote_id == quote_id)).one()
        if version.state == deal.state:
            return
        if deal.state != VersionState.SIGNED:
            version.state = checked_move(version.state, VersionState(deal.state))
            return
    _sign(quote_id, link, now - timedelta(hours=2))


def _begin(session: Session, company: Company, deal: Deal, at: datetime) -> int:
    """The deal, and if it is to have one its quote, not sent yet; gives the deal's id."""
    opportunity = _opportunity(session, company, deal, at)
    session.flush()  # the quote names its deal by id
    if deal.state is not None:
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(opportunity, seller, on=clock.day_of(at, seller.timezone), at=at)
        quote.title = Bilingual(deal.title, deal.title_en)
        quote.introduction = Bilingual(deal.introduction, deal.introduction_en)
        session.add(quote)
        session.flush()
    return opportunity.id


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
