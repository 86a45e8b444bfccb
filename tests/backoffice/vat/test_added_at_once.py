"""Two people add the same at once: the second is told, though nothing was there that either could lock."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Thread
from time import sleep

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backoffice.catalogue.models import VatCategory
from backoffice.db import Bilingual, db
from backoffice.errors import Refusal
from backoffice.families.keeping import FamilyNameTaken, describe_family, locked_families
from backoffice.families.models import ProductFamily
from backoffice.legal.models import VatRate
from backoffice.vat.keeping import RateFacts, RateOverlaps, change_rate
from backoffice.vat.queries import locked_rates
from backoffice.work import unit_of_work
from tests.factories import a_seller

LONG_ENOUGH = 0.3
"""Seconds in which the second comes as far as the lock."""


def add_family(session: Session) -> None:
    family = ProductFamily()
    describe_family(locked_families(session), family, Bilingual("Parquets", "Floors"), None)
    session.add(family)


def add_rate(session: Session) -> None:
    rate = VatRate(country="NL", category=VatCategory.STANDARD, rate=Decimal(21), valid_from=date(2026, 1, 1))
    facts = RateFacts(
        label=Bilingual("Taux normal"), valid_to=None, successor_id=None, exemption=Bilingual(), vatex=""
    )
    change_rate(locked_rates(session, "NL"), rate, facts)
    session.add(rate)


@pytest.mark.parametrize(
    ("add", "refusal"), [(add_family, FamilyNameTaken), (add_rate, RateOverlaps)], ids=["family", "rate"]
)
def test_who_adds_second_is_told(app: Flask, add: Callable[[Session], None], refusal: type[Refusal]) -> None:
    a_seller()
    met: list[Exception] = []

    def second() -> None:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    add(session)
            except Exception as error:  # noqa: BLE001 - compared below
                met.append(error)
            finally:
                db.session.remove()

    other = Thread(target=second)
    with unit_of_work() as session:
        add(session)
        session.flush()
        other.start()
        sleep(LONG_ENOUGH)
    other.join()
    assert [type(each) for each in met] == [refusal]
