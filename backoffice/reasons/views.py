"""The firm's reasons for refusal and loss: adding, renaming, ordering, archiving."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.reasons.forms import MoveForm, NameOfReason, ReasonForm, RenameForm
from backoffice.reasons.listing import (
    add_reason,
    all_reasons,
    move_reason,
    reason_shown,
    reason_to_act_on,
)
from backoffice.work import unit_of_work

blueprint = Blueprint("reasons", __name__, url_prefix="/settings/reasons")


@blueprint.get("")
@needs(Permission.SET_UP)
def index() -> ResponseReturnValue:
    return listing(NameOfReason(formdata=None))


@blueprint.post("/new")
@needs(Permission.SET_UP)
def add() -> ResponseReturnValue:
    form = NameOfReason()
    if not form.validate():
        return listing(form), 422
    with unit_of_work() as session:
        add_reason(session, form.name, for_clients=form.for_clients.data)
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:reason_id>")
@needs(Permission.SET_UP)
def edit(reason_id: int) -> ResponseReturnValue:
    return editing(reason_id, RenameForm.of(reason_shown(db.session(), reason_id)))


@blueprint.post("/<int:reason_id>")
@needs(Permission.SET_UP)
def rename(reason_id: int) -> ResponseReturnValue:
    form = RenameForm()
    if not form.validate():
        return editing(reason_id, form), 422
    try:
        with unit_of_work() as session:
            reason = reason_to_act_on(session, reason_id)
            reason.opened_as(form.revision.data or 0)
            reason.name, reason.for_clients = form.name, form.for_clients.data
    except StaleRevision as refusal:
        form.reopen(reason_shown(db.session(), reason_id).revision)
        return editing(reason_id, form, stale=True), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:reason_id>/move")
@needs(Permission.SET_UP)
def move(reason_id: int) -> ResponseReturnValue:
    form = MoveForm()
    if not form.validate():
        return listing(NameOfReason(formdata=None), form), 422
    with unit_of_work() as session:
        move_reason(session, reason_id, up=form.to.data == "up")
    return redirect(url_for(".index", _anchor=f"reason-{reason_id}"), 303)


@blueprint.post("/<int:reason_id>/archive")
@needs(Permission.SET_UP)
def archive(reason_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ReasonForm()
    if not form.validate():
        return listing(NameOfReason(formdata=None), form), 422
    with unit_of_work() as session:
        reason_to_act_on(session, reason_id).archive(at)
    flash(gettext("The reason is no longer offered. Answers already given keep it."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:reason_id>/restore")
@needs(Permission.SET_UP)
def restore(reason_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate():
        return listing(NameOfReason(formdata=None), form), 422
    with unit_of_work() as session:
        reason_to_act_on(session, reason_id).restore()
    flash(gettext("The reason is offered again."), "good")
    return redirect(url_for(".index"), 303)


def listing(form: NameOfReason, refused: MoveForm | ReasonForm | None = None) -> str:
    return render_template(
        "backoffice/reasons/list.html", reasons=all_reasons(db.session()), form=form, refused=refused
    )


def editing(reason_id: int, form: RenameForm, *, stale: bool = False) -> str:
    reason = reason_shown(db.session(), reason_id)
    return render_template("backoffice/reasons/edit.html", reason=reason, form=form, stale=stale)
