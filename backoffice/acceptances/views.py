"""A rep records that a client accepted on paper, by e-mail, by telephone or orally; the proof is fetched."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from backoffice import clock
from backoffice.acceptances.forms import RECALCULATE, AcceptanceForm
from backoffice.acceptances.offered import Offer
from backoffice.acceptances.queries import proof_shown
from backoffice.acceptances.recording import record_acceptance
from backoffice.acceptances.refusals import NothingToAccept, NotRecorded, OtherChoiceNow, OtherVersionNow
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
from backoffice.opportunities.views import load
from backoffice.quotes.papers import deal_of_quote
from backoffice.quotes.refusals import AlreadySigned, ChoiceNotOffered, QuoteChanged, QuoteClosed
from backoffice.work import unit_of_work

blueprint = Blueprint("acceptances", __name__)


@blueprint.get("/quotes/<int:quote_id>/acceptance")
@needs(Permission.SELL)
def recording(quote_id: int) -> ResponseReturnValue:
    offer = offer_of(quote_id, MultiDict())
    offer.refuse_if_over()
    form = AcceptanceForm(formdata=None, consumer=offer.reading.is_consumer, data=offer.proposed)
    form.open_on(offer.choice.digest)
    return record_page(offer, form)


@blueprint.post("/quotes/<int:quote_id>/acceptance")
@needs(Permission.SELL)
def record(quote_id: int) -> ResponseReturnValue:
    make_room(largest=LARGEST, most=MOST)
    at, member, offer = clock.now(), current_member(), offer_of(quote_id, request.form)
    form = AcceptanceForm(consumer=offer.reading.is_consumer, complaints=offer.complaints)
    if RECALCULATE in request.form:
        return recalculated(offer, form)
    if not form.validate():
        return again(quote_id, form, 422)
    said, proofs = form.accepting(by=member.id), [kept(each) for each in form.files.data]
    # Read before the unit of work, which forgets the page.
    selection, seen_as, deal_id = offer.choice.selection, form.seen_as.data or "", offer.page.deal.id
    try:
        with unit_of_work() as session:
            record_acceptance(session, quote_id, said, selection, proofs, at=at, seen_as=seen_as)
    except NotRecorded as refusal:
        form[refusal.field].errors = [refusal.sentence()]
        return again(quote_id, form, refusal.status)
    except (QuoteChanged, ChoiceNotOffered):
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


def offer_of(quote_id: int, arguments: MultiDict[str, str]) -> Offer:
    """``arguments``: what was sent of the client's choice. Raises NotFound, NothingToAccept."""
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    panel = page.panel
    if panel is None or panel.quote.id != quote_id or panel.sent is None:
        raise NothingToAccept(quote=quote_id)
    return Offer(page, panel.sent, current_language(), arguments)


def kept(upload: Upload) -> Kept:
    archive: Archive = current_app.extensions["accord.archive"]
    return Kept(upload, archive.keep(upload.data))


def again(quote_id: int, form: AcceptanceForm, status: int) -> ResponseReturnValue:
    """With what is wrong; and once there is nothing to record any more, what was typed beside the reason."""
    offer = offer_of(quote_id, request.form)
    try:
        offer.refuse_if_over()
    except Conflict as refusal:
        late = render_template("backoffice/acceptances/late.html", offer=offer, form=form, refusal=refusal)
        return late, refusal.status
    form.come_back()
    return record_page(offer, form), status


def recalculated(offer: Offer, form: AcceptanceForm) -> ResponseReturnValue:
    """The page with what the choice comes to; nothing is recorded."""
    form.open_on(offer.choice.digest)
    form.form_errors.extend(form.complaints)
    return again(offer.version.quote_id, form, 422 if form.complaints else 200)


def read_again(quote_id: int, form: AcceptanceForm) -> ResponseReturnValue:
    """What was recorded is not what the page had shown: another version, or another choice than it had added up."""
    offer = offer_of(quote_id, request.form)
    changed = OtherChoiceNow() if offer.is_of_this_version else OtherVersionNow()
    form.open_on(offer.choice.digest)
    form.form_errors.append(changed.sentence())
    return again(quote_id, form, changed.status)


def record_page(offer: Offer, form: AcceptanceForm) -> str:
    return render_template("backoffice/acceptances/record.html", offer=offer, form=form)
