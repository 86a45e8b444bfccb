"""Price lists: what they are called, what they say of products, whether they are in use."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.language import current_language
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.price_lists.entries import (
    BY_PRODUCT,
    EntryTwice,
    add_entry,
    change_entry,
    entries_listed,
    entry_shown,
    entry_to_act_on,
)
from backoffice.price_lists.forms import EditEntryForm, EntryForm, NewListForm, RenameForm
from backoffice.price_lists.queries import list_shown, list_to_act_on, lists_with_use
from backoffice.pricing.choosing import product_chosen
from backoffice.pricing.forms import ActForm
from backoffice.pricing.models import PriceList, PriceListEntry
from backoffice.work import unit_of_work

blueprint = Blueprint("price_lists", __name__, url_prefix="/prices")


@blueprint.get("")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    return listing(NewListForm(formdata=None, data={"currency": seller().currency}))


@blueprint.post("/lists")
@needs(Permission.KEEP_CATALOGUE)
def create() -> ResponseReturnValue:
    form = NewListForm()
    if not form.validate():
        return listing(form), 422
    with unit_of_work() as session:
        price_list = PriceList(name=form.name, currency=form.currency.data)
        session.add(price_list)
    flash(gettext("Saved. Give the list its first entry."), "good")
    return redirect(url_for(".show", price_list_id=price_list.id), 303)


@blueprint.get("/lists/<int:price_list_id>")
@needs(Permission.SELL)
def show(price_list_id: int) -> ResponseReturnValue:
    return list_page(price_list_id)


@blueprint.post("/lists/<int:price_list_id>")
@needs(Permission.KEEP_CATALOGUE)
def rename(price_list_id: int) -> ResponseReturnValue:
    form = RenameForm()
    if not form.validate():
        return list_page(price_list_id, renaming=form), 422
    try:
        with unit_of_work() as session:
            price_list = list_to_act_on(session, price_list_id)
            price_list.opened_as(form.revision.data)
            price_list.name = form.name
    except StaleRevision as refusal:
        form.reopen(list_shown(db.session(), price_list_id).revision)
        return list_page(price_list_id, renaming=form, stale=True), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for(".show", price_list_id=price_list_id), 303)


@blueprint.post("/lists/<int:price_list_id>/archive")
@needs(Permission.KEEP_CATALOGUE)
def archive(price_list_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ActForm()
    if not form.validate():
        return list_page(price_list_id, refused=form), 422
    with unit_of_work() as session:
        list_to_act_on(session, price_list_id).archive(at)
    flash(gettext("Archived: it decides no price any more, and can be restored."), "good")
    return redirect(url_for(".show", price_list_id=price_list_id), 303)


@blueprint.post("/lists/<int:price_list_id>/restore")
@needs(Permission.KEEP_CATALOGUE)
def restore(price_list_id: int) -> ResponseReturnValue:
    form = ActForm()
    if not form.validate():
        return list_page(price_list_id, refused=form), 422
    with unit_of_work() as session:
        list_to_act_on(session, price_list_id).restore()
    flash(gettext("Restored: it decides prices again."), "good")
    return redirect(url_for(".show", price_list_id=price_list_id), 303)


@blueprint.post("/lists/<int:price_list_id>/entries")
@needs(Permission.KEEP_CATALOGUE)
def add(price_list_id: int) -> ResponseReturnValue:
    form = EntryForm()
    form.meant_in = list_shown(db.session(), price_list_id).currency
    product_id = product_of(form)
    if product_id is None:
        return list_page(price_list_id, adding=form), 422
    try:
        with unit_of_work() as session:
            add_entry(session, list_to_act_on(session, price_list_id), form.facts(product_id))
    except EntryTwice as refusal:
        form.form_errors.append(refusal.sentence())
        return list_page(price_list_id, adding=form), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".show", price_list_id=price_list_id), 303)


@blueprint.get("/entries/<int:entry_id>")
@needs(Permission.KEEP_CATALOGUE)
def edit(entry_id: int) -> ResponseReturnValue:
    entry, price_list = entry_shown(db.session(), entry_id)
    return entry_page(entry, price_list, EditEntryForm.of(entry))


@blueprint.post("/entries/<int:entry_id>")
@needs(Permission.KEEP_CATALOGUE)
def change(entry_id: int) -> ResponseReturnValue:
    form = EditEntryForm()
    entry, price_list = entry_shown(db.session(), entry_id)
    form.meant_in = price_list.currency
    product_id = product_of(form, own=entry.product_id)
    if product_id is None:
        return entry_page(entry, price_list, form), 422
    try:
        with unit_of_work() as session:
            stored = entry_to_act_on(session, entry_id)
            stored.opened_as(form.revision.data)
            change_entry(session, stored, form.facts(product_id))
    except (StaleRevision, EntryTwice) as refusal:
        return entry_page_refused(entry_id, form, refusal), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".show", price_list_id=stored.price_list_id), 303)


@blueprint.post("/entries/<int:entry_id>/end")
@needs(Permission.KEEP_CATALOGUE)
def end(entry_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ActForm()
    if not form.validate():
        _entry, price_list = entry_shown(db.session(), entry_id)
        return list_page(price_list.id, refused=form), 422
    with unit_of_work() as session:
        entry = entry_to_act_on(session, entry_id)
        entry.end(at)
    flash(gettext("Ended: it decides no price any more."), "good")
    return redirect(url_for(".show", price_list_id=entry.price_list_id), 303)


def product_of(form: EntryForm, *, own: int | None = None) -> int | None:
    """The product that is meant, when the whole form is valid; otherwise the form says what is wrong."""
    valid = form.validate()
    if form.product.errors:
        return None
    try:
        product = product_chosen(db.session(), form.product.data or "", form.picked, own=own)
    except Refusal as refusal:
        form.product.errors = [refusal.sentence()]
        return None
    return product.id if valid else None


def listing(form: NewListForm) -> str:
    return render_template(
        "backoffice/price_lists/list.html",
        lists=lists_with_use(db.session()),
        form=form,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        spoken=current_language(),
    )


def list_page(
    price_list_id: int,
    *,
    adding: EntryForm | None = None,
    renaming: RenameForm | None = None,
    refused: ActForm | None = None,
    stale: bool = False,
) -> str:
    """A list with its entries, and the forms as they were typed."""
    price_list = list_shown(db.session(), price_list_id)
    today = clock.today(seller().timezone)
    return render_template(
        "backoffice/price_lists/show.html",
        price_list=price_list,
        page=entries_listed(db.session(), price_list_id, Place.read(request.args, BY_PRODUCT)),
        adding=adding or EntryForm(formdata=None, data={"valid_from": today}),
        renaming=renaming or RenameForm.of(price_list),
        refused=refused,
        stale=stale,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        today=today,
        spoken=current_language(),
    )


def entry_page(
    entry: PriceListEntry, price_list: PriceList, form: EditEntryForm, *, stale: bool = False
) -> str:
    return render_template(
        "backoffice/price_lists/entry.html",
        entry=entry,
        price_list=price_list,
        form=form,
        stale=stale,
        spoken=current_language(),
    )


def entry_page_refused(entry_id: int, form: EditEntryForm, refusal: Refusal) -> str:
    """What was typed beside what is stored now."""
    entry, price_list = entry_shown(db.session(), entry_id)
    stale = isinstance(refusal, StaleRevision)
    if stale:
        form.reopen(entry.revision)
    else:
        form.form_errors.append(refusal.sentence())
    return entry_page(entry, price_list, form, stale=stale)
