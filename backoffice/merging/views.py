"""Merging two clients: choose the other, see them side by side, merge."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.clients import queries
from backoffice.clients.finding import clients_like, similar_clients
from backoffice.clients.models import Client
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.errors import NotFound, StaleRevision
from backoffice.merging.differences import differences
from backoffice.merging.forms import MergeForm
from backoffice.merging.merge import merge_clients
from backoffice.pages import key_of, seller
from backoffice.work import unit_of_work

blueprint = Blueprint("merging", __name__)
OFFERED = 12


@blueprint.get("/clients/<int:client_id>/merge")
@needs(Permission.SELL)
def compare(client_id: int) -> ResponseReturnValue:
    this = own_client(db.session(), client_id)
    other_id = request.args.get("with", type=key_of)
    survivor = queries.survivor_of(db.session(), other_id) if other_id is not None else client_id
    if survivor == client_id:  # nobody chosen yet, or one that was merged into this very client
        return choice_page(this, request.args.get("q", ""))
    other = own_client(db.session(), survivor)
    return comparison(this, other, MergeForm(formdata=None), typed=False)


@blueprint.post("/clients/<int:client_id>/merge")
@needs(Permission.SELL)
def merge(client_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), MergeForm()
    if not form.validate():
        return shown_again(client_id, form), 422
    try:
        with unit_of_work() as session:
            kept = merge_clients(session, form.opened(client_id), known_to=known_to(), by=member.id, at=at)
    except StaleRevision as refusal:
        form.form_errors.append(
            gettext("One of the two was changed meanwhile. Check what stays, then merge again.")
        )
        return shown_again(client_id, form), refusal.status
    flash(gettext("The two clients are one now."), "good")
    return redirect(url_for("clients.show", client_id=kept.id), 303)


def own_client(session: Session, client_id: int) -> Client:
    """Raises NotFound for unknown, foreign and merged alike."""
    client = queries.client_shown(session, client_id, known_to())
    if not queries.is_own(client, known_to()):
        raise NotFound(client=client_id)
    return client


def shown_again(client_id: int, form: MergeForm) -> str:
    """What was picked, beside what is stored now."""
    session = db.session()
    this, other = own_client(session, client_id), own_client(session, form.other_id or 0)
    return comparison(this, other, form, typed=True)


def comparison(this: Client, other: Client, form: MergeForm, *, typed: bool) -> str:
    session = db.session()
    people = dict(queries.owners(session, besides=this.owner_id)) | dict(
        queries.owners(session, besides=other.owner_id)
    )
    found = differences(this, other, people)
    form.show(this, other, found, typed=typed, timezone=seller().timezone)
    return render_template(
        "backoffice/merging/compare.html", this=this, other=other, form=form, differences=found
    )


def choice_page(this: Client, words: str) -> str:
    """Who may be meant: those that look the same, and those that answer to the typed words."""
    session = db.session()
    similar = similar_clients(
        session, known_to(), siren=this.siren, name=this.name, email=this.email, besides=this.id
    )
    found = [each for each in clients_like(session, words, known_to()) if each.id != this.id]
    return render_template(
        "backoffice/merging/choose.html", this=this, words=words, similar=similar, found=found[:OFFERED]
    )
