"""The catalogue as a rep meets it while typing."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backoffice.access import Permission, needs
from backoffice.catalogue.queries import products_like
from backoffice.db import db
from backoffice.language import current_language
from backoffice.seller.models import ONLY, Seller

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/catalogue/search")
@needs(Permission.SELL)
def search() -> ResponseReturnValue:
    """Options of a type-ahead: list items, no page around them."""
    session = db.session()
    return render_template(
        "backoffice/catalogue/options.html",
        products=products_like(session, request.args.get("q", "")),
        currency=session.get_one(Seller, ONLY).currency,
        spoken=current_language(),
    )
