"""A rep's quotes: making one, wording it, reading it as the client will, sending it."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.catalogue.search import looked_for
from backoffice.db import db
from backoffice.documents.appearance import Appearance
from backoffice.documents.quote import quote_html
from backoffice.errors import NotFound, StaleRevision
from backoffice.language import current_language
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.queries import deal_shown, deal_to_act_on
from backoffice.opportunities.views import address_of, load, render_working_page
from backoffice.pages import brand_address, seller
from backoffice.paging import Place
from backoffice.quotes.content import content_of
from backoffice.quotes.forms import MakeForm, PaperForm, SendForm
from backoffice.quotes.listing import NEWEST, Standing, listed_quotes
from backoffice.quotes.panel import latest_link
from backoffice.quotes.papers import (
    deal_of_quote,
    edit_paper,
    make_quote,
    quote_shown,
    read_as_shown,
    sent_a_moment_ago,
)
from backoffice.quotes.queries import paper_of, quote_to_act_on
from backoffice.quotes.refusals import AlreadySent, AlreadySigned, NotReady
from backoffice.quotes.sending import send_quote
from backoffice.work import unit_of_work

blueprint = Blueprint("quotes", __name__)


@blueprint.get("/quotes")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    standing, words = request.args.get("standing", type=Standing), looked_for(request.args.get("q", ""))
    page = listed_quotes(
        db.session(),
        owned_by(current_member(), walking=True),
        standing=standing,
        words=words,
        place=Place.read(request.args, NEWEST),
        seller=seller(),
        at=clock.now(),
    )
    return render_template(
        "backoffice/quotes/list.html", page=page, standing=standing, words=words, spoken=current_language()
    )


@blueprint.post("/opportunities/<int:opportunity_id>/quote")
@needs(Permission.SELL)
def make(opportunity_id: int) -> ResponseReturnValue:
    at, form = clock.now(), MakeForm()
    if not form.validate():
        return render_working_page(load(opportunity_id), refused=form), 422
    with unit_of_work() as session:
        make_quote(session, deal_to_act_on(session, opportunity_id, owned_by(current_member())), at=at)
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="quote"), 303)


@blueprint.get("/quotes/<int:quote_id>")
@needs(Permission.SELL)
def show(quote_id: int) -> ResponseReturnValue:
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(current_member()))
    return redirect(url_for("opportunities.show", opportunity_id=deal_id, _anchor="quote"), 303)


@blueprint.post("/quotes/<int:quote_id>")
@needs(Permission.SELL)
def save(quote_id: int) -> ResponseReturnValue:
    visible, form = owned_by(current_member()), PaperForm()
    deal_id = deal_of_quote(db.session(), quote_id, visible)
    if not form.validate():
        return render_working_page(load(deal_id), paper=form), 422
    try:
        with unit_of_work() as session:
            quote = quote_to_act_on(session, quote_id)
            quote.refuse_if_agreed()
            quote.opened_as(form.revision.data)
            edit_paper(quote, form.as_edit())
    except StaleRevision as refusal:
        return paper_not_saved(deal_id, form), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for("opportunities.show", opportunity_id=deal_id, _anchor="quote"), 303)


@blueprint.get("/quotes/<int:quote_id>/preview")
@needs(Permission.SELL)
def preview(quote_id: int) -> ResponseReturnValue:
    """The document as the client would get it now; nothing is stored."""
    visible, on = owned_by(current_member()), clock.today(seller().timezone)
    deal = deal_shown(db.session(), deal_of_quote(db.session(), quote_id, visible), visible)
    quote = quote_shown(db.session(), quote_id)
    paper = paper_of(db.session(), quote, deal, on)
    content = content_of(paper, number=quote.number or "—", version=quote.next_number, on=on)
    appearance = Appearance(colour=seller().colour, logo=seller().logo, logo_type=seller().logo_type)
    with force_locale(quote.language):
        page = quote_html(
            content, quote.language, render=rendered, appearance=appearance, asset=asset_for(appearance)
        )
    return page.html


@blueprint.get("/quotes/<int:quote_id>/send")
@needs(Permission.SELL)
def sending(quote_id: int) -> ResponseReturnValue:
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    if page.panel is None or page.panel.quote.id != quote_id or page.panel.is_agreed:
        raise AlreadySigned(quote=quote_id)
    return send_page(page, SendForm.of(page.panel.quote, page.deal))


@blueprint.post("/quotes/<int:quote_id>/send")
@needs(Permission.SELL)
def send(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), SendForm()
    deal_id = deal_of_quote(db.session(), quote_id, owned_by(member))
    if not form.validate():
        return send_page(load(deal_id), form), 422
    try:
        with unit_of_work() as session:
            quote, deal = read_as_shown(session, quote_id, deal_id, form.read, owned_by(member))
            to = form.recipient(deal)
            send_quote(session, quote, deal, recipient=to, channel=form.channel, by=member.id, at=at)
    except NotReady as refusal:
        return not_sent(deal_id, form, refusal.sentence()), refusal.status
    except StaleRevision as refusal:
        changed = gettext("Somebody changed the quote meanwhile. Read its preview again, then send it.")
        return not_sent(deal_id, form, changed), refusal.status
    except AlreadySent:
        if not sent_a_moment_ago(db.session(), quote_id, form.wish, by=member.id, at=at):
            raise
    return redirect(url_for(".sent", quote_id=quote_id), 303)


@blueprint.get("/quotes/<int:quote_id>/sent")
@needs(Permission.SELL)
def sent(quote_id: int) -> ResponseReturnValue:
    page = load(deal_of_quote(db.session(), quote_id, owned_by(current_member())))
    link = latest_link(db.session(), quote_id)
    if link is None or page.panel is None:
        raise NotFound(quote=quote_id)
    return render_template("backoffice/quotes/sent.html", page=page, link=link, address=address_of(link))


def send_page(page: WorkingPage, form: SendForm) -> str:
    return render_template("backoffice/quotes/send.html", page=page, form=form)


def not_sent(deal_id: int, form: SendForm, sentence: str) -> str:
    """The page again with the reason, what was typed, and the paper as it is stored now."""
    page = load(deal_id)
    form.refuse(sentence)
    if page.panel is not None:
        form.reopen(page.panel.quote, page.deal)
    return send_page(page, form)


def paper_not_saved(deal_id: int, form: PaperForm) -> str:
    """What was typed, ready to be saved over what somebody else stored meanwhile, and that beside it."""
    page = load(deal_id)
    if page.panel is not None:
        form.reopen(page.panel.quote.revision)
    return render_working_page(page, paper=form, stale="paper")


def rendered(template: str, context: dict[str, Any]) -> str:
    return render_template(template, **context)


def asset_for(appearance: Appearance) -> Callable[[str], str]:
    """Where a browser gets the files of a document: ours as everywhere, the logo inside the page."""

    def address(name: str) -> str:
        if name == "brand.css":
            return brand_address(appearance.colour)
        if name == appearance.logo_name and appearance.logo:
            return f"data:{appearance.logo_type};base64,{b64encode(appearance.logo).decode()}"
        asset: Any = current_app.jinja_env.globals["asset"]
        return str(asset(f"css/{name}"))

    return address
