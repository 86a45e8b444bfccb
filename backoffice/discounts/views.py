"""The discounts of the cascade: six levels, each on what the one before left."""

from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.discounts.forms import DiscountForm, EditDiscountForm
from backoffice.discounts.listing import (
    BY_LEVEL,
    describe_discount,
    discount_shown,
    discount_to_act_on,
    discounts_listed,
)
from backoffice.errors import Refusal, StaleRevision
from backoffice.language import current_language
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.pricing.choosing import client_chosen, product_chosen
from backoffice.pricing.forms import ActForm
from backoffice.pricing.models import DiscountLevel
from backoffice.pricing.queries import groups_offered
from backoffice.work import unit_of_work

Form = TypeVar("Form", bound=DiscountForm)

blueprint = Blueprint("discounts", __name__, url_prefix="/prices/discounts")


@blueprint.get("")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    return listing(offered(DiscountForm(formdata=None, data={"valid_from": clock.today(seller().timezone)})))


@blueprint.post("")
@needs(Permission.KEEP_CATALOGUE)
def create() -> ResponseReturnValue:
    form = offered(DiscountForm())
    target = target_of(form)
    if target is None:
        return listing(form), 422
    with unit_of_work() as session:
        discount = DiscountLevel()
        describe_discount(discount, form.facts(target.client_id, target.product_id))
        session.add(discount)
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:discount_id>")
@needs(Permission.KEEP_CATALOGUE)
def edit(discount_id: int) -> ResponseReturnValue:
    discount = discount_shown(db.session(), discount_id, known_to())
    return discount_page(discount, offered(EditDiscountForm.of(discount), discount))


@blueprint.post("/<int:discount_id>")
@needs(Permission.KEEP_CATALOGUE)
def change(discount_id: int) -> ResponseReturnValue:
    discount = discount_shown(db.session(), discount_id, known_to())
    form = offered(EditDiscountForm(), discount)
    target = target_of(form, own=discount.product_id)
    if target is None:
        return discount_page(discount, form), 422
    try:
        with unit_of_work() as session:
            changed = discount_to_act_on(session, discount_id, known_to())
            changed.opened_as(form.revision.data)
            describe_discount(changed, form.facts(target.client_id, target.product_id))
    except StaleRevision as refusal:
        stored = discount_shown(db.session(), discount_id, known_to())
        form.reopen(stored.revision)
        return discount_page(stored, form, stale=True), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:discount_id>/end")
@needs(Permission.KEEP_CATALOGUE)
def end(discount_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ActForm()
    discount_shown(db.session(), discount_id, known_to())
    if not form.validate():
        return listing(offered(DiscountForm(formdata=None)), form), 422
    with unit_of_work() as session:
        discount_to_act_on(session, discount_id, known_to()).end(at)
    flash(gettext("Ended: it decides no price any more."), "good")
    return redirect(url_for(".index"), 303)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom and what a discount is for, as far as it was typed."""

    client_id: int | None = None
    product_id: int | None = None


def target_of(form: DiscountForm, *, own: int | None = None) -> Target | None:
    """The client and the product that are meant; None when the form is not valid, which then says why."""
    valid, session = form.validate(), db.session()
    client_id = product_id = None
    try:
        if form.client.data and not form.client.errors:
            client_id = client_chosen(session, form.client.data, form.picked_client, known_to())
    except Refusal as refusal:
        form.client.errors, valid = [refusal.sentence()], False
    try:
        if form.product.data and not form.product.errors:
            product_id = product_chosen(session, form.product.data, form.picked_product, own=own).id
    except Refusal as refusal:
        form.product.errors, valid = [refusal.sentence()], False
    return Target(client_id=client_id, product_id=product_id) if valid else None


def offered(form: Form, discount: DiscountLevel | None = None) -> Form:
    form.offer(groups_offered(db.session(), besides=discount.group_id if discount else None))
    return form


def listing(form: DiscountForm, refused: ActForm | None = None) -> str:
    return render_template(
        "backoffice/discounts/list.html",
        page=discounts_listed(db.session(), known_to(), Place.read(request.args, BY_LEVEL)),
        form=form,
        refused=refused,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        today=clock.today(seller().timezone),
        spoken=current_language(),
    )


def discount_page(discount: DiscountLevel, form: EditDiscountForm, *, stale: bool = False) -> str:
    return render_template(
        "backoffice/discounts/discount.html",
        discount=discount,
        form=form,
        stale=stale,
        spoken=current_language(),
    )
