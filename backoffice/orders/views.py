"""The orders: what was signed, and the way to its invoices."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, papers_of
from backoffice.db import db
from backoffice.invoices.forms import DraftForm
from backoffice.language import current_language
from backoffice.orders import queries
from backoffice.pages import seller

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@needs(Permission.SEE_ORDERS)
def index() -> ResponseReturnValue:
    whose = papers_of(current_member())
    last = max(1, -(-queries.count_orders(db.session(), whose) // queries.PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    return render_template(
        "backoffice/orders/list.html",
        orders=queries.listed_orders(db.session(), whose, zone=seller().timezone, page=page),
        page=page,
        last=last,
        spoken=current_language(),
    )


@blueprint.get("/orders/<int:order_id>")
@needs(Permission.SEE_ORDERS)
def show(order_id: int) -> ResponseReturnValue:
    return order_page(order_id, DraftForm(formdata=None))


def order_page(order_id: int, form: DraftForm) -> str:
    """The page of an order; ``form`` is the one-button form that makes its next invoice."""
    zone = seller().timezone
    sheet = queries.order_sheet(db.session(), order_id, papers_of(current_member()), today=clock.today(zone))
    return render_template(
        "backoffice/orders/order.html",
        sheet=sheet,
        chain=sheet.chain,
        form=form,
        timezone=zone,
        spoken=current_language(),
    )
