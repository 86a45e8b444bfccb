"""The client's pages. GET and HEAD only show; every act is a POST."""

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from backoffice import clock, errors
from backoffice.documents.models import DocumentKind
from backoffice.documents.views import pdf_response
from backoffice.language import LANGUAGES
from backoffice.pages import PORTAL_PATHS, brand_address, logo_address
from backoffice.quotes.choosing import LESS, MORE
from backoffice.quotes.refusals import (
    AcceptedOtherwise,
    AlreadySigned,
    QuoteChanged,
    QuoteClosed,
    QuoteExpired,
    SignedByAnother,
)
from backoffice.quotes.signing import sign_quote
from backoffice.quotes.states import VersionState
from backoffice.settings import Settings
from backoffice.work import unit_of_work
from portal.answer_forms import RenewForm
from portal.changes import since_before
from portal.colophon import colophon
from portal.forms import SignForm
from portal.links import open_link
from portal.pages import QuotePage, Visit, quote_page
from portal.papers import confirmation, paper_of

blueprint = Blueprint("portal", __name__, url_prefix=f"{PORTAL_PATHS}<any(fr, en):language>/<token>")
CARRYING = frozenset(
    f"portal.{name}"
    for name in (
        "show",
        "sign",
        "sign_now",
        "changes",
        "request_them",
        "requested",
        "refuse",
        "refuse_now",
        "choose",
        "changes_since",
    )
)
"""Pages whose addresses hold the client's choice."""
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


@blueprint.url_value_preprocessor
def open_by_token(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Runs before any view: what a view acts on comes from here, never from the request."""
    values = values if values is not None else {}
    g.arrived = clock.now()
    g.language = values.pop("language")
    g.token = values.pop("token")


@blueprint.before_request
def resolve() -> None:
    g.link = open_link(g.token, settings().secret_keys, g.arrived)
    if request.method == "POST":
        refuse_foreign_origin()


@blueprint.url_defaults
def keep_language_token_and_choice(endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("language", g.get("language"))
    values.setdefault("token", g.get("token"))
    if endpoint in CARRYING:
        values.update({name: value for name, value in g.get("choice", {}).items() if name not in values})


def keep_private(response: Response) -> Response:
    """On every answer under the portal's addresses, also where no view of ours was reached."""
    if request.path.startswith(PORTAL_PATHS):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.get("")
def show() -> Answer:
    page = this_page()
    return shown("portal/quote.html", page)


@blueprint.get("/choice")
def choose() -> Answer:
    """Where the form of the choice leads: to the quote with the choice in its address. A script asks for parts only."""
    page = this_page()
    if LESS in request.args or MORE in request.args:
        page = this_page(MultiDict(page.choosing.one_less_or_more(page.asked.selection, request.args)))
    if "X-Parts" in request.headers and page.can_choose:
        return shown("portal/choice.html", page)
    if page.asked.complaints:
        return shown("portal/quote.html", page), 422
    return redirect(url_for(".show", _anchor="total"), 303)


@blueprint.get("/sign")
def sign() -> Answer:
    page = this_page()
    if page.signed_here:
        return redirect(url_for(".signed"), 303)
    if not page.can_sign or page.asked.complaints:
        return redirect(url_for(".show"), 303)
    form = sign_form(page)
    form.name.data = form.name.data or g.link.name
    form.email.data = form.email.data or g.link.email
    show_to_sign(form, page)
    if form.function:
        form.function.data = form.function.data or page.reading.client.contact.function
    return shown("portal/sign.html", page, form=form)


@blueprint.post("/sign")
def sign_now() -> Answer:
    page = this_page()
    if not page.can_sign:
        return no_longer(page)
    form = sign_form(page)
    if not form.validate_on_submit():
        return shown("portal/sign.html", page, form=form), 422
    if form.words.data != form.ceremony.digest:
        same_quote = form.seen_as.data == page.choice.digest
        return read_again(WordingChanged() if same_quote else QuoteChanged())
    signing = form.signing(
        language=g.language, address=request.remote_addr or "", user_agent=request.user_agent.string
    )
    # Read before the unit of work, which forgets the page.
    selection, seen_as = page.choice.selection, form.seen_as.data or ""
    try:
        with unit_of_work() as session:
            sign_quote(session, g.link.quote_id, signing, selection, at=g.arrived, seen_as=seen_as)
    except AlreadySigned:
        return no_longer(this_page())
    except (QuoteChanged, errors.StaleRevision):
        return read_again(QuoteChanged())
    return redirect(url_for(".signed"), 303)


@blueprint.get("/signed")
def signed() -> Answer:
    page = this_page()
    if not page.signed_here:
        return redirect(url_for(".show"), 303)
    return shown("portal/signed.html", page, confirmation=confirmation(page))


@blueprint.get("/quote.pdf")
def quote_pdf() -> Answer:
    return paper(DocumentKind.QUOTE)


@blueprint.get("/signed.pdf")
def signed_pdf() -> Answer:
    return paper(DocumentKind.SIGNED_QUOTE)


def paper(kind: DocumentKind) -> Response:
    page = this_page()
    return pdf_response(paper_of(page, kind), "portal/preparing.html", **frame(page))


def no_longer(page: QuotePage) -> Answer:
    """A double click, a reload, a lost reply: their own signature answers. Anything else is told as it is."""
    if page.signed_here:
        return redirect(url_for(".signed"), 303)
    if page.signature is not None:
        raise SignedByAnother
    if page.acceptance is not None:
        raise AcceptedOtherwise
    raise QuoteExpired if page.state is VersionState.EXPIRED else QuoteClosed


def read_again(because: errors.Refusal) -> Answer:
    """What was read is no longer what would be signed: shown anew, with what they typed, to be agreed to anew."""
    page = this_page()
    if not page.can_sign:
        return no_longer(page)
    form = sign_form(page)  # of the new version: its consent names number and amount
    form.consent.data = False
    if form.authority:
        form.authority.data = False
    show_to_sign(form, page)
    form.form_errors.append(because.sentence())
    return shown("portal/sign.html", page, form=form), 409


def show_to_sign(form: SignForm, page: QuotePage) -> None:
    """What the form brings back of the page: which quote and which wordings were seen."""
    form.seen_as.data = page.choice.digest
    form.words.data = form.ceremony.digest


def this_page(arguments: MultiDict[str, Any] | None = None) -> QuotePage:
    """With the choice of ``arguments`` or of the address, which the page's own addresses carry on."""
    visit = Visit(g.language, g.arrived, request.args if arguments is None else arguments)
    page = quote_page(g.link, visit)
    g.choice = page.choice_arguments
    return page


def sign_form(page: QuotePage) -> SignForm:
    return SignForm(g.link, settings().secret_keys, page.ceremony())


def shown(template: str, page: QuotePage, **more: Any) -> str:
    return render_template(template, **(frame(page) | more))


def frame(page: QuotePage) -> dict[str, Any]:
    """What the shell around every page of the portal needs."""
    seller = page.reading.seller
    return {
        "page": page,
        "quote": page.reading,
        "renewal": renewal_form(page),
        "since_before": since_before,
        "seller": {"name": seller.trading_name, "tagline": seller.tagline},
        "brand_address": brand_address(page.seller.colour),
        "logo_address": logo_address(page.seller),
        "colophon": colophon(page.reading),
        "languages": [
            {
                "code": code,
                "label": LANGUAGE_NAMES[code],
                "current": code == g.language,
                "url": url_for(shown_at(), **(request.view_args or {}), language=code),
            }
            for code in LANGUAGES
        ],
        "language": g.language,
        "lender": page.lender,
        "hand_back_address": url_for("presentations.lent"),
    }


def shown_at() -> str:
    """Where this page can be opened again: the button for more time answers at an address without a page."""
    return ".show" if request.endpoint in {None, "portal.renew"} else str(request.endpoint)


def renewal_form(page: QuotePage) -> RenewForm | None:
    """Only on the page that says that the quote has expired."""
    shows = request.endpoint == "portal.show" and page.state is VersionState.EXPIRED
    return RenewForm(g.link, settings().secret_keys) if shows else None


def refuse_foreign_origin() -> None:
    """A browser names where a form was sent from; ours come from here. (The token guards those that name nothing.)"""
    origin = request.headers.get("Origin")
    ours = {settings().public_url}
    if settings().environment != "production":  # a developer's browser may know this machine by another name
        ours.add(request.host_url.rstrip("/"))
    if origin is not None and origin not in ours:
        raise ForeignOrigin(origin=origin)


class ForeignOrigin(errors.Refusal):
    status = 403

    def title(self) -> str:
        return gettext("This form came from elsewhere")

    def sentence(self) -> str:
        return gettext("This form was sent from another site. Open the link you received and try again.")


class WordingChanged(errors.Conflict):
    """The legal texts that were read are no longer in force; the quote is the same."""

    def sentence(self) -> str:
        return gettext("The wording of the agreement was updated. Read it again before you sign.")


def settings() -> Settings:
    found: Settings = current_app.extensions["accord"]
    return found
