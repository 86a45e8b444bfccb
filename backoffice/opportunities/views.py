"""The rep's deals: the board, a new one, and the page where its lines are worked on."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, owned_by
from backoffice.catalogue.queries import NotOnSale, product_on_sale, products_meant
from backoffice.clients.queries import client_meant, client_shown, clients_like, contacts_of, found_client
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.language import current_language
from backoffice.links.models import ClientLink
from backoffice.links.tokens import link_address
from backoffice.opportunities import lines
from backoffice.opportunities.forms import DealForm, LinesForm, MoveForm
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.opening import describe, open_deal
from backoffice.opportunities.pages import WorkingPage, board, working_page
from backoffice.opportunities.phases import move_to
from backoffice.opportunities.queries import deal_shown, deal_to_act_on, deal_to_move
from backoffice.pages import key_of
from backoffice.quotes.forms import PaperForm
from backoffice.settings import Settings
from backoffice.work import unit_of_work

blueprint = Blueprint("opportunities", __name__)


@blueprint.get("/")
@needs(Permission.ENTER)
def home() -> ResponseReturnValue:
    sells = may(current_member(), Permission.SELL)
    return redirect(url_for(".index" if sells else "invoices.index"), 303)


@blueprint.get("/opportunities")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    shown = board(
        db.session(),
        owned_by(current_member()),
        pipeline_id=request.args.get("pipeline", type=key_of),
        at=clock.now(),
    )
    return render_template("backoffice/opportunities/board.html", board=shown, spoken=current_language())


@blueprint.get("/opportunities/new")
@needs(Permission.SELL)
def new() -> ResponseReturnValue:
    form = DealForm(formdata=None)
    client_id = request.args.get("client", type=key_of)
    if client_id is not None:
        client = client_shown(db.session(), client_id, known_to())
        form.client.data, form.client_id.data = client.name, str(client.id)
    return deal_page(form, client_id)


@blueprint.post("/opportunities")
@needs(Permission.SELL)
def create() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), DealForm()
    client_id = client_for(form)
    offer_contacts(form, client_id)
    if not form.validate() or client_id is None:
        return deal_page(form, client_id), 422
    with unit_of_work() as session:
        client = client_shown(session, client_id, known_to())
        deal_id = open_deal(session, client, form.facts(), by=member.id, at=at).id
    return redirect(url_for(".show", opportunity_id=deal_id), 303)


@blueprint.get("/opportunities/<int:opportunity_id>")
@needs(Permission.SELL)
def show(opportunity_id: int) -> ResponseReturnValue:
    return render_working_page(load(opportunity_id))


@blueprint.get("/opportunities/<int:opportunity_id>/details")
@needs(Permission.SELL)
def details(opportunity_id: int) -> ResponseReturnValue:
    deal = deal_shown(db.session(), opportunity_id, owned_by(current_member()))
    return deal_page(offered(DealForm.of(deal), deal), deal.client_id, deal)


@blueprint.post("/opportunities/<int:opportunity_id>/details")
@needs(Permission.SELL)
def change_details(opportunity_id: int) -> ResponseReturnValue:
    visible, form = owned_by(current_member()), DealForm()
    shown = deal_shown(db.session(), opportunity_id, visible)
    if not offered(form, shown).validate():
        return deal_page(form, shown.client_id, shown), 422
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, visible)
            deal.opened_as(form.revision.data)
            describe(deal, form.facts())
    except StaleRevision:
        stored = deal_shown(db.session(), opportunity_id, visible)
        form.reopen(stored.revision)
        return deal_page(form, stored.client_id, stored, stale=True), 409
    return redirect(url_for(".show", opportunity_id=opportunity_id), 303)


@blueprint.post("/opportunities/<int:opportunity_id>/phase")
@needs(Permission.SELL)
def move(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), MoveForm()
    if not form.validate():
        return render_working_page(load(opportunity_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_move(session, opportunity_id, owned_by(member))
        deal.opened_as(form.revision.data)
        entry = move_to(deal, form.phase.data, by=member.id, at=at)
        if entry is not None:
            session.add(entry)
    return redirect(url_for(".show", opportunity_id=opportunity_id), 303)


@blueprint.post("/opportunities/<int:opportunity_id>/lines")
@needs(Permission.SELL)
def save_lines(opportunity_id: int) -> ResponseReturnValue:
    form, page = LinesForm(), load(opportunity_id)
    form.offer(page.rates, page.vats)
    product_id = product_to_add(form)
    if not form.validate() or form.matches:
        return render_working_page(page, ledger=form), 422
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, owned_by(current_member()))
            deal.opened_as(form.revision.data)
            change_lines(session, deal, form, product_id)
    except StaleRevision:
        return render_stale_ledger(load(opportunity_id), form), 409
    except lines.TooManyLines as refusal:
        form.form_errors.append(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    except (NotOnSale, lines.NoVatRate) as refusal:
        form.refuse_adding(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    flash(gettext("Saved."), "good")
    return redirect(url_for(".show", opportunity_id=opportunity_id, _anchor="lines"), 303)


def change_lines(session: Session, deal: Opportunity, form: LinesForm, product_id: int | None) -> None:
    """All that was typed, then what the pressed button means."""
    act, key = form.act
    language = form.edited_language
    lines.apply(deal, form.edits(), language)
    match act, key:
        case "product", _ if product_id is not None:
            lines.add_product(deal, product_on_sale(session, product_id))
        case "free", _:
            lines.add_free_line(deal, form.adding.data, language, form.usual_vat)
        case "section", _:
            lines.add_section(deal, form.adding.data, language)
        case "remove", UUID():
            lines.remove(deal, key)
        case (("up" | "down"), UUID()):
            lines.move(deal, key, by=-1 if act == "up" else 1)


def product_to_add(form: LinesForm) -> int | None:
    """The product that was picked, or the one that the typed words mean; several are put on the form to choose from."""
    act, _key = form.act
    if act != "product" or form.chosen_product is not None:
        return form.chosen_product
    found = products_meant(db.session(), form.adding.data or "")
    if len(found) == 1:
        return found[0].id
    form.offer_matches(found)
    return None


def client_for(form: DealForm) -> int | None:
    """The client that was chosen, or the one that the typed name means; those it may mean are put on the form."""
    session, words, chosen = db.session(), form.client.data or "", form.chosen_client
    client = found_client(session, chosen, known_to()) if chosen is not None else None
    if client is None:
        found = clients_like(session, words, known_to())
        client = client_meant(found, words, picked=form.picked_client)
        if client is None:
            form.offer_clients(found)
    form.mean_client(client)
    return client.id if client is not None else None


def load(opportunity_id: int) -> WorkingPage:
    return working_page(
        db.session(), opportunity_id, owned_by(current_member()), language=current_language(), at=clock.now()
    )


def render_working_page(
    page: WorkingPage, *, ledger: LinesForm | None = None, paper: PaperForm | None = None, **more: Any
) -> str:
    """The page with the forms as they were typed, or as stored."""
    quote = page.panel.quote if page.panel else None
    if ledger is None:
        ledger = LinesForm.of(page.lines, revision=page.deal.revision, language=page.edited_language)
        ledger.offer(page.rates, page.vats)
    if paper is None and quote is not None:
        paper = PaperForm.of(quote)
    return render_template(
        "backoffice/opportunities/show.html",
        page=page,
        deal=page.deal,
        panel=page.panel,
        ledger=ledger,
        paper=paper,
        link_address=address_of(page.panel.link) if page.panel and page.panel.link else None,
        timezone=page.seller.timezone,
        spoken=current_language(),
        **more,
    )


def render_stale_ledger(page: WorkingPage, typed: LinesForm) -> str:
    """What was typed, ready to be saved over what somebody else stored meanwhile, and that beside it."""
    typed.reopen(page.deal.revision)
    typed.offer(page.rates, page.vats)
    return render_working_page(page, ledger=typed, stale="lines", gone=typed.without_line(page.stored))


def offer_contacts(form: DealForm, client_id: int | None) -> None:
    contacts = contacts_of(client_shown(db.session(), client_id, known_to())) if client_id is not None else []
    form.offer_contacts([(contact.id, contact.name) for contact in contacts])


def offered(form: DealForm, deal: Opportunity) -> DealForm:
    """The form with the contacts of the deal's client, which is not to be changed."""
    offer_contacts(form, deal.client_id)
    form.fix_client(deal.client.name)
    return form


def deal_page(
    form: DealForm, client_id: int | None, deal: Opportunity | None = None, *, stale: bool = False
) -> str:
    if form.contact_id.choices is None:
        offer_contacts(form, client_id)
    return render_template("backoffice/opportunities/deal.html", form=form, deal=deal, stale=stale)


def address_of(link: ClientLink) -> str:
    """What the client opens."""
    settings: Settings = current_app.extensions["accord"]
    return link_address(settings.secret_keys, settings.public_url, link.nonce, link.language)
