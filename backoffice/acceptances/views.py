"""A rep records that a client accepted on paper, by e-mail, by telephone or orally; the proof is fetched."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.acceptances.forms import AcceptanceForm
from backoffice.acceptances.queries import proof_shown
from backoffice.acceptances.recording import record_acceptance
from backoffice.acceptances.refusals import (
    AcceptedMeanwhile,
    NothingToAccept,
    NotRecorded,
    OtherVersionNow,
    SignedMeanwhile,
)
from backoffice.access import Permission, current_member, needs, owned_by, papers_of
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.errors import Conflict
from backoffice.files.forms import make_room
from backoffice.files.keeping import Kept
from backoffice.files.limits import LARGEST, MOST
from backoffice.files.uploads import Upload
from backoffice.files.views import taken_away
from backoffice.language import current_language
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.views import load
from backoffice.quotes.choice import whole
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.papers import deal_of_quote
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.refusals import AlreadySigned, QuoteChanged, QuoteClosed
from backoffice.quotes.states import VersionState
from backoffice.work import unit_of_work

blueprint = Blueprint("acceptances", __name__)


@dataclass(frozen=True)
class Offer:
    """What the client may have accepted: the version they have, on the page of its deal."""

    page: WorkingPage
    version: QuoteVersion
    reading: QuoteReading

    @property
    def digest(self) -> str:
        """Binds content, the choice of all of it, and totals."""
        return self.version.choose(whole(self.reading.content)).digest

    @property
    def sent_on(self) -> date:
        return clock.day_of(self.version.frozen_at, self.reading.timezone)

    @property
    def last_day(self) -> date:
        """The last on which it can have been accepted."""
        return min(self.reading.valid_until, clock.today(self.reading.timezone))

    @property
    def proposed(self) -> dict[str, Any]:
        """Whom the quote is made for is who accepted, today, until something else is typed."""
        client, contact = self.page.deal.client, self.page.deal.contact
        return {
            "name": contact.name if contact else client.name,
            "function": contact.function if contact else "",
            "email": (contact.email if contact else "") or client.email,
            "accepted_on": self.last_day,
        }

    def refuse_if_over(self) -> None:
        """Raises SignedMeanwhile, AcceptedMeanwhile, NothingToAccept."""
        if self.version.state is VersionState.SIGNED:
            raise SignedMeanwhile(version=self.version.id)
        if self.version.state is VersionState.ACCEPTED:
            raise AcceptedMeanwhile(version=self.version.id)
        if self.page.panel is None or self.page.panel.quote.acceptable is not self.version:
            raise NothingToAccept(version=self.version.id)


@blueprint.get("/quotes/<int:quote_id>/acceptance")
@needs(Permission.SELL)
def recording(quote_id: int) -> ResponseReturnValue:
    offer = offer_of(quote_id)
    offer.refuse_if_over()
    form = AcceptanceForm(formdata=None, consumer=offer.reading.is_consumer, data=offer.proposed)
    form.open_on(offer.digest)
    return record_page(offer, form)


@blueprint.post("/quotes/<int:quote_id>/acceptance")
@needs(Permission.SELL)
def record(quote_id: int) -> ResponseReturnValue:
    make_room(largest=LARGEST, most=MOST)
    at, member, offer = clock.now(), current_member(), offer_of(quote_id)
    form, deal_id = AcceptanceForm(consumer=offer.reading.is_consumer), offer.page.deal.id
    if not form.validate():
        return again(quote_id, form, 422)
    proofs, seen_as = [kept(each) for each in form.files.data], form.seen_as.data or ""
    try:
        with unit_of_work() as session:
            record_acceptance(session, quote_id, form.accepting(by=member.id), proofs, at=at, seen_as=seen_as)
    except NotRecorded as refusal:
        form[refusal.field].errors = [refusal.sentence()]
        return again(quote_id, form, refusal.status)
    except QuoteChanged:
        return read_again(quote_id, form)
    except (AlreadySigned, QuoteClosed) as refusal:
        return again(quote_id, form, refusal.status)
    flash(gettext("The acceptance is recorded and the order placed."), "good")
    return redirect(url_for("opportunities.show", opportunity_id=deal_id, _anchor="quote"), 303)


@blueprint.get("/proofs/<int:proof_id>")
@needs(Permission.SEE_ORDERS)
def proof(proof_id: int) -> ResponseReturnValue:
    """For whoever may see the order: what an accountant shows to an inspector."""
    return taken_away(proof_shown(db.session(), proof_id, papers_of(current_member())))


def offer_of(quote_id: int) -> Offer:
    """Raises NotFound, NothingToAccept."""
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    panel = page.panel
    if panel is None or panel.quote.id != quote_id or panel.sent is None:
        raise NothingToAccept(quote=quote_id)
    return Offer(page, panel.sent, QuoteReading(panel.sent.read(), current_language()))


def kept(upload: Upload) -> Kept:
    archive: Archive = current_app.extensions["accord.archive"]
    return Kept(upload, archive.keep(upload.data))


def again(quote_id: int, form: AcceptanceForm, status: int) -> ResponseReturnValue:
    """With what is wrong; and once there is nothing to record any more, what was typed beside the reason."""
    offer = offer_of(quote_id)
    try:
        offer.refuse_if_over()
    except Conflict as refusal:
        late = render_template("backoffice/acceptances/late.html", offer=offer, form=form, refusal=refusal)
        return late, refusal.status
    form.come_back()
    return record_page(offer, form), status


def read_again(quote_id: int, form: AcceptanceForm) -> ResponseReturnValue:
    changed = OtherVersionNow()
    form.open_on(offer_of(quote_id).digest)
    form.form_errors.append(changed.sentence())
    return again(quote_id, form, changed.status)


def record_page(offer: Offer, form: AcceptanceForm) -> str:
    return render_template("backoffice/acceptances/record.html", offer=offer, form=form)
