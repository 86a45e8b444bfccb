"""One's own account: profile, photograph, password, browsers signed in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.account import acts, photos
from backoffice.account.forms import ButtonForm, PasswordForm, PhotoForm, ProfileForm
from backoffice.db import db
from backoffice.errors import NotFound
from backoffice.files.forms import make_room
from backoffice.files.pictures import PictureRefused
from backoffice.invitations.forms import role_names
from backoffice.notices import choosing
from backoffice.notices.forms import ChannelsForm
from backoffice.pages import seller
from backoffice.settings import Settings
from backoffice.staff import queries, security, sessions, throttle
from backoffice.staff.browsers import browser_named
from backoffice.staff.members import Member
from backoffice.staff.proving import prove
from backoffice.staff.refusals import PasswordNotRight, TooManyAttempts
from backoffice.work import unit_of_work

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@needs(Permission.ENTER)
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("/profile")
@needs(Permission.ENTER)
def save_profile() -> ResponseReturnValue:
    form, member = ProfileForm(), current_member()
    if not form.validate():
        return _page(profile=form, status=422)
    with unit_of_work() as opened:
        acts.save_profile(
            opened,
            member.id,
            name=form.name.data,
            function=form.function.data or "",
            phone=form.phone.data or "",
            language=form.language.data,
        )
    with force_locale(form.language.data):
        flash(gettext("Saved."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/photo")
@needs(Permission.ENTER)
def save_photo() -> ResponseReturnValue:
    make_room(largest=photos.LARGEST)
    form, member = PhotoForm(), current_member()
    if not form.validate():
        return _page(photo=form, status=422)
    try:
        small = photos.small(form.photo.data[0].data)
    except PictureRefused as refusal:
        form.photo.errors = [refusal.sentence()]
        return _page(photo=form, status=422)
    with unit_of_work() as opened:
        acts.show_face(opened, member.id, small)
    flash(gettext("Clients and colleagues now see your photograph."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/photo/remove")
@needs(Permission.ENTER)
def remove_photo() -> ResponseReturnValue:
    form, member = ButtonForm(), current_member()
    if not form.validate():
        return _page(refused=form, status=422)
    with unit_of_work() as opened:
        acts.show_face(opened, member.id, None)
    flash(gettext("Your photograph is removed."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/password")
@needs(Permission.ENTER)
def change_password() -> ResponseReturnValue:
    at, form, member = clock.now(), PasswordForm(), current_member()
    form.password.email = member.email
    if not form.validate():
        return _page(password=form, status=422)
    try:
        prove(member.id, form.present.data, guards=present_guards(member.id), at=at)
    except (PasswordNotRight, TooManyAttempts) as refusal:
        form.present.errors = [refusal.sentence()]
        return _page(password=form, status=refusal.status)
    hashed = security.hashed(form.password.data)
    with unit_of_work() as opened:
        changed, begun = acts.change_password(
            opened, member.id, password=hashed, user_agent=request.user_agent.string, at=at
        )
    security.open_browser_session(changed, begun)
    flash(gettext("Your password is changed. Every other browser is signed out."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/channels")
@needs(Permission.SELL)
def save_channels() -> ResponseReturnValue:
    form, member = ChannelsForm(), current_member()
    if not form.validate():
        return _page(channels=form, status=422)
    with unit_of_work() as opened:
        choosing.choose(opened, member.id, form.choices)
    flash(gettext("Saved."), "good")
    return redirect(url_for("account.show", _anchor="channels"), 303)


@blueprint.post("/sessions/<uuid:session_id>/end")
@needs(Permission.ENTER)
def end_session(session_id: UUID) -> ResponseReturnValue:
    at, form, member = clock.now(), ButtonForm(), current_member()
    if session_id not in {each.id for each in queries.open_sessions(db.session(), member.id, at=at)}:
        raise NotFound
    if not form.validate():
        return _page(refused=form, status=422)
    with unit_of_work() as opened:
        sessions.end(opened, session_id, at=at)
    flash(gettext("That browser is signed out."), "good")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/sessions/end-others")
@needs(Permission.ENTER)
def end_other_sessions() -> ResponseReturnValue:
    at, form, member = clock.now(), ButtonForm(), current_member()
    if not form.validate():
        return _page(refused=form, status=422)
    with unit_of_work() as opened:
        sessions.end_sessions(opened, member.id, at=at, but=member.session_id)
    flash(gettext("Every other browser is signed out."), "good")
    return redirect(url_for("account.show"), 303)


def present_guards(member_id: int) -> tuple[throttle.Guard, ...]:
    """The counter of wrong present passwords."""
    settings: Settings = current_app.extensions["accord"]
    return throttle.present_password_guards(member_id, key=settings.secret_keys[0])


def _page(*, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """``forms``: those that come back with what was typed."""
    at, member = clock.now(), current_member()
    shown = queries.member_shown(db.session(), member.id)
    given = {
        "profile": forms.get("profile") or ProfileForm(formdata=None, obj=shown),
        "photo": forms.get("photo") or PhotoForm(formdata=None),
        "password": forms.get("password") or PasswordForm(formdata=None),
        "channels": forms.get("channels") or _channels(member),
    }
    page = render_template(
        "backoffice/account/show.html",
        member=shown,
        own=member.session_id,
        browsers=[
            (each, browser_named(each.user_agent))
            for each in queries.open_sessions(db.session(), member.id, at=at)
        ],
        entries=queries.entries_of(db.session(), member.id),
        wrong=next((form for form in forms.values() if form.errors), None),
        roles=role_names(),
        seller=seller(),
        **given,
    )
    return page, status


def _channels(member: Member) -> ChannelsForm | None:
    """For those who are told of anything: who sells."""
    if not may(member, Permission.SELL):
        return None
    return ChannelsForm.of(choosing.choices_of(db.session(), member.id))
