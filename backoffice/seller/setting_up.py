"""Making the firm known to a new installation, and correcting what it says of itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients import numbers
from backoffice.db import Address
from backoffice.errors import StaleRevision
from backoffice.opportunities.models import Pipeline
from backoffice.seller.models import ONLY, Seller, Step
from backoffice.seller.pipeline import add_standard_pipeline
from backoffice.work import unit_of_work

NEEDED = ("name", "siren", "street", "postcode", "city")
"""What no paper can do without."""
PLACE = frozenset({"street", "postcode", "city", "country"})


class SellerIncomplete(Exception):
    """``missing``: names of NEEDED that a seller would lack."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def set_seller(facts: Mapping[str, Any]) -> Seller:
    """``change_seller`` in a unit of its own, for the command line."""
    with unit_of_work() as session:
        return change_seller(session, facts)


def change_seller(session: Session, facts: Mapping[str, Any], *, revision: int | None = None) -> Seller:
    """Make the one seller, or change what ``facts`` name: attributes of Seller, and parts of its address.

    ``revision``: the one that the change was begun on, 0 when there was no seller yet: that begins a first run.
    An installation without a pipeline gets the standard one.
    Raises SellerIncomplete, WrongSiren, WrongVatNumber, VatNumberOfAnother, StaleRevision.
    """
    known = session.get(Seller, ONLY, with_for_update=True)
    if revision is not None and revision != (known.revision if known else 0):
        raise StaleRevision(opened=revision, stored=known.revision if known else 0)
    if missing := [name for name in NEEDED if not facts.get(name, known is not None)]:
        raise SellerIncomplete(missing)
    seller = known or Seller(id=ONLY, first_run=None if revision is None else Step.IDENTITY)
    for name, value in facts.items():
        if name not in PLACE:
            setattr(seller, name, value)
    place = {part: facts[part] for part in PLACE & facts.keys()}
    seller.address = replace(seller.address or Address(), **place)
    session.add(seller)
    seller.siren = numbers.siren(seller.siren)
    seller.vat_number = numbers.vat_number(seller.vat_number or "", of=seller.siren)
    if session.scalar(sa.select(Pipeline.id).where(Pipeline.archived_at.is_(None)).limit(1)) is None:
        add_standard_pipeline(session)
    return seller
