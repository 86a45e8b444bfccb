"""The rep's deals: the board, a new one, and the page where its lines are worked on."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by, sees_all
from backoffice.agenda.forms import TaskForm
from backoffice.clients.finding import client_meant, clients_like, found_client
from backoffice.clients.opening import new_client
from backoffice.clients.queries import client_shown, client_to_deal_with, contacts_of, survivor_of
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.files.forms import FilesForm
from backoffice.language import current_language
from backoffice.ledger.written import Writing
from backoffice.links.models import ClientLink
from backoffice.links.tokens import link_address
from backoffice.opportunities.around import sources_used
from backoffice.opportunities.board import board
from backoffice.opportunities.forms import LinesForm, MoveForm
from backoffice.opportunities.listing import NEWEST_FIRST, Wanted, deal_list
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.opening import describe, open_deal
from backoffice.opportunities.pages import WorkingPage, working_page
from backoffice.opportunities.phases import move_to
from backoffice.opportunities.queries import deal_shown, deal_to_act_on, deal_to_move, pipelines_in_use
from backoffice.pages import key_of, seller
from backoffice.paging import Place
from backoffice.particulars.forms import FACTS, DealForm, FactForm, NewDealForm
from backoffice.quotes.forms import PaperForm
from backoffice.settings import Settings
from backoffice.staff.sellers import sellers_of_firm
from backoffice.timeline.forms import NoteForm
from backoffice.timeline.sentences import History
from backoffice.work import unit_of_work

blueprint = Blueprint("opportunities", __name__)


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


@blueprint.get("/opportunities/list")
@needs(Permission.SELL)
def listing() -> ResponseReturnValue:
    wanted, member = Wanted.read(request.args), current_member()
    place = Place.read(request.args, NEWEST_FIRST)
    found = deal_list(db.session(), wanted, place, owned_by(member), seller=seller(), at=clock.now())
    return render_template(
        "backoffice/opportunities/list.html",
        found=found,
        wanted=wanted,
        phases=[phase for each in pipelines_in_use(db.session()) for phase in each.phases],
        owners=sellers_of_firm(db.session()) if sees_all(member) else [],
        sources=sources_used(db.session(), owned_by(member)),
        spoken=current_language(),
    )


@blueprint.get("/opportunities/new")
@needs(Permission.SELL)
def new() -> ResponseReturnValue:
    form = NewDealForm(formdata=None)
    client_id = request.args.get("client", type=key_of)
    if client_id is not None:
        client = client_shown(db.session(), survivor_of(db.session(), client_id), known_to())
        client.refuse_if_archived()
        client_id = client.id
        form.client.data, form.client_id.data = client.name, str(client.id)
    return deal_page(form, client_id)


@blueprint.post("/opportunities")
@needs(Permission.SELL)
def create() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), NewDealForm()
    offer_places(form)
    client_id = None if form.makes_client else client_for(form)
    offer_contacts(form, client_id)
    if not form.validate() or (client_id is None and not form.makes_client):
        return deal_page(form, client_id), 422
    with unit_of_work() as session:
        if client_id is None:
            client = new_client(form.new_client(seller().language), by=member.id, at=at)
            session.add(client)
            session.flush()  # the deal names its client by id
        else:
            client = client_to_deal_with(session, client_id, known_to())
        deal_id = open_deal(session, client, form.facts(), form.place(member.id), by=member.id, at=at).id
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
        db.session(),
        opportunity_id,
        owned_by(current_member()),
        language=current_language(),
        at=clock.now(),
        history=request.args.get("history", History.ALL, type=History),
    )


def render_working_page(
    page: WorkingPage,
    *,
    ledger: LinesForm | None = None,
    paper: PaperForm | None = None,
    task: TaskForm | None = None,
    note: NoteForm | None = None,
    upload: FilesForm | None = None,
    facts: Mapping[str, FactForm] | None = None,
    **more: Any,
) -> str:
    """The page with the forms as they were typed, or as stored. ``facts``: the one that was being changed."""
    quote = page.panel.quote if page.panel else None
    if ledger is None:
        rows: Sequence[Any] = Writing(page.rates, page.edited_language, page.currency).rows(page.lines)
        ledger = LinesForm.opened(revision=page.deal.revision, language=page.edited_language)
    else:
        rows = ledger.rows
    if paper is None and quote is not None:
        paper = PaperForm.of(quote)
    if task is None:
        task = TaskForm.blank(day=page.around.today, assignee=current_member().id)
    task.offer(page.around.people)
    typed = facts or {}
    return render_template(
        "backoffice/opportunities/show.html",
        page=page,
        deal=page.deal,
        around=page.around,
        task=task,
        note=note or NoteForm(formdata=None),
        upload=upload or FilesForm(formdata=None),
        facts={name: typed.get(name) or form.showing(page.deal) for name, form in FACTS.items()},
        typed=typed,
        panel=page.panel,
        ledger=ledger,
        rows=rows,
        paper=paper,
        link_address=address_of(page.panel.link) if page.panel and page.panel.link else None,
        timezone=page.seller.timezone,
        spoken=current_language(),
        **more,
    )


def offer_contacts(form: DealForm, client_id: int | None, *, named: int | None = None) -> None:
    """``named``: the contact of a known deal, who may be archived by now."""
    client = client_shown(db.session(), client_id, known_to()) if client_id is not None else None
    contacts = contacts_of(client, besides=named) if client is not None else []
    form.offer_contacts([(contact.id, contact.name) for contact in contacts])


def offered(form: DealForm, deal: Opportunity) -> DealForm:
    """The form with the contacts of the deal's client, which is not to be changed."""
    offer_contacts(form, deal.client_id, named=deal.contact_id)
    form.fix_client(deal.client.name)
    return form


def deal_page(
    form: DealForm, client_id: int | None, deal: Opportunity | None = None, *, stale: bool = False
) -> str:
    if form.contact_id.choices is None:
        offer_contacts(form, client_id)
    if isinstance(form, NewDealForm) and form.owner.choices is None:
        offer_places(form)
    return render_template(
        "backoffice/opportunities/deal.html",
        form=form,
        deal=deal,
        stale=stale,
        sources=sources_used(db.session(), owned_by(current_member())),
    )


def offer_places(form: NewDealForm) -> None:
    """Whose a new deal may be, and in which pipeline."""
    member, pipelines = current_member(), pipelines_in_use(db.session())
    owners = sellers_of_firm(db.session()) if sees_all(member) else [(member.id, member.name)]
    form.offer_places(owners, [(each.id, each.name.text(current_language())) for each in pipelines])
    if form.owner.data is None:
        form.owner.data = member.id
    if form.pipeline.data is None and pipelines:
        form.pipeline.data = pipelines[0].id


def address_of(link: ClientLink) -> str:
    """What the client opens."""
    settings: Settings = current_app.extensions["accord"]
    return link_address(settings.secret_keys, settings.public_url, link.nonce, link.language)
