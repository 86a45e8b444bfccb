"""Making the firm known to a new installation, and correcting what it says of itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from backoffice.clients import numbers
from backoffice.db import Address
from backoffice.opportunities.models import Pipeline
from backoffice.seller.models import ONLY, Seller
from backoffice.seller.pipeline import add_standard_pipeline
from backoffice.work import unit_of_work

NEEDED = ("name", "siren", "street", "postcode", "city")
"""What no paper can do without."""
PLACE = frozenset({"street", "postcode", "city"})


class SellerIncomplete(Exception):
    """``missing``: names of NEEDED that a seller would lack."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def set_seller(facts: Mapping[str, Any]) -> Seller:
    """Make the one seller, or change what ``facts`` name: attributes of Seller, and parts of its address.

    An installation without a pipeline gets the standard one.
    Raises SellerIncomplete, WrongSiren, WrongVatNumber, VatNumberOfAnother.
    """
    with unit_of_work() as session:
        known = session.get(Seller, ONLY, with_for_update=True)
        if missing := [name for name in NEEDED if not facts.get(name, known is not None)]:
            raise SellerIncomplete(missing)
        seller = known or Seller(id=ONLY)
        for name, value in facts.items():
            if name not in PLACE:
                setattr(seller, name, value)
        seller.address = replace(
            seller.address or Address(), **{part: facts[part] for part in PLACE & facts.keys()}
        )
        session.add(seller)
        seller.siren = numbers.siren(seller.siren)
        seller.vat_number = numbers.vat_number(seller.vat_number or "", of=seller.siren)
        if session.scalar(sa.select(Pipeline.id).where(Pipeline.archived_at.is_(None)).limit(1)) is None:
            add_standard_pipeline(session)
    return seller
