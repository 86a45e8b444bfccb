"""The catalogue: as a list, product by product, and as a rep meets it while typing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.catalogue.forms import EditProductForm, ProductForm, ShelvingForm, form_of
from backoffice.catalogue.models import Product
from backoffice.catalogue.products import SkuTaken, describe_product, new_product
from backoffice.catalogue.queries import (
    BY_SKU,
    Wanted,
    product_of,
    products_like,
    products_listed,
    refuse_taken_sku,
)
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.language import current_language
from backoffice.money import Vat
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.work import unit_of_work

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@blueprint.get("")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    wanted = Wanted.read(request.args)
    page = products_listed(db.session(), wanted, Place.read(request.args, BY_SKU))
    return render_template(
        "backoffice/catalogue/list.html",
        page=page,
        wanted=wanted,
        may_exchange=may(current_member(), Permission.EXCHANGE),
        currency=seller().currency,
        spoken=current_language(),
    )


@blueprint.get("/search")
@needs(Permission.SELL)
def search() -> ResponseReturnValue:
    """Options of a type-ahead: list items, no page around them."""
    return render_template(
        "backoffice/catalogue/options.html",
        products=products_like(db.session(), request.args.get("q", "")),
        currency=seller().currency,
        spoken=current_language(),
    )


@blueprint.get("/new")
@needs(Permission.KEEP_CATALOGUE)
def new() -> ResponseReturnValue:
    return _page(ProductForm(formdata=None))


@blueprint.post("")
@needs(Permission.KEEP_CATALOGUE)
def create() -> ResponseReturnValue:
    at, form = clock.now(), ProductForm()
    form.offer(_rates())
    if not form.validate():
        return _page(form), 422
    facts = form.facts()
    try:
        with unit_of_work() as session:
            refuse_taken_sku(session, facts.sku)
            product = new_product(facts, at=at)
            session.add(product)
    except SkuTaken as refusal:
        form.refuse_sku(refusal.sentence())
        return _page(form), 422
    flash(gettext("The product is in the catalogue."), "good")
    return redirect(url_for(".show", product_id=product.id), 303)


@blueprint.get("/<int:product_id>")
@needs(Permission.SELL)
def show(product_id: int) -> ResponseReturnValue:
    product = product_of(db.session(), product_id)
    return _page(form_of(product), product)


@blueprint.post("/<int:product_id>")
@needs(Permission.KEEP_CATALOGUE)
def save(product_id: int) -> ResponseReturnValue:
    product = product_of(db.session(), product_id)
    form = EditProductForm()
    form.offer(_rates(), _vat_of(product))
    if not form.validate():
        return _page(form, product), 422
    facts = form.facts()
    try:
        with unit_of_work() as session:
            stored = product_of(session, product_id)
            stored.opened_as(form.revision.data)
            refuse_taken_sku(session, facts.sku, besides=product_id)
            describe_product(stored, facts)
    except SkuTaken as refusal:
        form.refuse_sku(refusal.sentence())
        return _page(form, product_of(db.session(), product_id)), 422
    except StaleRevision:
        stored = product_of(db.session(), product_id)
        form.reopen(stored.revision)
        return _page(form, stored, stale=True), 409
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/archive")
@needs(Permission.KEEP_CATALOGUE)
def archive(product_id: int) -> ResponseReturnValue:
    at = clock.now()
    if not ShelvingForm().validate():
        return _page(form_of(product_of(db.session(), product_id)), product_of(db.session(), product_id)), 422
    with unit_of_work() as session:
        product_of(session, product_id).archive(at=at)
    flash(gettext("Archived: it is no longer offered, and can be restored."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/restore")
@needs(Permission.KEEP_CATALOGUE)
def restore(product_id: int) -> ResponseReturnValue:
    if not ShelvingForm().validate():
        return _page(form_of(product_of(db.session(), product_id)), product_of(db.session(), product_id)), 422
    with unit_of_work() as session:
        product_of(session, product_id).restore()
    flash(gettext("Restored: it is offered again."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


def _page(form: ProductForm, product: Product | None = None, *, stale: bool = False) -> str:
    form.offer(_rates(), _vat_of(product) if product is not None else None)
    return render_template(
        "backoffice/catalogue/product.html",
        form=form,
        product=product,
        stored=form_of(product) if stale and product is not None else None,
        currency=seller().currency,
        spoken=current_language(),
    )


def _rates() -> list[Vat]:
    owner = seller()
    return vat_rates_in_force(db.session(), owner, clock.today(owner.timezone))


def _vat_of(product: Product) -> Vat:
    return Vat(product.vat_category.value, product.vat_rate)
