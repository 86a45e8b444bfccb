"""Two versions of a quote, or one and the working paper, line by line; opening it changes nothing."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.comparison.rows import tables_of
from backoffice.comparison.sides import compared_sides
from backoffice.db import db
from backoffice.opportunities.queries import deal_shown
from backoffice.pages import seller
from backoffice.quotes.papers import deal_of_quote, quote_shown

blueprint = Blueprint("comparison", __name__)


@blueprint.get("/quotes/<int:quote_id>/compare")
@needs(Permission.SELL)
def show(quote_id: int) -> ResponseReturnValue:
    session, visible = db.session(), owned_by(current_member())
    deal = deal_shown(session, deal_of_quote(session, quote_id, visible), visible)
    sides = compared_sides(
        session,
        quote_shown(session, quote_id),
        deal,
        before=request.args.get("from", ""),
        after=request.args.get("to", ""),
        timezone=seller().timezone,
        at=clock.now(),
    )
    tables = tables_of(sides.comparison) if sides.comparison is not None else None
    return render_template("backoffice/comparison/show.html", sides=sides, tables=tables)
