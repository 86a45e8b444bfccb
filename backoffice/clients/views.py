"""A rep's clients."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by, sees_all
from backoffice.clients.forms import ClientForm
from backoffice.clients.opening import OnlyPersonsAreConsumers, new_client
from backoffice.clients.queries import (
    SHOWN,
    client_shown,
    clients_like,
    clients_listed,
    contacts_of,
    deals_of_client,
)
from backoffice.db import db
from backoffice.language import current_language
from backoffice.work import unit_of_work

blueprint = Blueprint("clients", __name__)


@blueprint.get("/clients")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    page = max(1, request.args.get("page", 1, type=int))
    clients, last = clients_listed(db.session(), known_to(), page=page)
    return render_template("backoffice/clients/list.html", clients=clients, page=min(page, last), last=last)


@blueprint.get("/clients/search")
@needs(Permission.SELL)
def search() -> ResponseReturnValue:
    """Options of a type-ahead: list items, no page around them."""
    found = clients_like(db.session(), request.args.get("q", ""), known_to())
    return render_template("backoffice/clients/options.html", clients=found[:SHOWN])


@blueprint.get("/clients/new")
@needs(Permission.SELL)
def new() -> ResponseReturnValue:
    return render_template("backoffice/clients/new.html", form=ClientForm(formdata=None))


@blueprint.post("/clients")
@needs(Permission.SELL)
def create() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ClientForm()
    if not form.validate():
        return render_template("backoffice/clients/new.html", form=form), 422
    try:
        with unit_of_work() as session:
            client = new_client(form.facts(), by=member.id, at=at)
            session.add(client)
    except OnlyPersonsAreConsumers as refusal:
        form.standing.errors = [refusal.sentence()]
        return render_template("backoffice/clients/new.html", form=form), 422
    return redirect(url_for(".show", client_id=client.id), 303)


@blueprint.get("/clients/<int:client_id>")
@needs(Permission.SELL)
def show(client_id: int) -> ResponseReturnValue:
    client = client_shown(db.session(), client_id, known_to())
    return render_template(
        "backoffice/clients/show.html",
        client=client,
        contacts=contacts_of(client),
        deals=deals_of_client(db.session(), client_id, owned_by(current_member())),
        spoken=current_language(),
    )


def known_to() -> int | None:
    """Whose clients the signed-in person may see, as ``clients.queries`` wants it."""
    member = current_member()
    return None if sees_all(member) else member.id
