"""What a client may see of a quote, and what they may do: never cost, margin or internal notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from backoffice import clock
from backoffice.acceptances.models import Acceptance
from backoffice.acceptances.words import sentence_of
from backoffice.answers.models import Refusal, RenewalWish, Withdrawal
from backoffice.answers.queries import Exchange, exchanges_of, withdrawal_of
from backoffice.db import db
from backoffice.errors import NotFound
from backoffice.language import longdate, moment
from backoffice.links.models import Channel
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.choice import Selection, chosen, lines_taken, selection_of, totals_of_lines
from backoffice.quotes.choosing import Asked, Choosing
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.reading import QuoteReading, ReadTotals, read_totals
from backoffice.quotes.states import VersionState
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.ceremony import Ceremony, ceremony_of
from backoffice.signatures.models import Signature
from backoffice.staff.models import StaffMember
from backoffice.staff.sessions import lender_of
from portal.links import OpenLink


@dataclass(frozen=True)
class Rep:
    """Who looks after the quote now, whoever's name its paper bears."""

    name: str
    phone: str
    email: str
    photo: str | None


@dataclass(frozen=True)
class Agreed:
    """What closed a version with a yes, if anything: a signature, or what ``recorded_by`` of ours recorded."""

    signature: Signature | None
    acceptance: Acceptance | None
    recorded_by: str | None


@dataclass(frozen=True)
class Visit:
    """In which language and when the page is read, and what its address says of the client's choice."""

    language: str
    at: datetime
    arguments: MultiDict[str, str]


class QuotePage:
    """A version as its client sees it at a moment, in a language."""

    def __init__(
        self,
        link: OpenLink,
        version: QuoteVersion,
        agreed: Agreed,
        seller: Seller,
        rep: Rep,
        *,
        refusal: Refusal | None,
        visit: Visit,
    ) -> None:
        self.link = link
        self.version = version
        self.signature = agreed.signature
        self.acceptance = agreed.acceptance
        self.recorded_by = agreed.recorded_by
        self.refusal = refusal
        self.seller = seller
        self.rep = rep
        self.at = visit.at
        self.language = visit.language
        self.content = version.read()
        self.choosing = Choosing(self.content)
        self.asked = self._agreed_on() or self.choosing.read(visit.arguments, visit.language)
        self.choice = chosen(self.content, self.asked.selection, content_digest=version.digest)
        self.reading = QuoteReading(self.content, visit.language, self.choice)

    def _agreed_on(self) -> Asked | None:
        """What was agreed on no address changes."""
        agreement = self.signature or self.acceptance
        if agreement is None:
            return None
        return Asked(selection_of(self.content, canonical.read(agreement.selection)))

    @property
    def can_choose(self) -> bool:
        return self.can_sign and self.reading.leaves_choice

    @cached_property
    def choice_arguments(self) -> dict[str, Any]:
        """What every address of this page carries on: nothing while the client has what the seller proposes."""
        return self.choosing.arguments(self.choice.selection) if self.can_choose else {}

    @property
    def span(self) -> tuple[ReadTotals, ReadTotals]:
        """What the quote comes to at least and at most, whatever is chosen."""
        offered = self.choosing.offered
        return self._totals_of(offered.least()), self._totals_of(offered.most())

    def _totals_of(self, selection: Selection) -> ReadTotals:
        return read_totals(totals_of_lines(lines_taken(self.content, selection), self.content))

    @cached_property
    def lender(self) -> str | None:
        """Whose tablet the client holds while they read this; None on a browser of their own."""
        if self.link.channel is not Channel.IN_PERSON:
            return None
        return lender_of(db.session(), self.link.id, at=self.at)

    @property
    def hand_back(self) -> bool:
        """Whether the client is done with the tablet: they signed, refused or asked for something else."""
        return self.state is not VersionState.SENT

    @property
    def can_sign(self) -> bool:
        return self.version.is_open(self.at)

    @property
    def signed_here(self) -> bool:
        return self.signature is not None and self.signature.link_id == self.link.id

    @property
    def accepted_because(self) -> str | None:
        """How it was accepted otherwise than here, by whom, and who of ours says so."""
        if self.acceptance is None:
            return None
        return sentence_of(self.acceptance, self.recorded_by or "", self.reading.timezone)

    @cached_property
    def order_number(self) -> str | None:
        """Of the order that a recorded acceptance made."""
        if self.acceptance is None:
            return None
        made = sa.select(Order.number).where(Order.acceptance_id == self.acceptance.id)
        return db.session.scalars(made).one()

    @property
    def refused_here(self) -> bool:
        return self.refusal is not None and self.refusal.link_id == self.link.id

    @property
    def is_awaited(self) -> bool:
        """Whether a request of the client still waits for its reply."""
        return self.can_sign and self.version.state is VersionState.CHANGES_REQUESTED

    @cached_property
    def exchanges(self) -> Sequence[Exchange]:
        """What this reader asked and was replied, oldest first."""
        return exchanges_of(db.session(), self.link.quote_id, link_id=self.link.id)

    @cached_property
    def withdrawal(self) -> Withdrawal | None:
        return withdrawal_of(db.session(), self.version.id) if self.state is VersionState.WITHDRAWN else None

    @property
    def can_ask_for_renewal(self) -> bool:
        return self.state is VersionState.EXPIRED and not self.asked_for_renewal_today

    @cached_property
    def renewal(self) -> RenewalWish | None:
        """The last time that this reader asked for more time."""
        if self.state is not VersionState.EXPIRED:
            return None
        return db.session.scalar(
            sa.select(RenewalWish)
            .where(RenewalWish.link_id == self.link.id, RenewalWish.version_id == self.version.id)
            .order_by(RenewalWish.id.desc())
            .limit(1)
        )

    @property
    def asked_for_renewal_today(self) -> bool:
        today = clock.day_of(self.at, self.seller.timezone)
        return self.renewal is not None and self.renewal.asked_on == today

    @property
    def state(self) -> VersionState:
        """As a reader sees it: expired from the end of the last day, whether or not a sweep has come by."""
        return VersionState.EXPIRED if self.version.is_live and not self.can_sign else self.version.state

    @property
    def chip(self) -> tuple[str, str]:
        """Label and tone of the state."""
        return {
            VersionState.SENT: (gettext("Awaiting your answer"), "note"),
            VersionState.CHANGES_REQUESTED: (gettext("Your request is being looked at"), "warn"),
            VersionState.SIGNED: (gettext("Signed"), "good"),
            VersionState.ACCEPTED: (gettext("Accepted"), "good"),
            VersionState.REFUSED: (gettext("Refused"), "stop"),
            VersionState.EXPIRED: (gettext("Expired"), "warn"),
            VersionState.WITHDRAWN: (gettext("Withdrawn"), "stop"),
            VersionState.SUPERSEDED: (gettext("Replaced"), "stop"),
            VersionState.VOIDED: (gettext("Cancelled"), "stop"),
        }[self.state]

    @property
    def closed_because(self) -> str | None:
        """Why nothing can be signed any more, in one sentence; None while it can."""
        if self.can_sign:
            return None
        rep = self.rep.name
        return {
            VersionState.EXPIRED: gettext(
                "This quote is no longer open for acceptance: it expired on %(date)s. %(rep)s can extend it for you.",
                date=longdate(self.reading.valid_until),
                rep=rep,
            ),
            VersionState.REFUSED: self._refused_words(rep),
            VersionState.WITHDRAWN: gettext(
                "This quote was withdrawn and is no longer open for acceptance. Contact %(rep)s.", rep=rep
            ),
            VersionState.SUPERSEDED: gettext(
                "This version was replaced by another. Contact %(rep)s.", rep=rep
            ),
            VersionState.VOIDED: gettext("This quote was signed, then cancelled. Contact %(rep)s.", rep=rep),
        }.get(self.state)

    def _refused_words(self, rep: str) -> str:
        refusal = self.refusal
        if refusal is None:
            return gettext("This quote was refused. If you have changed your mind, contact %(rep)s.", rep=rep)
        facts = {"moment": moment(refusal.refused_at, self.reading.timezone), "rep": rep}
        if self.refused_here:
            return gettext(
                "You refused this quote on %(moment)s. If you have changed your mind, contact %(rep)s.",
                **facts,
            )
        return gettext(
            "%(name)s refused this quote on %(moment)s. If that has changed, contact %(rep)s.",
            name=refusal.name,
            **facts,
        )

    @property
    def time_left(self) -> str:
        """How many of the seller's days are left, in words."""
        days = (self.reading.valid_until - clock.day_of(self.at, self.reading.timezone)).days
        return (
            gettext("last day today")
            if days == 0
            else ngettext("%(num)d day left", "%(num)d days left", days)
        )

    def ceremony(self) -> Ceremony:
        """The wordings of the signature, filled for this quote and this reader."""
        return ceremony_of(db.session(), self.reading, on=clock.day_of(self.at, self.reading.timezone))


def quote_page(link: OpenLink, visit: Visit) -> QuotePage:
    """The latest version that was sent, in one statement with its answer and rep, and the seller in another."""
    recorder = aliased(StaffMember)
    row = db.session.execute(
        sa.select(
            QuoteVersion,
            Signature,
            Acceptance,
            recorder.name,
            Refusal,
            StaffMember.name,
            StaffMember.phone,
            StaffMember.email,
            sa.case((StaffMember.archived_at.is_(None), StaffMember.photo_sha256)),
        )
        .join(Quote, Quote.live_version_id == QuoteVersion.id)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .join(StaffMember, StaffMember.id == Opportunity.owner_id)
        .outerjoin(Signature, Signature.version_id == QuoteVersion.id)
        .outerjoin(Acceptance, Acceptance.version_id == QuoteVersion.id)
        .outerjoin(recorder, recorder.id == Acceptance.recorded_by)
        .outerjoin(Refusal, Refusal.version_id == QuoteVersion.id)
        .where(Quote.id == link.quote_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    version, signature, acceptance, recorded_by, refusal, *rep = row
    agreed = Agreed(signature, acceptance, recorded_by)
    seller = db.session.get_one(Seller, ONLY)
    return QuotePage(link, version, agreed, seller, Rep(*rep), refusal=refusal, visit=visit)
