"""What a rep does about a client's answers: reply, withdraw, record a refusal that was said by telephone."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.answers.answering import refuse_quote, reply_to_request, withdraw_quote
from backoffice.answers.forms import RefusalForm, ReplyForm, WithdrawForm
from backoffice.answers.queries import pending_requests
from backoffice.answers.refusals import NewerRequest
from backoffice.db import db
from backoffice.errors import Conflict, IllegalMove, Refusal
from backoffice.forms import PostedForm
from backoffice.language import current_language
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.views import load
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.papers import deal_of_quote
from backoffice.quotes.refusals import AlreadySigned, QuoteChanged, QuoteClosed
from backoffice.reasons.listing import offered_reason, reasons_offered
from backoffice.work import unit_of_work

blueprint = Blueprint("answers", __name__, url_prefix="/quotes/<int:quote_id>")
Form = TypeVar("Form", bound=PostedForm)


@blueprint.get("/reply")
@needs(Permission.SELL)
def replying(quote_id: int) -> ResponseReturnValue:
    return reply_page(quote_id, ReplyForm(formdata=None))


@blueprint.post("/reply")
@needs(Permission.SELL)
def reply(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ReplyForm()
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(member))
    if not form.validate():
        return reply_page(quote_id, form), 422
    try:
        with unit_of_work() as session:
            read = form.read.data or 0
            reply_to_request(session, quote_id, form.text.data, read=read, by=member.id, at=at)
    except NewerRequest as refusal:
        form.form_errors.append(refusal.sentence())
        return reply_page(quote_id, form, anew=True), refusal.status
    flash(gettext("Your reply has been sent."), "good")
    return back_to(deal_id)


@blueprint.get("/withdraw")
@needs(Permission.SELL)
def withdrawing(quote_id: int) -> ResponseReturnValue:
    form = WithdrawForm(formdata=None)
    return live_page(quote_id, form, withdraw_page)


@blueprint.post("/withdraw")
@needs(Permission.SELL)
def withdraw(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), WithdrawForm()
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(member))
    if not form.validate():
        return live_page(quote_id, form, withdraw_page), 422
    try:
        with unit_of_work() as session:
            words, seen_as = form.text.data or "", form.seen_as.data or ""
            withdraw_quote(session, quote_id, words, seen_as=seen_as, by=member.id, at=at)
    except QuoteChanged:
        return read_again(quote_id, form, withdraw_page)
    flash(gettext("The quote is withdrawn. The client has been told."), "good")
    return back_to(deal_id)


@blueprint.get("/refusal")
@needs(Permission.SELL)
def refusing(quote_id: int) -> ResponseReturnValue:
    return live_page(quote_id, RefusalForm(formdata=None), refusal_page)


@blueprint.post("/refusal")
@needs(Permission.SELL)
def refuse(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), RefusalForm()
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(member))
    form.offer(reasons_offered(db.session()), current_language())
    if not form.validate():
        return live_page(quote_id, form, refusal_page), 422
    try:
        with unit_of_work() as session:
            said = form.answering(by=member.id, language=current_language())
            reason, seen_as = offered_reason(session, form.reason_id), form.seen_as.data or ""
            refuse_quote(session, quote_id, said, reason, form.text.data or "", at=at, seen_as=seen_as)
    except QuoteChanged:
        return read_again(quote_id, form, refusal_page)
    flash(gettext("The refusal is recorded."), "good")
    return back_to(deal_id)


def reply_page(quote_id: int, form: ReplyForm, *, anew: bool = False) -> str:
    page, version = live_version(quote_id)
    pending = pending_requests(db.session(), version)
    if not pending:
        raise IllegalMove(current=version.state.value, target="sent")
    if anew or not form.read.data:
        form.read.reset(pending[-1].id)
    return render_template("backoffice/answers/reply.html", page=page, form=form, pending=pending)


def withdraw_page(page: WorkingPage, version: QuoteVersion, form: WithdrawForm) -> str:
    form.seen_as.data = form.seen_as.data or version.digest
    return render_template("backoffice/answers/withdraw.html", page=page, version=version, form=form)


def refusal_page(page: WorkingPage, version: QuoteVersion, form: RefusalForm) -> str:
    if form.reason and not form.reason.choices:
        form.offer(reasons_offered(db.session()), current_language())
    if not form.seen_as.data:
        form.open_on(version, page.deal.contact.name if page.deal.contact else page.deal.client.name)
    return render_template("backoffice/answers/refusal.html", page=page, version=version, form=form)


def live_page(quote_id: int, form: Form, shown: Callable[[WorkingPage, QuoteVersion, Form], str]) -> str:
    return shown(*live_version(quote_id), form)


def read_again(
    quote_id: int, form: Form, shown: Callable[[WorkingPage, QuoteVersion, Form], str]
) -> ResponseReturnValue:
    """Another version was sent meanwhile: the same words, about that one."""
    form["seen_as"].data = ""
    changed: Refusal = NewerVersionSent()
    form.form_errors.append(changed.sentence())
    return live_page(quote_id, form, shown), changed.status


def live_version(quote_id: int) -> tuple[WorkingPage, QuoteVersion]:
    """The deal's page and the version that its client can answer. Raises NotFound, AlreadySigned, QuoteClosed."""
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    panel = page.panel
    if panel is None or panel.quote.id != quote_id or panel.is_agreed:
        raise AlreadySigned(quote=quote_id)
    if panel.sent is None or not panel.sent.is_live:
        raise QuoteClosed(quote=quote_id)
    return page, panel.sent


def back_to(deal_id: int) -> ResponseReturnValue:
    return redirect(url_for("opportunities.show", opportunity_id=deal_id, _anchor="quote"), 303)


class NewerVersionSent(Conflict):
    def sentence(self) -> str:
        return gettext("Somebody sent another version meanwhile. Check it, then press the button again.")
