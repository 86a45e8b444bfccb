"""The catalogue: as a list, product by product, and as a rep meets it while typing."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.bundles.forms import BundleForm
from backoffice.bundles.queries import archived_parts, bundles_with, incomplete_among
from backoffice.catalogue.forms import EditProductForm, ImageForm, ProductForm, ShelvingForm, form_of
from backoffice.catalogue.images import LARGEST, fitted, image_bytes, show_image
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
from backoffice.families.keeping import families_offered
from backoffice.files.forms import make_room
from backoffice.files.pictures import PictureRefused
from backoffice.language import current_language
from backoffice.money import Vat
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.pricing.queries import dated_prices_of
from backoffice.vat.queries import Rates, Standing
from backoffice.work import unit_of_work

KEPT_BY_BROWSER = "private, max-age=31536000, immutable"

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
        families=families_offered(db.session(), besides=wanted.family),
        incomplete=incomplete_among(
            db.session(), {product.id for (product,) in page.rows if product.is_bundle}
        ),
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
        products=products_like(
            db.session(), request.args.get("q", ""), as_parts=request.args.get("as") == "parts"
        ),
        currency=seller().currency,
        spoken=current_language(),
    )


@blueprint.get("/new")
@needs(Permission.KEEP_CATALOGUE)
def new() -> ResponseReturnValue:
    return new_product_page(ProductForm(formdata=None))


@blueprint.post("")
@needs(Permission.KEEP_CATALOGUE)
def create() -> ResponseReturnValue:
    at, form = clock.now(), ProductForm()
    offer(form)
    if not form.validate():
        return new_product_page(form), 422
    facts = form.facts()
    try:
        with unit_of_work() as session:
            refuse_taken_sku(session, facts.sku)
            product = new_product(facts, at=at)
            session.add(product)
    except SkuTaken as refusal:
        form.refuse_sku(refusal.sentence())
        return new_product_page(form), 422
    flash(gettext("The product is in the catalogue."), "good")
    return redirect(url_for(".show", product_id=product.id), 303)


@blueprint.get("/<int:product_id>")
@needs(Permission.SELL)
def show(product_id: int) -> ResponseReturnValue:
    return product_page(product_of(db.session(), product_id))


@blueprint.post("/<int:product_id>")
@needs(Permission.KEEP_CATALOGUE)
def save(product_id: int) -> ResponseReturnValue:
    product, form = product_of(db.session(), product_id), EditProductForm()
    offer(form, product)
    if not form.validate():
        return product_page(product, form), 422
    facts = form.facts()
    try:
        with unit_of_work() as session:
            stored = product_of(session, product_id)
            stored.opened_as(form.revision.data)
            refuse_taken_sku(session, facts.sku, besides=product_id)
            describe_product(stored, facts)
    except SkuTaken as refusal:
        form.refuse_sku(refusal.sentence())
        return product_page(product_of(db.session(), product_id), form), 422
    except StaleRevision:
        stored = product_of(db.session(), product_id)
        form.reopen(stored.revision)
        return product_page(stored, form, stale=True), 409
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/archive")
@needs(Permission.KEEP_CATALOGUE)
def archive(product_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ShelvingForm()
    if not form.validate():
        return product_page(product_of(db.session(), product_id), refused=form), 422
    with unit_of_work() as session:
        product_of(session, product_id).archive(at=at)
    flash(gettext("Archived: it is no longer offered, and can be restored."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


@blueprint.post("/<int:product_id>/restore")
@needs(Permission.KEEP_CATALOGUE)
def restore(product_id: int) -> ResponseReturnValue:
    form = ShelvingForm()
    if not form.validate():
        return product_page(product_of(db.session(), product_id), refused=form), 422
    with unit_of_work() as session:
        product_of(session, product_id).restore()
    flash(gettext("Restored: it is offered again."), "good")
    return redirect(url_for(".show", product_id=product_id), 303)


@blueprint.get("/images/<digest>")
@needs(Permission.SELL)
def image(digest: str) -> ResponseReturnValue:
    """Named by its content, so a browser of ours may keep it."""
    data, media_type = image_bytes(current_app.extensions["accord.archive"], db.session(), digest)
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = KEPT_BY_BROWSER
    return response


@blueprint.post("/<int:product_id>/image")
@needs(Permission.KEEP_CATALOGUE)
def save_image(product_id: int) -> ResponseReturnValue:
    make_room(largest=LARGEST)
    at, product, form = clock.now(), product_of(db.session(), product_id), ImageForm()
    if not form.validate():
        return product_page(product, image=form), 422
    try:
        data, media_type = fitted(form.image.data[0].data)
    except PictureRefused as refusal:
        form.image.errors = [refusal.sentence()]
        return product_page(product, image=form), 422
    digest = current_app.extensions["accord.archive"].keep(data)
    with unit_of_work() as session:
        stored = product_of(session, product_id)
        show_image(session, stored, digest, media_type=media_type, size=len(data), at=at)
    flash(gettext("The picture is shown from now on. Quotes keep the one that they have."), "good")
    return redirect(url_for(".show", product_id=product_id, _anchor="picture"), 303)


@blueprint.post("/<int:product_id>/image/remove")
@needs(Permission.KEEP_CATALOGUE)
def remove_image(product_id: int) -> ResponseReturnValue:
    form = ShelvingForm()
    if not form.validate():
        return product_page(product_of(db.session(), product_id), refused=form), 422
    with unit_of_work() as session:
        product_of(session, product_id).image_sha256 = None
    flash(gettext("The picture is removed. Quotes keep the one that they have."), "good")
    return redirect(url_for(".show", product_id=product_id, _anchor="picture"), 303)


def product_page(
    product: Product,
    form: ProductForm | None = None,
    *,
    image: ImageForm | None = None,
    bundle: BundleForm | None = None,
    refused: ShelvingForm | None = None,
    stale: bool = False,
    stale_bundle: bool = False,
) -> str:
    """The page of a known product, with the forms as they were typed, or as stored."""
    form = form or form_of(product)
    offer(form, product)
    return render_template(
        "backoffice/catalogue/product.html",
        form=form,
        image=image or ImageForm(formdata=None),
        bundle=bundle or BundleForm.of(product),
        refused=refused,
        product=product,
        stored=form_of(product) if stale else None,
        dated=dated_prices_of(db.session(), product.id),
        stale_bundle=stale_bundle,
        lacking=archived_parts(product),
        within=bundles_with(db.session(), product.id),
        standing=standing_of(product),
        currency=seller().currency,
        spoken=current_language(),
    )


def standing_of(product: Product) -> Standing:
    """How its VAT stands today."""
    owner = seller()
    vat = Vat(product.vat_category.value, product.vat_rate)
    return Rates(db.session(), owner).standing(vat, clock.today(owner.timezone))


def new_product_page(form: ProductForm) -> str:
    offer(form)
    return render_template(
        "backoffice/catalogue/product.html",
        form=form,
        product=None,
        currency=seller().currency,
        spoken=current_language(),
    )


def offer(form: ProductForm, product: Product | None = None) -> None:
    """VAT rates in force and families, and those that the product has."""
    owner, session = seller(), db.session()
    rates = vat_rates_in_force(session, owner, clock.today(owner.timezone))
    form.offer(rates, Vat(product.vat_category.value, product.vat_rate) if product else None)
    own = product.family_id if product else None
    form.offer_families(families_offered(session, besides=own), current_language())
