"""One's own second factor: on, off, and the recovery codes, shown once."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.account import acts
from backoffice.account.forms import ButtonForm, ProvedForm
from backoffice.account.views import present_guards
from backoffice.db import db
from backoffice.errors import Refusal
from backoffice.second_factor.forms import NewCodesForm, TurnOffForm, TurnOnForm
from backoffice.settings import Settings
from backoffice.staff import queries, second_factor
from backoffice.staff.proving import prove
from backoffice.staff.refusals import CodeNotRight, PasswordNotRight, TooManyAttempts
from backoffice.staff.tokens import sealed, unsealed
from backoffice.work import unit_of_work

blueprint = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")
CODES_SHOWN = "recovery_codes_until"
CODES_LAST = timedelta(minutes=15)
"""How long new recovery codes can be read again: a download that failed, a page reloaded."""


@blueprint.get("")
@needs(Permission.ENTER)
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@needs(Permission.ENTER)
def turn_on() -> ResponseReturnValue:
    at, form, member = clock.now(), TurnOnForm(), current_member()
    secret = unsealed(form.secret.data or "", member.id, _keys())
    if not form.validate() or secret is None:
        return _page(turn_on=_outdated(form, secret), status=422)
    try:
        proved = prove(member.id, form.present.data, guards=present_guards(member.id), at=at)
        counter = second_factor.first_counter(secret, form.code.data)
    except (PasswordNotRight, TooManyAttempts, CodeNotRight) as refusal:
        return _refused(form, refusal, turn_on=form)
    with unit_of_work() as opened:
        acts.turn_on(opened, proved.id, secret=secret, counter=counter, keeping=member.session_id, at=at)
    return _with_codes_to_read(at)


@blueprint.post("/off")
@needs(Permission.ENTER)
def turn_off() -> ResponseReturnValue:
    at, form, member = clock.now(), TurnOffForm(), current_member()
    if not form.validate():
        return _page(turn_off=form, status=422)
    try:
        prove(member.id, form.present.data, guards=present_guards(member.id), at=at)
    except (PasswordNotRight, TooManyAttempts) as refusal:
        return _refused(form, refusal, turn_off=form)
    with unit_of_work() as opened:
        acts.turn_off(opened, member.id, by=member.id, at=at)
    flash(gettext("Signing in takes the password alone again."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/recovery-codes/new")
@needs(Permission.ENTER)
def renew_codes() -> ResponseReturnValue:
    at, form, member = clock.now(), NewCodesForm(), current_member()
    if not form.validate():
        return _page(new_codes=form, status=422)
    try:
        prove(member.id, form.present.data, guards=present_guards(member.id), at=at)
    except (PasswordNotRight, TooManyAttempts) as refusal:
        return _refused(form, refusal, new_codes=form)
    with unit_of_work() as opened:
        acts.renew_codes(opened, member.id, at=at)
    return _with_codes_to_read(at)


@blueprint.get("/recovery-codes")
@needs(Permission.ENTER)
def codes() -> ResponseReturnValue:
    """Only for a short while after they were made, in the browser that made them."""
    found = _codes_to_read()
    if not found:
        return redirect(url_for("second_factor.show"), 303)
    return render_template("backoffice/second_factor/codes.html", codes=found, form=ButtonForm())


@blueprint.get("/recovery-codes.txt")
@needs(Permission.ENTER)
def codes_file() -> ResponseReturnValue:
    found = _codes_to_read()
    if not found:
        return redirect(url_for("second_factor.show"), 303)
    response = Response("\r\n".join([*found, ""]), mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=accord-recovery-codes.txt"
    return response


@blueprint.post("/recovery-codes/kept")
@needs(Permission.ENTER)
def codes_kept() -> ResponseReturnValue:
    form = ButtonForm()
    if not form.validate():
        return _page(refused=form, status=422)
    session.pop(CODES_SHOWN, None)
    return redirect(url_for("account.show"), 303)


def _with_codes_to_read(at: datetime) -> ResponseReturnValue:
    session[CODES_SHOWN] = (at + CODES_LAST).isoformat()
    return redirect(url_for("second_factor.codes"), 303)


def _codes_to_read() -> list[str]:
    until = session.get(CODES_SHOWN)
    if until is None or clock.now() >= datetime.fromisoformat(until):
        return []
    return second_factor.recovery_codes(queries.member_shown(db.session(), current_member().id))


def _keys() -> tuple[str, ...]:
    settings: Settings = current_app.extensions["accord"]
    return settings.secret_keys


def _outdated(form: TurnOnForm, secret: str | None) -> TurnOnForm:
    if secret is None:
        form.form_errors.append(
            gettext(
                "This page was open for too long. Add the account to your app again: the picture is a new one."
            )
        )
    return form


def _refused(form: ProvedForm, refusal: Refusal, **forms: ProvedForm) -> ResponseReturnValue:
    field = form.code if isinstance(refusal, CodeNotRight) else form.present
    field.errors = [refusal.sentence()]
    return _page(status=refusal.status, **forms)


def _page(*, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """``forms``: those that come back. A set-up that was begun goes on with the same secret."""
    member = queries.member_shown(db.session(), current_member().id)
    left = len(second_factor.recovery_codes(member))
    given: dict[str, Any] = {
        name: forms.get(name) or make(formdata=None)
        for name, make in (("turn_on", TurnOnForm), ("turn_off", TurnOffForm), ("new_codes", NewCodesForm))
    }
    for name, form in given.items():
        for field in form:
            field.id = f"{name}-{field.id}"  # three forms on one page ask for the password
    db.session.rollback()
    begun = given["turn_on"]
    secret = unsealed(begun.secret.data or "", member.id, _keys()) or second_factor.new_secret()
    begun.secret.data = sealed(member.id, secret, _keys())
    page = render_template(
        "backoffice/second_factor/show.html",
        member=member,
        left=left,
        picture=second_factor.picture(second_factor.address_for_app(secret, member.email)),
        readable=second_factor.readable(secret),
        wrong=next((form for form in forms.values() if form.errors), None),
        **given,
    )
    return page, status
