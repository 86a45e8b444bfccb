"""The orders: what was signed, and the way to its invoices."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, papers_of
from backoffice.db import db
from backoffice.invoices.forms import DraftForm
from backoffice.language import current_language
from backoffice.orders.listing import NEWEST, Wanted, order_list
from backoffice.orders.queries import order_sheet
from backoffice.pages import seller
from backoffice.paging import Place

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@needs(Permission.SEE_ORDERS)
def index() -> ResponseReturnValue:
    zone, wanted = seller().timezone, Wanted.read(request.args)
    found = order_list(
        db.session(),
        papers_of(current_member()),
        wanted,
        Place.read(request.args, NEWEST),
        zone=zone,
        today=clock.today(zone),
    )
    return render_template(
        "backoffice/orders/list.html", found=found, wanted=wanted, spoken=current_language()
    )


@blueprint.get("/orders/<int:order_id>")
@needs(Permission.SEE_ORDERS)
def show(order_id: int) -> ResponseReturnValue:
    return order_page(order_id, DraftForm(formdata=None))


def order_page(order_id: int, form: DraftForm) -> str:
    """The page of an order; ``form`` is the one-button form that makes its next invoice."""
    zone = seller().timezone
    sheet = order_sheet(db.session(), order_id, papers_of(current_member()), today=clock.today(zone))
    return render_template(
        "backoffice/orders/order.html",
        sheet=sheet,
        chain=sheet.chain,
        form=form,
        timezone=zone,
        spoken=current_language(),
    )
