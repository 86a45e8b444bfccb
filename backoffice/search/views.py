"""The search field of every page: its page of results, and what it offers while one types."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.access import Permission, current_member, may, needs, owned_by, papers_of, sees_all
from backoffice.catalogue.search import looked_for
from backoffice.db import db
from backoffice.language import current_language
from backoffice.search.finding import Hit, Kind, Reach, exactly, found

blueprint = Blueprint("search", __name__, url_prefix="/search")

ON_A_PAGE = 10
WHILE_TYPING = 3
PLACES = {
    Kind.CLIENT: ("clients.show", "client_id"),
    Kind.CONTACT: ("clients.show", "client_id"),
    Kind.DEAL: ("opportunities.show", "opportunity_id"),
    Kind.QUOTE: ("quotes.show", "quote_id"),
    Kind.ORDER: ("orders.show", "order_id"),
    Kind.INVOICE: ("invoices.show", "invoice_id"),
    Kind.CREDIT_NOTE: ("credit_notes.show", "credit_note_id"),
    Kind.PRODUCT: ("catalogue.show", "product_id"),
}


@blueprint.get("")
@needs(Permission.ENTER)
def show() -> ResponseReturnValue:
    """An exact number leads straight to its paper."""
    words = looked_for(request.args.get("q", ""))
    reach = reach_of_member()
    hit = exactly(db.session(), words, reach)
    if hit is not None:
        return redirect(place_of(hit), 303)
    return render_template(
        "backoffice/search/show.html",
        words=words,
        hits=found(db.session(), words, reach, most=ON_A_PAGE),
        most=ON_A_PAGE,
        sells=reach.sells,
        place_of=place_of,
        spoken=current_language(),
    )


@blueprint.get("/options")
@needs(Permission.ENTER)
def options() -> ResponseReturnValue:
    """Options of the type-ahead: list items, no page around them."""
    words = looked_for(request.args.get("q", ""))
    hits = found(db.session(), words, reach_of_member(), most=WHILE_TYPING)
    return render_template(
        "backoffice/search/options.html", hits=hits, place_of=place_of, spoken=current_language()
    )


def reach_of_member() -> Reach:
    member = current_member()
    return Reach(
        sells=may(member, Permission.SELL),
        known_to=None if sees_all(member) else member.id,
        deals=owned_by(member, walking=True),
        papers=papers_of(member),
    )


def place_of(hit: Hit) -> str:
    endpoint, name = PLACES[hit.kind]
    return url_for(endpoint, **{name: hit.id})  # type: ignore[arg-type]
