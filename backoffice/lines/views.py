"""The page of one line: all that can be said of it, and where it stands."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.db import db
from backoffice.errors import NotFound
from backoffice.language import current_language
from backoffice.ledger.editing import LineGone, Whose, arrange, duplicate_line, save_line
from backoffice.ledger.forms import RowForm
from backoffice.ledger.shown import Ledger, deal_of_line, line_to_edit
from backoffice.ledger.views import complaints, ledger_shown, parts, rates_in_force, typist, whose
from backoffice.lines.forms import ArrangeLineForm, DetailsForm
from backoffice.opportunities import lines
from backoffice.opportunities.views import load, render_working_page
from backoffice.pages import seller
from backoffice.pricing.deals import currency_of
from backoffice.work import unit_of_work

blueprint = Blueprint("lines", __name__, url_prefix="/lines/<uuid:line_uuid>")


@blueprint.get("")
@needs(Permission.SELL)
def show(line_uuid: UUID) -> ResponseReturnValue:
    ledger = ledger_around(line_uuid)
    line, offer = ledger.line(line_uuid), ledger.sums.offers.get(line_uuid)
    if line.removed_at is not None:
        raise NotFound(line=str(line_uuid))
    form = DetailsForm.of(line, offer, language=ledger.edited_language, currency=ledger.currency)
    return page(ledger, line_uuid, form)


@blueprint.post("")
@needs(Permission.SELL)
def save(line_uuid: UUID) -> ResponseReturnValue:
    form, ledger = DetailsForm(), ledger_around(line_uuid)
    prepare(form, ledger, line_uuid)
    which = whose(ledger.deal_id)
    if not form.validate():
        return page(ledger, line_uuid, form), 422
    try:
        with unit_of_work() as session:
            change_details(session, which, form, line_uuid)
    except lines.StaleLine:
        return page_with_both(ledger_around(line_uuid), line_uuid, form), 409
    except (lines.QuantityNotOffered, LineGone) as refusal:
        form.form_errors.append(refusal.sentence())
        return page(ledger_around(line_uuid), line_uuid, form), refusal.status
    flash(gettext("Saved."), "good")
    return to_ledger(which.deal_id, f"line-{line_uuid}")


@blueprint.post("/row")
@needs(Permission.SELL)
def save_row(line_uuid: UUID) -> ResponseReturnValue:
    """As a script sends it, whenever a row was left."""
    form, line = RowForm(), line_to_edit(db.session(), line_uuid, owned_by(current_member()))
    form.offer(line, rates_in_force(db.session()), currency=currency_of(db.session(), line.opportunity_id))
    if not form.validate():
        return complaints(form), 422
    which, edit, opened = whose(line.opportunity_id), form.as_edit(line_uuid), form.revision.data
    who, on = typist(), clock.today(seller().timezone)
    try:
        with unit_of_work() as session:
            save_line(
                session, which, edit, form.edited_language, typist=who, on=on, opened=opened, resent=True
            )
    except lines.StaleLine:
        return parts(which.deal_id, [line_uuid], conflict=True), 409
    except (lines.QuantityNotOffered, LineGone) as refusal:
        form.form_errors.append(refusal.sentence())
        return complaints(form), refusal.status
    return parts(which.deal_id, [line_uuid])


@blueprint.post("/<any(up, down, remove, restore, duplicate):act>")
@needs(Permission.SELL)
def act(line_uuid: UUID, act: str) -> ResponseReturnValue:
    which, at, form = whose_line(line_uuid), clock.now(), ArrangeLineForm()
    if not form.validate():
        return render_working_page(load(which.deal_id), refused=form), 422
    with unit_of_work() as session:
        if act == "duplicate":
            duplicate_line(session, which, line_uuid, new=None)
        else:
            arrange(session, which, act, line_uuid, at=at)
    if act == "remove":
        flash(gettext("The line is removed. It can be brought back below the lines."), "good")
    return to_ledger(which.deal_id, "lines" if act == "remove" else f"line-{line_uuid}")


def whose_line(line_uuid: UUID) -> Whose:
    visible = owned_by(current_member())
    return Whose(deal_id=deal_of_line(db.session(), line_uuid, visible), visible=visible)


def ledger_around(line_uuid: UUID) -> Ledger:
    return ledger_shown(whose_line(line_uuid).deal_id, [line_uuid])


def change_details(session: Session, which: Whose, form: DetailsForm, uuid: UUID) -> None:
    edit, opened, on = form.as_details(uuid), form.revision.data, clock.today(seller().timezone)
    save_line(session, which, edit, form.edited_language, typist=typist(), on=on, opened=opened)
    if form.chooses_variant:
        session.flush()  # before the deal is read with all its lines
        arrange(session, which, "option", uuid, at=clock.now())


def prepare(form: DetailsForm, ledger: Ledger, uuid: UUID) -> None:
    form.offer(ledger.line(uuid), list(ledger.rates), currency=ledger.currency)
    form.offer_as(ledger.sums.offers.get(uuid))


def page(ledger: Ledger, uuid: UUID, form: DetailsForm, *, stored: DetailsForm | None = None) -> str:
    """``stored``: what somebody else saved meanwhile, to stand beside what was typed."""
    if form.vat is not None and form.vat.choices is None:
        prepare(form, ledger, uuid)
    return render_template(
        "backoffice/lines/line.html",
        page=ledger,
        line=ledger.line(uuid),
        form=form,
        stored=stored,
        spoken=current_language(),
    )


def page_with_both(ledger: Ledger, uuid: UUID, typed: DetailsForm) -> str:
    """What was typed, ready to be saved over what somebody else stored meanwhile, and that beside it."""
    line, offer = ledger.line(uuid), ledger.sums.offers.get(uuid)
    stored = DetailsForm.of(line, offer, language=ledger.edited_language, currency=ledger.currency)
    prepare(stored, ledger, uuid)
    typed.reopen(line.revision)
    return page(ledger, uuid, typed, stored=stored)


def to_ledger(opportunity_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor=anchor), 303)
