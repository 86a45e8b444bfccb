"""Those who look after people: who works here, in which role, who is invited, who leaves."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.account import acts
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.invitations.forms import ButtonForm, role_names
from backoffice.invitations.inviting import pending
from backoffice.invitations.tokens import invitation_address
from backoffice.pages import seller
from backoffice.people import leaving
from backoffice.people.forms import LeaveForm, RoleForm
from backoffice.settings import Settings
from backoffice.staff import accounts, queries, sessions
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, Role, StaffMember
from backoffice.staff.refusals import LastAdministrator, NobodyTakesOver, OwnAccount
from backoffice.work import unit_of_work

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@needs(Permission.MANAGE_PEOPLE)
def index() -> ResponseReturnValue:
    settings: Settings = current_app.extensions["accord"]
    invitations = pending(db.session())
    addresses = (
        {}
        if settings.mail
        else {
            each.id: invitation_address(settings.secret_keys, settings.public_url, each.nonce)
            for each in invitations
        }
    )
    return render_template(
        "backoffice/people/list.html",
        people=queries.everybody(db.session()),
        invitations=invitations,
        addresses=addresses,
        roles=role_names(),
        seller=seller(),
        now=clock.now(),
    )


@blueprint.get("/<int:staff_id>")
@needs(Permission.MANAGE_PEOPLE)
def show(staff_id: int) -> ResponseReturnValue:
    return _page(queries.member_shown(db.session(), staff_id))


@blueprint.post("/<int:staff_id>/role")
@needs(Permission.MANAGE_PEOPLE)
def change_role(staff_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), RoleForm(), current_member()
    shown = queries.member_shown(db.session(), staff_id)
    if not form.validate():
        return _page(shown, form, 422)
    try:
        with unit_of_work() as session:
            accounts.change_role(
                session, staff_id, Role(form.role.data), was=form.seen_version.data or "", by=me.id, at=at
            )
    except (LastAdministrator, StaleRevision) as refusal:
        form.role.errors = [refusal.sentence()]
        stored = queries.member_shown(db.session(), staff_id)
        form.seen_version.data, form.seen_version.raw_data = stored.role.value, None
        return _page(stored, form, refusal.status)
    flash(gettext("The role is changed."), "good")
    return redirect(_next_page(staff_id), 303)


@blueprint.post("/<int:staff_id>/second-factor/off")
@needs(Permission.MANAGE_PEOPLE)
def take_off_second_factor(staff_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), ButtonForm(), current_member()
    shown = queries.member_shown(db.session(), staff_id)
    name = shown.name
    if not form.validate():
        return _page(shown, wrong=form, status=422)
    if staff_id == me.id:
        raise OwnAccount
    with unit_of_work() as session:
        acts.turn_off(session, staff_id, by=me.id, at=at)
    flash(gettext("The second factor of %(name)s is off.", name=name), "good")
    return redirect(url_for("people.show", staff_id=staff_id), 303)


@blueprint.post("/<int:staff_id>/sign-out")
@needs(Permission.MANAGE_PEOPLE)
def sign_out_everywhere(staff_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), ButtonForm(), current_member()
    shown = queries.member_shown(db.session(), staff_id)
    name = shown.name
    if not form.validate():
        return _page(shown, wrong=form, status=422)
    with unit_of_work() as session:
        member = accounts.account_to_act_on(session, staff_id)
        sessions.end_sessions(session, staff_id, at=at, but=me.session_id)
        member.record(AccountChanged(staff_id=staff_id, act=AccountAct.SESSIONS_ENDED, by=me.id, at=at))
    flash(gettext("%(name)s is signed out everywhere.", name=name), "good")
    return redirect(url_for("people.show", staff_id=staff_id), 303)


@blueprint.get("/<int:staff_id>/leave")
@needs(Permission.MANAGE_PEOPLE)
def ask_leave(staff_id: int) -> ResponseReturnValue:
    return _leave_page(queries.member_shown(db.session(), staff_id), LeaveForm(formdata=None), 200)


@blueprint.post("/<int:staff_id>/leave")
@needs(Permission.MANAGE_PEOPLE)
def leave(staff_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), LeaveForm(), current_member()
    shown = queries.member_shown(db.session(), staff_id)
    name = shown.name
    if not form.validate():
        return _leave_page(shown, form, 422)
    try:
        with unit_of_work() as session:
            leaving.leave(session, staff_id, taker=form.taker_id, by=me.id, at=at)
    except NobodyTakesOver as refusal:
        form.taker.errors = [refusal.sentence()]
        return _leave_page(queries.member_shown(db.session(), staff_id), form, 422)
    flash(gettext("%(name)s can no longer sign in.", name=name), "good")
    return redirect(url_for("people.index"), 303)


@blueprint.post("/<int:staff_id>/bring-back")
@needs(Permission.MANAGE_PEOPLE)
def bring_back(staff_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), ButtonForm(), current_member()
    shown = queries.member_shown(db.session(), staff_id)
    name = shown.name
    if not form.validate():
        return _page(shown, wrong=form, status=422)
    with unit_of_work() as session:
        accounts.bring_back(session, staff_id, by=me.id, at=at)
    flash(gettext("%(name)s can sign in again.", name=name), "good")
    return redirect(url_for("people.show", staff_id=staff_id), 303)


def _next_page(staff_id: int) -> str:
    """Who is administrator no more has no business here."""
    stepped_down = staff_id == current_member().id
    return url_for("account.show") if stepped_down else url_for("people.show", staff_id=staff_id)


def _page(
    member: StaffMember, form: RoleForm | None = None, status: int = 200, *, wrong: Any = None
) -> ResponseReturnValue:
    at = clock.now()
    page = render_template(
        "backoffice/people/show.html",
        member=member,
        me=current_member(),
        form=form or RoleForm(formdata=None, seen_version=member.role.value, role=member.role.value),
        wrong=wrong or form,
        browsers=len(queries.open_sessions(db.session(), member.id, at=at)),
        work=leaving.work_of(db.session(), member.id),
        entries=queries.entries_of(db.session(), member.id),
        roles=role_names(),
        seller=seller(),
    )
    return page, status


def _leave_page(member: StaffMember, form: LeaveForm, status: int) -> ResponseReturnValue:
    if member.archived_at is not None or member.id == current_member().id:
        raise OwnAccount if member.archived_at is None else StaleRevision
    work = leaving.work_of(db.session(), member.id)
    colleagues = leaving.colleagues_of(db.session(), member.id)
    form.taker.choices = [SelectChoice("", gettext("Choose …"))]
    form.taker.choices += [SelectChoice(str(key), name) for key, name in colleagues]
    page = render_template("backoffice/people/leave.html", member=member, form=form, work=work)
    return page, status
