"""Inviting, and the page of an invited person."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.db import db
from backoffice.errors import NotFound
from backoffice.invitations import inviting
from backoffice.invitations.forms import AcceptForm, ButtonForm, InviteForm
from backoffice.invitations.models import Invitation
from backoffice.invitations.refusals import AlreadyInvited, InvitationClosed
from backoffice.invitations.tokens import nonce_of
from backoffice.pages import seller
from backoffice.settings import Settings
from backoffice.staff import security
from backoffice.staff.models import Role
from backoffice.staff.refusals import AddressTaken
from backoffice.work import unit_of_work

blueprint = Blueprint("invitations", __name__)


@blueprint.get("/people/invite")
@needs(Permission.MANAGE_PEOPLE)
def new() -> ResponseReturnValue:
    form = InviteForm(formdata=None, language=seller().language)
    return render_template("backoffice/people/invite.html", form=form)


@blueprint.post("/people/invite")
@needs(Permission.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    at, form, me = clock.now(), InviteForm(), current_member()
    if not form.validate():
        return render_template("backoffice/people/invite.html", form=form), 422
    try:
        inviting.invite(
            email=form.email.data,
            name=form.name.data,
            role=Role(form.role.data),
            language=form.language.data,
            by=me.id,
            at=at,
        )
    except (AddressTaken, AlreadyInvited) as refusal:
        form.email.errors = [refusal.sentence()]
        return render_template("backoffice/people/invite.html", form=form), 422
    flash(gettext("%(name)s is invited.", name=form.name.data), "good")
    return redirect(url_for("people.index"), 303)


@blueprint.post("/people/invitations/<int:invitation_id>/send")
@needs(Permission.MANAGE_PEOPLE)
def send_again(invitation_id: int) -> ResponseReturnValue:
    at, form, me = clock.now(), ButtonForm(), current_member()
    if not form.validate():
        return _not_taken(invitation_id)
    with unit_of_work() as session:
        inviting.invitation_to_act_on(session, invitation_id).send(by=me.id, at=at)
    flash(gettext("The invitation is sent again. The link in the e-mail before no longer works."), "good")
    return redirect(url_for("people.index"), 303)


@blueprint.post("/people/invitations/<int:invitation_id>/withdraw")
@needs(Permission.MANAGE_PEOPLE)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ButtonForm()
    if not form.validate():
        return _not_taken(invitation_id)
    with unit_of_work() as session:
        inviting.invitation_to_act_on(session, invitation_id).withdraw(at=at)
    flash(gettext("The invitation is withdrawn."), "good")
    return redirect(url_for("people.index"), 303)


@blueprint.get("/invitation/<token>")
def show(token: str) -> ResponseReturnValue:
    invitation = _invited_by(token)
    form = AcceptForm(formdata=None, name=invitation.name)
    return _page(form, invitation, token, 200)


@blueprint.post("/invitation/<token>")
def accept(token: str) -> ResponseReturnValue:
    at, invitation = clock.now(), _invited_by(token)
    form = AcceptForm()
    form.password.email = invitation.email
    if not form.validate():
        return _page(form, invitation, token, 422)
    hashed = security.hashed(form.password.data)
    member, begun = inviting.accept(
        nonce=invitation.nonce,
        name=form.name.data,
        password=hashed,
        user_agent=request.user_agent.string,
        at=at,
    )
    security.open_browser_session(member, begun)
    return redirect("/", 303)


def _invited_by(token: str) -> Invitation:
    """Raises NotFound for what is forged or was replaced, InvitationClosed for what is over."""
    settings: Settings = current_app.extensions["accord"]
    nonce = nonce_of(token, settings.secret_keys)
    if nonce is None:
        raise NotFound
    invitation = inviting.by_nonce(db.session(), nonce)
    if invitation is None:
        raise InvitationClosed
    g.language = invitation.language
    invitation.refuse_when_closed(clock.now())
    return invitation


def _not_taken(invitation_id: int) -> ResponseReturnValue:
    """A forged button, or one pressed on a page from before signing in again."""
    page = render_template(
        "backoffice/people/invitation.html", invitation_id=invitation_id, form=ButtonForm()
    )
    return page, 422


def _page(form: AcceptForm, invitation: Invitation, token: str, status: int) -> ResponseReturnValue:
    page = render_template(
        "security/invitation.html", form=form, invitation=invitation, token=token, seller=seller()
    )
    return page, status
