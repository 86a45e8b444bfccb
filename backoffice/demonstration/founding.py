"""The demonstration company before its first deal: seller, people, clients, catalogue, pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients.models import Client, Contact
from backoffice.clients.numbers import vat_number_of
from backoffice.demonstration.company import BUYERS, SELLER, STAFF
from backoffice.demonstration.selling import Picture, add_catalogue, add_prices
from backoffice.opportunities.models import Phase, PhaseTrigger, Pipeline
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.seller.pipeline import add_standard_pipeline
from backoffice.staff.models import StaffMember

USUAL = {
    "trading_name": "",
    "vat_regime": VatRegime.STANDARD,
    "vat_on_debits": False,
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "language": "fr",
    "quote_days": 30,
    "payment_days": 30,
}
"""Whatever the firm said of itself before."""


@dataclass(frozen=True)
class Company:
    """Ids by key: entities do not survive the unit of work that made them."""

    staff: dict[str, int]
    clients: dict[str, int]
    phases: dict[str, int]
    pipeline: int


def add_company(
    session: Session, hashes: dict[str, str], *, logo: bytes, pictures: Sequence[Picture], at: datetime
) -> None:
    """``hashes``: of the passwords, by address; ``logo``: a PNG; ``pictures``: of products, archived already."""
    seller = session.get(Seller, ONLY) or Seller(id=ONLY)
    for name, value in {**USUAL, **SELLER, "logo": logo, "logo_type": "image/png"}.items():
        setattr(seller, name, value)
    seller.first_run, seller.demonstration = None, True
    seller.vat_number = vat_number_of(seller.siren)
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
    clients = [
        Client(
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
    ]
    session.add_all(clients)
    add_catalogue(session, pictures, at=at)
    add_prices(session, {buyer.key: client for buyer, client in zip(BUYERS, clients, strict=True)}, at=at)
    # No deal refers to those that are there, and the demonstration's deals know the standard one by its words.
    for table in (PhaseTrigger, Phase, Pipeline):
        session.execute(sa.delete(table))
    add_standard_pipeline(session)


def company_made(session: Session) -> Company:
    """As it is in the database."""
    staff = dict(session.execute(sa.select(StaffMember.email, StaffMember.id)).all())
    clients = dict(session.execute(sa.select(Client.name, Client.id)).all())
    pipeline = session.scalars(sa.select(Pipeline.id).order_by(Pipeline.id).limit(1)).one()
    phases = session.scalars(sa.select(Phase).where(Phase.pipeline_id == pipeline)).all()
    company = Company(
        staff={person.key: staff[person.email] for person in STAFF},
        clients={buyer.key: clients[buyer.name] for buyer in BUYERS},
        phases={phase.name.fr: phase.id for phase in phases},
        pipeline=pipeline,
    )
    session.rollback()
    return company
