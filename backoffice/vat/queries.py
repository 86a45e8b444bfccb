"""VAT rates with their days: which is in force, which one took another's place, and why nothing is charged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import VatCategory
from backoffice.errors import NotFound, Refusal
from backoffice.language import longdate, vat_rate
from backoffice.legal.models import VatRate
from backoffice.money import ZERO, Vat
from backoffice.seller.models import ONLY, Seller, VatRegime
from backoffice.vat.exemptions import FRANCHISE, USUAL, Exemption, exemption_of

EXPLAINED = frozenset(category.value for category in USUAL)
WITHOUT = Vat(VatCategory.EXEMPT.value, ZERO)
"""What a seller under the small-business exemption charges."""


class VatHasEnded(Refusal):
    """``sku``: the product's reference; ``vat``: its own; ``on``: its last day."""

    def sentence(self) -> str:
        vat: Vat = self.facts["vat"]
        return gettext(
            "The VAT of %(sku)s, %(vat)s, ended on %(day)s and nothing says which rate follows. "
            "Choose another on the product’s page first.",
            sku=self.facts["sku"],
            vat=vat_rate(vat.rate, vat.category),
            day=longdate(self.facts["on"]),
        )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a product's VAT stands on a day.

    ``now``: what a quote gets, None when the rate has ended (``ended_on``) and nothing in force follows it.
    ``exemption``: why nothing is charged.
    """

    now: Vat | None
    ended_on: date | None
    exemption: Exemption | None


class Rates:
    """All rates of the seller's country, from one statement."""

    def __init__(self, session: Session, seller: Seller) -> None:
        found = session.scalars(
            sa.select(VatRate).where(VatRate.country == seller.address.country).order_by(VatRate.valid_from)
        )
        self._rates: Mapping[int, VatRate] = {each.id: each for each in found}
        self._franchise = seller.vat_regime is VatRegime.FRANCHISE

    def standing(self, vat: Vat, on: date) -> Standing:
        """A VAT that no dated rate knows is taken as it stands: nothing tells that it ended.

        A seller under the small-business exemption charges none, whatever the product says (CGI 293 B).
        """
        if self._franchise and (vat.rate or vat == WITHOUT):
            return Standing(now=WITHOUT, ended_on=None, exemption=FRANCHISE)
        last = self._last(vat, on)
        if last is None or is_in_force(last, on):
            return Standing(now=vat, ended_on=None, exemption=self.reason(vat, on))
        following = self._successor(last, on)
        return Standing(
            now=vat_of(following) if following else None,
            ended_on=last.valid_to,
            exemption=exemption_of(following or last),
        )

    def reason(self, vat: Vat, on: date) -> Exemption | None:
        """Why a line that has this VAT is charged none: it keeps its rate, and so its reason, when that has ended."""
        last = self._last(vat, on)
        return exemption_of(last or VatRate(category=VatCategory(vat.category), rate=vat.rate))

    def in_force(self, vat: Vat, on: date, *, sku: str) -> Vat:
        """What a product with this VAT is sold at on a day. Raises VatHasEnded."""
        standing = self.standing(vat, on)
        if standing.now is None:
            raise VatHasEnded(sku=sku, vat=vat, on=standing.ended_on)
        return standing.now

    def _successor(self, rate: VatRate, on: date) -> VatRate | None:
        """The first in force of those that follow, one after the other; a ring of them leads nowhere."""
        seen = {rate.id}
        following = self._rates.get(rate.successor_id or 0)
        while following is not None and following.id not in seen and not is_in_force(following, on):
            seen.add(following.id)
            following = self._rates.get(following.successor_id or 0)
        return following if following is not None and is_in_force(following, on) else None

    def _last(self, vat: Vat, on: date) -> VatRate | None:
        """The one that began last, in force or not."""
        begun = [each for each in self._rates.values() if vat_of(each) == vat and each.valid_from <= on]
        return begun[-1] if begun else None


def own_exemptions(
    session: Session, seller: Seller, vats: Iterable[Vat], on: date
) -> list[tuple[Vat, Exemption]]:
    """Why nothing is charged, where the rate says it in words or a code of its own; else the legal texts do."""
    free = {vat for vat in vats if vat.category in EXPLAINED}
    if not free or seller.vat_regime is VatRegime.FRANCHISE:
        return []
    rates = Rates(session, seller)
    found = ((vat, rates.reason(vat, on)) for vat in sorted(free, key=lambda each: each.category))
    return [
        (vat, each)
        for vat, each in found
        if each is not None and each != USUAL.get(VatCategory(vat.category))
    ]


def vat_of(rate: VatRate) -> Vat:
    return Vat(rate.category.value, rate.rate)


def is_in_force(rate: VatRate, on: date) -> bool:
    return rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)


def rates_listed(session: Session, country: str) -> Sequence[VatRate]:
    """The highest first, the oldest of the same first."""
    query = sa.select(VatRate).where(VatRate.country == country)
    return session.scalars(query.order_by(VatRate.rate.desc(), VatRate.category, VatRate.valid_from)).all()


def rate_shown(session: Session, rate_id: int, country: str) -> VatRate:
    """Raises NotFound, for a rate of another country too."""
    rate = session.scalar(sa.select(VatRate).where(VatRate.id == rate_id, VatRate.country == country))
    if rate is None:
        raise NotFound(rate=rate_id)
    return rate


def locked_rates(session: Session, country: str) -> Mapping[int, VatRate]:
    """All of a country, locked by their ids: whether days overlap is said of all at once.

    The seller's row keeps out who would add another one meanwhile.
    """
    session.get(Seller, ONLY, with_for_update=True)
    query = sa.select(VatRate).where(VatRate.country == country).order_by(VatRate.id).with_for_update()
    return {each.id: each for each in session.scalars(query)}
