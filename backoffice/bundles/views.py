"""What a product consists of, kept on the product's page."""

from decimal import Decimal

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice.access import Permission, needs
from backoffice.bundles.composing import BundleRefused, WantedPart, compose
from backoffice.bundles.forms import BundleForm
from backoffice.bundles.queries import parts_in_use, product_to_compose
from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import product_named, product_of
from backoffice.catalogue.views import product_page
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.work import unit_of_work

ONE = Decimal(1)

blueprint = Blueprint("bundles", __name__)


@blueprint.post("/catalogue/<int:product_id>/parts")
@needs(Permission.KEEP_CATALOGUE)
def save(product_id: int) -> ResponseReturnValue:
    product, form = product_of(db.session(), product_id), BundleForm()
    parts = parts_named(form)
    if not form.validate() or not form.find_parts(
        {id(row): part for row, part in zip(form.rows, parts, strict=True)}
    ):
        return product_page(product, bundle=form), 422
    known = [(part.id, part.sku) for part in parts if part is not None]
    try:
        recompose(product_id, form, [key for key, _sku in known])
    except BundleRefused as refusal:
        form.refuse(refusal, [sku for _key, sku in known])
        return product_page(product_of(db.session(), product_id), bundle=form), 422
    except StaleRevision:
        stored = product_of(db.session(), product_id)
        form.reopen(stored.revision)
        return product_page(stored, bundle=form, stale_bundle=True), 409
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for("catalogue.show", product_id=product_id, _anchor="bundle"), 303)


def recompose(product_id: int, form: BundleForm, part_ids: list[int]) -> None:
    """Raises BundleRefused, StaleRevision, NotFound."""
    with unit_of_work() as session:
        products = product_to_compose(session, product_id, part_ids)
        bundle = products[product_id]
        bundle.opened_as(form.revision.data)
        wanted = [
            WantedPart(product=products[key], quantity=row.quantity.data or ONE)
            for key, row in zip(part_ids, form.rows, strict=True)
        ]
        compose(bundle, form.bundle_as, wanted, is_part=product_id in parts_in_use(session, {product_id}))


def parts_named(form: BundleForm) -> list[Product | None]:
    """What each row names, None where it is nobody's reference or more than one product's name."""
    session = db.session()
    return [product_named(session, row.reference.data or "", picked=row.picked) for row in form.rows]
