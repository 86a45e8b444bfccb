"""Holding a quote out on this tablet, and having the tablet back."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import access, clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.clients.queries import client_shown, contacts_of
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.views import address_of, load
from backoffice.presentations.forms import PresentForm, TakeBackForm
from backoffice.presentations.presenting import deal_of_link, link_lent, present_quote
from backoffice.quotes.papers import deal_of_quote, read_as_shown
from backoffice.quotes.refusals import AlreadySigned, NotReady
from backoffice.settings import Settings
from backoffice.staff import sessions, signing_in, throttle
from backoffice.staff.refusals import TooManyAttempts, WrongPassword
from backoffice.staff.views import client_address
from backoffice.work import unit_of_work

blueprint = Blueprint("presentations", __name__)


@blueprint.get("/quotes/<int:quote_id>/present")
@needs(Permission.SELL)
def presenting(quote_id: int) -> ResponseReturnValue:
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    if page.panel is None or page.panel.quote.id != quote_id or page.panel.is_agreed:
        raise AlreadySigned(quote=quote_id)
    return present_page(page, PresentForm.of(page.panel.quote, page.deal))


@blueprint.post("/quotes/<int:quote_id>/present")
@needs(Permission.SELL)
def present(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), PresentForm()
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(member))
    if not form.validate():
        return present_page(load(deal_id), form), 422
    try:
        with unit_of_work() as session:
            quote, deal = read_as_shown(session, quote_id, deal_id, form.read, owned_by(member))
            to = form.recipient_among(contacts_of(client_shown(session, deal.client_id, known_to())), deal)
            link = present_quote(
                session, quote, deal, anew=form.anew, recipient=to, where=form.where, by=member.id, at=at
            )
            sessions.lend(session, member.session_id, link.id, at=at)
    except NotReady as refusal:
        return not_presented(deal_id, form, refusal.sentence()), refusal.status
    except StaleRevision as refusal:
        changed = gettext("Somebody changed the quote meanwhile. Read its preview again, then present it.")
        return not_presented(deal_id, form, changed), refusal.status
    return redirect(address_of(link), 303)


@blueprint.get("/tablet")
def lent() -> ResponseReturnValue:
    """Where the page on the tablet leads back; whoever does not hold a lent browser goes home."""
    if access.lender_or_none() is None:
        return redirect(access.HOME, 303)
    return lock_page(TakeBackForm(formdata=None), 200)


@blueprint.post("/tablet")
def take_back() -> ResponseReturnValue:
    at, form, lender = clock.now(), TakeBackForm(), access.lender_or_none()
    if lender is None or lender.lent_link_id is None:
        return redirect(access.HOME, 303)
    if not form.validate():
        return lock_page(form, 422)
    key = settings().secret_keys[0]
    guards = throttle.take_back_guards(lender.id, client_address(), key=key)
    try:
        signing_in.take_back(lender, form.password.data, guards=guards, at=at)
    except (WrongPassword, TooManyAttempts) as refusal:
        form.form_errors.append(refusal.sentence())
        return lock_page(form, refusal.status, wait=getattr(refusal, "seconds", None))
    deal_id = deal_of_link(db.session(), lender.lent_link_id)
    return redirect(url_for("opportunities.show", opportunity_id=deal_id, _anchor="quote"), 303)


@blueprint.app_errorhandler(access.BrowserLent)
def show_lock(refusal: Refusal) -> Response:
    """Whatever was asked for: of the back office nothing is read while the browser is in a client's hands."""
    return lock_page(TakeBackForm(formdata=None), refusal.status)


def lock_page(form: TakeBackForm, status: int, *, wait: int | None = None) -> Response:
    lender = access.lender_or_none()
    link = link_lent(db.session(), lender.lent_link_id) if lender and lender.lent_link_id else None
    page = render_template(
        "backoffice/presentations/lock.html",
        form=form,
        lender=lender.name if lender else "",
        back_address=address_of(link) if link is not None else None,
    )
    response = make_response(page, status)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def present_page(page: WorkingPage, form: PresentForm) -> str:
    contacts = contacts_of(client_shown(db.session(), page.deal.client_id, known_to()))
    at = clock.now()
    shown = page.panel.sent if page.panel and page.panel.sent and page.panel.sent.is_open(at) else None
    return render_template(
        "backoffice/presentations/present.html", page=page, form=form, contacts=contacts, shown=shown
    )


def not_presented(deal_id: int, form: PresentForm, sentence: str) -> str:
    """The page again with the reason, what was typed, and the paper as it is stored now."""
    page = load(deal_id)
    form.refuse(sentence)
    if page.panel is not None:
        form.reopen(page.panel.quote, page.deal)
    return present_page(page, form)


def settings() -> Settings:
    found: Settings = current_app.extensions["accord"]
    return found
