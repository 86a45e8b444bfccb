"""The client's other answers: not like this, no, and not yet. As easy as signing, and guarded alike."""

from collections.abc import Callable

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_babel import gettext

from backoffice import errors
from backoffice.answers.answering import ask_for_renewal, refuse_quote, request_changes
from backoffice.answers.models import Answering
from backoffice.answers.refusals import EnoughRequests, NotExpired
from backoffice.db import db
from backoffice.quotes.refusals import AcceptedOtherwise, AlreadySigned, QuoteChanged, QuoteClosed
from backoffice.reasons.listing import offered_reason, reasons_offered
from backoffice.work import unit_of_work
from portal.answer_forms import AnswerForm, ChangesForm, RefuseForm, RenewForm
from portal.pages import QuotePage
from portal.views import blueprint, settings, shown, this_page

__all__ = ["blueprint"]

Ask = Callable[[QuotePage], AnswerForm]


@blueprint.get("/changes")
def changes() -> Answer:
    return answer_page(changes_form, "portal/changes.html")


@blueprint.post("/changes")
def request_them() -> Answer:
    form = changes_form(this_page())
    if not form.validate_on_submit():
        return again(form, "portal/changes.html")
    answering, text, seen_as = who(form), form.text.data, form.seen_as.data or ""
    try:
        with unit_of_work() as session:
            request_changes(session, g.link.quote_id, answering, text, at=g.arrived, seen_as=seen_as)
    except (QuoteChanged, errors.StaleRevision):
        return read_again(form, "portal/changes.html")
    except (AlreadySigned, QuoteClosed, EnoughRequests) as refusal:
        return kept(form, refusal)
    return redirect(url_for(".requested"), 303)


@blueprint.get("/changes/sent")
def requested() -> Answer:
    page = this_page()
    if not page.exchanges:
        return redirect(url_for(".show"), 303)
    return shown("portal/requested.html", page)


@blueprint.get("/refuse")
def refuse() -> Answer:
    return answer_page(refuse_form, "portal/refuse.html")


@blueprint.post("/refuse")
def refuse_now() -> Answer:
    page = this_page()
    if page.refused_here:  # a double click, a reload, a lost reply
        return redirect(url_for(".refused"), 303)
    form = refuse_form(page)
    if not form.validate_on_submit():
        return again(form, "portal/refuse.html")
    answering, text, seen_as = who(form), form.text.data or "", form.seen_as.data or ""
    try:
        with unit_of_work() as session:
            reason = offered_reason(session, form.reason_id)
            refuse_quote(session, g.link.quote_id, answering, reason, text, at=g.arrived, seen_as=seen_as)
    except (QuoteChanged, errors.StaleRevision):
        return read_again(form, "portal/refuse.html")
    except (AlreadySigned, QuoteClosed) as refusal:
        if this_page().refused_here:
            return redirect(url_for(".refused"), 303)
        return kept(form, refusal)
    return redirect(url_for(".refused"), 303)


@blueprint.get("/refused")
def refused() -> Answer:
    page = this_page()
    if not page.refused_here:
        return redirect(url_for(".show"), 303)
    return shown("portal/refused.html", page)


@blueprint.post("/renew")
def renew() -> Answer:
    form = RenewForm(g.link, settings().secret_keys)
    if not form.validate_on_submit():
        return shown("portal/quote.html", this_page(), renewal=form), 422
    try:
        with unit_of_work() as session:
            ask_for_renewal(session, g.link.quote_id, g.link.id, at=g.arrived)
    except NotExpired:
        return redirect(url_for(".show"), 303)
    return redirect(url_for(".show", _anchor="renewal"), 303)


def changes_form(_page: QuotePage) -> ChangesForm:
    return ChangesForm(g.link, settings().secret_keys)


def refuse_form(page: QuotePage) -> RefuseForm:
    reasons = [(reason.id, reason.name) for reason in reasons_offered(db.session(), to_clients=True)]
    return RefuseForm(g.link, settings().secret_keys, reasons, page.language)


def answer_page(ask: Ask, template: str) -> Answer:
    page = this_page()
    if not page.can_sign:
        return redirect(url_for(".show"), 303)
    form = ask(page)
    form.introduce(g.link.name, g.link.email)
    form.open_on(page.version.digest)
    return shown(template, page, form=form)


def again(form: AnswerForm, template: str) -> Answer:
    """With what is wrong; what is closed meanwhile is told as it is."""
    page = this_page()
    if not page.can_sign:
        return kept(form, closed(page))
    return shown(template, page, form=form), 422


def read_again(form: AnswerForm, template: str) -> Answer:
    """Another version replaced the one that was read: the same words, about the version there is now."""
    page = this_page()
    if not page.can_sign:
        return kept(form, closed(page))
    form.open_on(page.version.digest)
    form.form_errors.append(
        gettext("A newer version replaced the one that you were reading. Read it before you answer.")
    )
    return shown(template, page, form=form), 409


def kept(form: AnswerForm, refusal: errors.Refusal) -> Answer:
    """Nothing can be answered any more: the page says how the quote stands, and gives the words back."""
    page = this_page()
    return shown("portal/unanswerable.html", page, form=form, refusal=refusal), 409


def closed(page: QuotePage) -> errors.Refusal:
    if page.acceptance is not None:
        return AcceptedOtherwise()
    return AlreadySigned() if page.signature is not None else QuoteClosed()


def who(form: AnswerForm) -> Answering:
    return form.answering(
        language=g.language, address=request.remote_addr or "", user_agent=request.user_agent.string
    )
