"""How a deal ends, begins again, changes hands or is copied."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by, sees_all
from backoffice.db import db
from backoffice.errors import NotFound, StaleRevision
from backoffice.language import current_language
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import deal_shown, deal_to_act_on, deal_to_move
from backoffice.opportunities.views import load, render_working_page
from backoffice.outcomes.closing import GIVEN_UP, expire, lose, phases_for, quote_to_close, reopen
from backoffice.outcomes.duplicating import duplicate
from backoffice.outcomes.forms import ActForm, GiveUpForm, HandOverForm
from backoffice.outcomes.handing_over import hand_over
from backoffice.outcomes.moves import is_agreed, undo
from backoffice.reasons.listing import reason_shown, reasons_offered
from backoffice.staff.sellers import sellers_of_firm
from backoffice.work import unit_of_work

blueprint = Blueprint("outcomes", __name__)


@blueprint.get("/opportunities/<int:opportunity_id>/end")
@needs(Permission.SELL)
def ending(opportunity_id: int) -> ResponseReturnValue:
    deal = deal_shown(db.session(), opportunity_id, owned_by(current_member()))
    if deal.phase.outcome in GIVEN_UP or is_agreed(db.session(), deal.id):
        return to_deal(opportunity_id)
    return end_page(offered(GiveUpForm(formdata=None, data={"revision": deal.revision}), deal), deal)


@blueprint.post("/opportunities/<int:opportunity_id>/end")
@needs(Permission.SELL)
def end(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), GiveUpForm()
    shown = deal_shown(db.session(), opportunity_id, owned_by(member))
    if not offered(form, shown).validate():
        return end_page(form, shown), 422
    try:
        with unit_of_work() as session:
            quote = quote_to_close(session, opportunity_id)
            deal = deal_to_move(session, opportunity_id, owned_by(member))
            deal.opened_as(form.revision.data)
            if form.is_lost:
                reason = reason_shown(session, form.reason.data)
                lose(session, deal, quote, reason, words=form.words.data or "", by=member.id, at=at)
            else:
                expire(session, deal, quote, by=member.id, at=at)
    except StaleRevision as refusal:
        stored = deal_shown(db.session(), opportunity_id, owned_by(member))
        form.reopen(stored.revision)
        return end_page(form, stored), refusal.status
    return to_deal(opportunity_id)


@blueprint.post("/opportunities/<int:opportunity_id>/reopen")
@needs(Permission.SELL)
def begin_again(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ActForm()
    if not form.validate():
        return render_working_page(load(opportunity_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_move(session, opportunity_id, owned_by(member))
        reopen(session, deal, by=member.id, at=at)
    return to_deal(opportunity_id)


@blueprint.post("/opportunities/<int:opportunity_id>/undo")
@needs(Permission.SELL)
def take_back(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ActForm()
    if not form.validate():
        return render_working_page(load(opportunity_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_move(session, opportunity_id, owned_by(member))
        undo(session, deal, by=member.id, at=at)
    return to_deal(opportunity_id)


@blueprint.post("/opportunities/<int:opportunity_id>/copy")
@needs(Permission.SELL)
def copy(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ActForm()
    if not form.validate():
        return render_working_page(load(opportunity_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_act_on(session, opportunity_id, owned_by(member))
        copied = duplicate(session, deal, by=member.id, at=at).id
    flash(gettext("This is the copy. Give it a title of its own."), "good")
    return redirect(url_for("opportunities.details", opportunity_id=copied), 303)


@blueprint.get("/opportunities/<int:opportunity_id>/owner")
@needs(Permission.SELL)
def owner(opportunity_id: int) -> ResponseReturnValue:
    deal = deal_shown(db.session(), opportunity_id, owned_by(current_member()))
    data = {"revision": deal.revision, "owner": deal.owner_id}
    return owner_page(HandOverForm(formdata=None, data=data, people=sellers_of_firm(db.session())), deal)


@blueprint.post("/opportunities/<int:opportunity_id>/owner")
@needs(Permission.SELL)
def give_to(opportunity_id: int) -> ResponseReturnValue:
    at, member = clock.now(), current_member()
    form = HandOverForm(people=sellers_of_firm(db.session()))
    shown = deal_shown(db.session(), opportunity_id, owned_by(member))
    if not form.validate():
        return owner_page(form, shown), 422
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, owned_by(member))
            deal.opened_as(form.revision.data)
            is_new = hand_over(session, deal, to=form.owner.data, by=member.id, at=at)
            title, is_gone = deal.title, deal.owner_id != member.id and not sees_all(member)
    except StaleRevision as refusal:
        stored = deal_shown(db.session(), opportunity_id, owned_by(member))
        form.reopen(stored.revision)
        return owner_page(form, stored), refusal.status
    if is_new:
        flash(gettext("“%(title)s” has a new owner.", title=title), "good")
    return redirect(url_for("opportunities.index"), 303) if is_gone else to_deal(opportunity_id)


def offered(form: GiveUpForm, deal: Opportunity) -> GiveUpForm:
    reasons = [(reason.id, reason.name) for reason in reasons_offered(db.session())]
    form.offer(phases_for(deal.phase.pipeline.phases), reasons, current_language())
    return form


def end_page(form: GiveUpForm, deal: Opportunity) -> str:
    if not form.outcome.choices:
        raise NotFound(opportunity=deal.id)
    return render_template("backoffice/outcomes/end.html", form=form, deal=deal)


def owner_page(form: HandOverForm, deal: Opportunity) -> str:
    return render_template("backoffice/outcomes/owner.html", form=form, deal=deal)


def to_deal(opportunity_id: int) -> ResponseReturnValue:
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id), 303)
