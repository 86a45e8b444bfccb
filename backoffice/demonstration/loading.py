"""Puts the demonstration company into an empty database, by the same acts that people use.

A file in the home folder stands for a load under way: who finds it goes on where the former was interrupted.
"""

import json
import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.answering import record_expiry, refuse_quote, request_changes, withdraw_quote
from backoffice.answers.models import Answering
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Contact
from backoffice.db import Bilingual, db
from backoffice.demonstration.accepting import accept
from backoffice.demonstration.billing import bill
from backoffice.demonstration.company import DEALS, STAFF, Deal
from backoffice.demonstration.founding import Company, add_company, company_made
from backoffice.demonstration.lines import add_lines
from backoffice.demonstration.marks import (
    accounts_file,
    alone,
    removed_file,
    unfinished_file,
    write_privately,
)
from backoffice.demonstration.selling import archived_pictures
from backoffice.documents.models import Document
from backoffice.errors import Conflict
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.pricing.queries import rules_for
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.instalments import QuoteInstalment
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.sending import Recipient, new_quote, send_quote
from backoffice.quotes.signing import sign_quote
from backoffice.quotes.states import AGREED, VersionState
from backoffice.reasons.listing import reasons_offered
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.ceremony import ceremony_of
from backoffice.signatures.models import Signing, Way
from backoffice.staff.security import hashed
from backoffice.welcome.queries import is_untouched
from backoffice.work import unit_of_work

LONG_AGO = timedelta(days=45)
LOGO = Path(__file__).with_name("logo.png")
YESTERDAY = timedelta(days=1)
ASKED = {
    "fr": "Serait-il possible de poser en février plutôt qu’en janvier\u202f?\nEt de garder l’ancienne porte.",
    "en": "Could you install in February rather than in January?\nAnd keep the old door.",
}
REFUSED = {"fr": "Le budget de cette année ne suffit pas.", "en": "This year’s budget does not suffice."}


class OwnDataHere(Conflict):
    """Invented clients have no place among real ones."""

    def sentence(self) -> str:
        return gettext(
            "This installation holds data of its own: the demonstration is loaded into an empty one only."
        )


def load() -> None:
    """Does nothing where somebody has begun, unless an earlier load was interrupted: then it goes on."""
    with alone():
        untouched = is_untouched(db.session())
        db.session.rollback()
        goes_on = unfinished_file().exists() and (untouched or _is_founded())
        if goes_on or (untouched and not removed_file().exists()):
            _load()


def load_instead() -> None:
    """For an administrator who looks around first: whatever the firm said of itself so far is replaced.

    Raises OwnDataHere when there are clients, products or deals.
    """
    with alone():
        if not unfinished_file().exists() and has_own_data(db.session()):
            raise OwnDataHere
        db.session.rollback()
        removed_file().unlink(missing_ok=True)
        _load()


def has_own_data(session: Session) -> bool:
    """Whether anything would be mixed with what is invented."""
    return bool(
        session.scalar(
            sa.select(
                sa.or_(*(sa.exists().select_from(entity) for entity in (Client, Product, Opportunity, Quote)))
            )
        )
    )


def _load() -> None:
    """From wherever an earlier load was interrupted."""
    unfinished_file().touch(mode=0o600)
    at = clock.now()
    if not _is_founded():
        _make_company(at)
    company = company_made(db.session())
    for deal in DEALS:
        _deal(company, deal, at)
        if deal.deposit:
            _bill(company, deal, at)
    with unit_of_work() as session:
        # Sent yesterday, they say, but asked of a worker only now: nothing is late.
        wanted = sa.update(Document).where(Document.archived_at.is_(None))
        session.execute(wanted.values(wanted_at=clock.now(), available_at=clock.now()))
    unfinished_file().unlink()


def _is_founded() -> bool:
    found = bool(db.session.scalar(sa.select(Seller.demonstration)))
    db.session.rollback()
    return found


def _make_company(at: datetime) -> None:
    """Accounts and passwords come to be together: the file is written when nobody else can make them any more."""
    logo, pictures = LOGO.read_bytes(), archived_pictures(current_app.extensions["accord.archive"])
    passwords = {person.email: new_password() for person in STAFF}
    hashes = {
        email: hashed(password) for email, password in passwords.items()
    }  # slow on purpose: before the transaction
    with unit_of_work() as session:
        seller = session.get(Seller, ONLY, with_for_update=True)
        if seller is None or not seller.demonstration:
            add_company(session, hashes, logo=logo, pictures=pictures, at=at)
            write_privately(accounts_file(), json.dumps(passwords, indent=2))


def new_password() -> str:
    """Easy to read aloud, 48 bits: these accounts show invented data on one's own machine."""
    words = secrets.token_hex(6)
    return "-".join((words[:4], words[4:8], words[8:]))


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
        if deal.state not in AGREED:
            _answer(session, VersionState(deal.state), version, link, now - timedelta(hours=2))
            return
    if deal.state == VersionState.SIGNED:
        _sign(quote_id, link, now - timedelta(hours=2))
    else:
        accept(quote_id, link, now - timedelta(hours=2), current_app.extensions["accord.archive"])


def _answer(
    session: Session, state: VersionState, version: QuoteVersion, link: ClientLink, at: datetime
) -> None:
    """What leads to that state, said as one would."""
    said = Answering(
        name=link.name, email=link.email, language=link.language, link_id=link.id, posted_as=uuid4()
    )
    quote, seen_as = version.quote_id, version.digest
    match state:
        case VersionState.CHANGES_REQUESTED:
            request_changes(session, quote, said, ASKED[link.language], at=at, seen_as=seen_as)
        case VersionState.REFUSED:
            reason = reasons_offered(session)[0]
            refuse_quote(session, quote, said, reason, REFUSED[link.language], at=at, seen_as=seen_as)
        case VersionState.WITHDRAWN:
            withdraw_quote(session, quote, "", seen_as=seen_as, by=version.frozen_by, at=at)
        case VersionState.EXPIRED:
            record_expiry(session, quote, at=at)


def _bill(company: Company, deal: Deal, at: datetime) -> None:
    found = db.session.scalars(sa.select(Opportunity.id).where(Opportunity.title == deal.title)).one()
    db.session.rollback()
    bill(found, by=company.staff[deal.owner], at=at)


def _begin(session: Session, company: Company, deal: Deal, at: datetime) -> int:
    """The deal, and if it is to have one its quote, not sent yet; gives the deal's id."""
    opportunity = _opportunity(session, company, deal, at)
    session.flush()  # the quote names its deal by id
    if deal.state is not None:
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(opportunity, seller, on=clock.day_of(at, seller.timezone), at=at)
        quote.title = Bilingual(deal.title, deal.title_en)
        quote.introduction = Bilingual(deal.introduction, deal.introduction_en)
        if deal.deposit:
            quote.deposit_kind, quote.deposit_percent = DepositKind.ACOMPTE, Decimal(deal.deposit)
        quote.instalments = [
            QuoteInstalment(position=position, percent=Decimal(percent), when=Bilingual(*when.split("|")))
            for position, (percent, when) in enumerate(deal.instalments)
        ]
        session.add(quote)
        session.flush()
    return opportunity.id


def _opportunity(session: Session, company: Company, deal: Deal, at: datetime) -> Opportunity:
    client = session.get_one(Client, company.clients[deal.buyer])
    session.refresh(client, ["contacts"])
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
        lines=[],
    )
    products = {product.sku: product for product in session.scalars(sa.select(Product))}
    tariff = rules_for(session, list(products.values()), client, on=at.date(), currency="EUR")
    add_lines(opportunity, deal.wares, products, tariff)
    session.add(opportunity)
    return opportunity


def _sign(quote_id: int, link: ClientLink, at: datetime) -> None:
    with unit_of_work() as session, force_locale(link.language):
        version = quote_to_act_on(session, quote_id).versions[-1]
        choice = version.choose(version.usual_selection())
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
