"""The people at a client's."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.clients.models import Client, Contact
from backoffice.clients.queries import client_shown, client_to_act_on
from backoffice.clients.views import known_to
from backoffice.contacts.editing import add_contact, archive_contact, describe_contact, restore_contact
from backoffice.contacts.forms import ContactActForm, ContactForm
from backoffice.contacts.queries import contact_shown, contact_to_act_on, open_links_of
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.work import unit_of_work

blueprint = Blueprint("contacts", __name__)


@blueprint.get("/clients/<int:client_id>/contacts/new")
@needs(Permission.SELL)
def new(client_id: int) -> ResponseReturnValue:
    client = client_shown(db.session(), client_id, known_to())
    return new_page(client, ContactForm(formdata=None, data={"language": client.language}))


@blueprint.post("/clients/<int:client_id>/contacts")
@needs(Permission.SELL)
def create(client_id: int) -> ResponseReturnValue:
    form = ContactForm()
    if not form.validate():
        return new_page(client_shown(db.session(), client_id, known_to()), form), 422
    with unit_of_work() as session:
        add_contact(session, client_to_act_on(session, client_id, known_to()), form.facts())
    flash(gettext("Saved."), "good")
    return redirect(url_for("clients.show", client_id=client_id, _anchor="contacts"), 303)


@blueprint.get("/contacts/<int:contact_id>")
@needs(Permission.SELL)
def edit(contact_id: int) -> ResponseReturnValue:
    contact = contact_shown(db.session(), contact_id, known_to())
    return contact_page(contact, ContactForm.of(contact).fit(contact))


@blueprint.post("/contacts/<int:contact_id>")
@needs(Permission.SELL)
def change(contact_id: int) -> ResponseReturnValue:
    shown = contact_shown(db.session(), contact_id, known_to())
    form = ContactForm().fit(shown)
    if not form.validate():
        return contact_page(shown, form), 422
    try:
        with unit_of_work() as session:
            contact = contact_to_act_on(session, contact_id, known_to())
            contact.opened_as(form.revision.data)
            describe_contact(session, contact, form.facts())
    except StaleRevision:
        stored = contact_shown(db.session(), contact_id, known_to())
        form.reopen(stored.revision)
        return contact_page(stored, form, stale=True), 409
    flash(gettext("Saved."), "good")
    return redirect(url_for("clients.show", client_id=contact.client_id, _anchor="contacts"), 303)


@blueprint.post("/contacts/<int:contact_id>/archive")
@needs(Permission.SELL)
def archive(contact_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ContactActForm()
    if not form.validate():
        return refused_act(contact_id, form), 422
    with unit_of_work() as session:
        contact = contact_to_act_on(session, contact_id, known_to())
        contact.opened_as(form.revision.data)
        archive_contact(contact, at=at)
    flash(gettext("%(name)s is archived.", name=contact.name), "good")
    return redirect(url_for("clients.show", client_id=contact.client_id, _anchor="contacts"), 303)


@blueprint.post("/contacts/<int:contact_id>/restore")
@needs(Permission.SELL)
def restore(contact_id: int) -> ResponseReturnValue:
    form = ContactActForm()
    if not form.validate():
        return refused_act(contact_id, form), 422
    with unit_of_work() as session:
        contact = contact_to_act_on(session, contact_id, known_to())
        contact.opened_as(form.revision.data)
        restore_contact(contact)
    flash(gettext("%(name)s is among the contacts again.", name=contact.name), "good")
    return redirect(url_for("clients.show", client_id=contact.client_id, _anchor="contacts"), 303)


def new_page(client: Client, form: ContactForm) -> str:
    return render_template("backoffice/contacts/contact.html", client=client, contact=None, form=form)


def contact_page(
    contact: Contact, form: ContactForm, act: ContactActForm | None = None, *, stale: bool = False
) -> str:
    """The form of a contact, and the links that keep the address that they were sent to."""
    visible = owned_by(current_member())
    return render_template(
        "backoffice/contacts/contact.html",
        client=contact.client,
        contact=contact,
        form=form,
        act=act,
        stale=stale,
        links=open_links_of(db.session(), contact.id, visible, at=clock.now()),
    )


def refused_act(contact_id: int, act: ContactActForm) -> str:
    contact = contact_shown(db.session(), contact_id, known_to())
    return contact_page(contact, ContactForm.of(contact).fit(contact), act)
