"""What every page shares: blueprints, headers, refusals turned into pages, the seller's colours."""

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from backoffice import errors
from backoffice.db import db
from backoffice.seller.colours import brand_stylesheet
from backoffice.seller.models import ONLY, Seller
from backoffice.seller.refusals import NotSetUp
from backoffice.settings import Settings
from backoffice.staff.models import Role
from backoffice.work import is_lock_timeout

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BRAND_HASH = 12
FOR_EVER = "public, max-age=31536000, immutable"
LOGO_KINDS = {"image/png": "png", "image/jpeg": "jpg"}
"""Pictures that hold no script and no address; a logo of another type is drawn in documents only."""
PORTAL_PATHS = "/p/"
LARGEST_KEY = 2**63 - 1


class KeyConverter(IntegerConverter):
    """``<int:…>`` of an address: a number that no table can hold names nothing, and is not asked of the database."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_KEY)


def key_of(text: str) -> int:
    """A key in the query of an address. Raises ValueError for what no table can hold."""
    key = int(text)
    if not 0 <= key <= LARGEST_KEY:
        raise ValueError(text)
    return key


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = KeyConverter
    app.add_url_rule("/brand-<digest>.css", "brand", brand)
    app.add_url_rule("/logo-<digest>.<any(png, jpg):kind>", "logo", logo)
    app.after_request(secure)
    app.register_error_handler(errors.Refusal, show_refusal)
    app.register_error_handler(NotSetUp, show_not_set_up)
    app.register_error_handler(errors.Busy, show_busy)
    app.register_error_handler(StaleDataError, lambda _error: show_refusal(errors.StaleRevision()))
    app.register_error_handler(DBAPIError, show_database_error)
    app.register_error_handler(NoResultFound, show_what_is_missing)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(500, show_failure)
    app.jinja_env.globals["brand_address"] = brand_address


def seller() -> Seller:
    """The seller, loaded once a request, and anew when a unit of work has forgotten it. Raises NotSetUp."""
    found: Seller | None = g.get("seller")
    if found is None or found not in db.session:
        found = g.seller = db.session.get(Seller, ONLY)
    if found is None:
        raise NotSetUp
    return found


def brand_address(colour: str) -> str:
    """Where the seller's colours are served; the address changes with them, so it may be kept for ever."""
    sheet = brand_stylesheet(colour)
    return f"/brand-{colour.removeprefix('#')}{hashlib.sha256(sheet.encode()).hexdigest()[:BRAND_HASH]}.css"


def brand(digest: str) -> Response:
    """The colours named by the address itself: no look-up, nothing to keep in step."""
    colour = f"#{digest[:6]}"
    if brand_address_or_none(colour) != request.path:
        raise errors.NotFound
    response = Response(brand_stylesheet(colour), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_EVER
    return response


def logo_address(owner: Seller) -> str | None:
    """Where the seller's logo is served, named by its content; None without one that a page may show."""
    kind = LOGO_KINDS.get(owner.logo_type)
    if not owner.logo or kind is None:
        return None
    return f"/logo-{hashlib.sha256(owner.logo).hexdigest()[:BRAND_HASH]}.{kind}"


def logo(digest: str, kind: str) -> Response:
    """The present logo only: who replaced it does not want the old one shown."""
    owner = seller()
    if logo_address(owner) != request.path:
        raise errors.NotFound(digest=digest, kind=kind)
    response = Response(owner.logo, mimetype=owner.logo_type)
    response.headers["Cache-Control"] = FOR_EVER
    return response


def brand_address_or_none(colour: str) -> str | None:
    try:
        return brand_address(colour)
    except ValueError:
        return None


def secure(response: Response) -> Response:
    """Headers of every answer; a view that set its own keeps it."""
    settings: Settings = current_app.extensions["accord"]
    defaults = {
        "Content-Security-Policy": POLICY,
        # With no-referrer browsers send "Origin: null", and every form over https would be refused.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if settings.https:
        defaults["Strict-Transport-Security"] = "max-age=31536000"
    for name, value in defaults.items():
        response.headers.setdefault(name, value)
    return response


def show_not_set_up(refusal: NotSetUp) -> Any:
    """Whoever may set the installation up is led there; the others are told."""
    member = g.get("member")
    if member is not None and member.role is Role.ADMIN and request.method == "GET":
        return redirect(url_for("welcome.show"), 303)
    return show_refusal(refusal)


def show_refusal(refusal: errors.Refusal) -> tuple[str, int]:
    return page_for(refusal.title(), refusal.sentence()), refusal.status


def show_busy(refusal: errors.Busy) -> Response:
    """What was posted comes back in the page, so that nobody types it again."""
    db.session.rollback()
    kept = posted_texts()
    if kept:
        refusal = errors.BusyWithForm(**refusal.facts)
    page = page_for(refusal.title(), refusal.sentence(), again=kept)
    response = Response(page, refusal.status, mimetype="text/html")
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def posted_texts() -> list[tuple[str, str]]:
    """The fields of the form that was posted, in their order, passwords left out; none when it cannot be sent again."""
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return []
    try:
        posted = list(request.form.items(multi=True))
    except HTTPException:  # larger than what the site takes
        return []
    return [(name, value) for name, value in posted if "password" not in name.casefold()]


def show_database_error(error: DBAPIError) -> Response:
    if not is_lock_timeout(error):
        raise error
    return show_busy(errors.Busy())


def show_what_is_missing(error: NoResultFound) -> Any:
    """A row that must be there is not: before ``seller set`` it is the seller, afterwards it is a fault."""
    db.session.rollback()
    if db.session.get(Seller, ONLY) is not None:
        raise error
    return show_not_set_up(NotSetUp())


def show_http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST:
        return error
    titles = {
        400: (gettext("This request was not understood"), gettext("Go back, reload the page and try again.")),
        403: (
            gettext("You do not have access to this page"),
            gettext("Go back to the previous page and use its buttons."),
        ),
        405: (
            gettext("This cannot be done from here"),
            gettext("Go back to the previous page and use its buttons."),
        ),
        413: (gettext("This is too large"), gettext("Shorten what you entered, then try again.")),
        429: (gettext("Too many attempts"), gettext("Wait a few minutes, then try again.")),
    }
    missing = errors.UnknownLink() if request.path.startswith(PORTAL_PATHS) else errors.NotFound()
    title, sentence = titles.get(code, (missing.title(), missing.sentence()))
    response = error.get_response()
    response.data = page_for(title, sentence).encode()
    response.content_type = "text/html; charset=utf-8"
    return response


def show_failure(_error: Exception) -> tuple[str, int]:
    """Needs neither database, translations nor menu: it may be these that failed."""
    # Not render_template: it would ask the context processors.
    return current_app.jinja_env.get_template("errors/500.html").render(reference=g.get("reference")), 500


def page_for(title: str, sentence: str, again: Sequence[tuple[str, str]] = ()) -> str:
    """A refusal in the shell of whoever it concerns: client, staff, or nobody known.

    ``again``: fields to be sent once more to the same address.
    """
    shell = {"shell": "backoffice"} if g.get("member") else {}
    if request.blueprint == "portal":
        shell = {"shell": "portal"}
        if g.get("link") is not None:
            shell |= {"act_label": gettext("Open the quote"), "act_address": url_for("portal.show")}
    return render_template("errors/refusal.html", title=title, message=sentence, again=again, **shell)
