"""A rep's clients."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, owned_by, sees_all
from backoffice.clients import finding, queries
from backoffice.clients.checking import checked
from backoffice.clients.forms import ClientActForm, ClientFields, ClientForm, EditClientForm
from backoffice.clients.history import told_of_client
from backoffice.clients.models import Client
from backoffice.clients.opening import describe_client, new_client
from backoffice.clients.papers import ORDERINGS, PaperKind, Reader, papers_at_a_glance, papers_of_kind
from backoffice.db import db
from backoffice.delivery import subject_of
from backoffice.errors import NotFound, StaleRevision
from backoffice.language import current_language
from backoffice.pages import key_of, seller
from backoffice.paging import Place
from backoffice.pricing.queries import terms_of
from backoffice.staff.models import StaffMember
from backoffice.work import unit_of_work

blueprint = Blueprint("clients", __name__)


def known_to() -> int | None:
    """Whose clients the signed-in person may see, as ``clients.queries`` wants it."""
    member = current_member()
    return None if sees_all(member) else member.id


def reader() -> Reader:
    return Reader(visible=owned_by(current_member()), at=clock.now(), zone=seller().timezone)


@blueprint.get("/clients")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    wanted = finding.Wanted.read(request.args)
    place = Place.read(request.args, finding.BY_NAME)
    page = finding.clients_listed(db.session(), known_to(), wanted, place)
    may_exchange = may(current_member(), Permission.EXCHANGE)
    return render_template(
        "backoffice/clients/list.html", page=page, wanted=wanted, may_exchange=may_exchange
    )


@blueprint.get("/clients/search")
@needs(Permission.SELL)
def search() -> ResponseReturnValue:
    """Options of a type-ahead: list items, no page around them."""
    found = finding.clients_like(db.session(), request.args.get("q", ""), known_to(), most=finding.SHOWN)
    return render_template("backoffice/clients/options.html", clients=found)


@blueprint.get("/clients/check")
@needs(Permission.SELL)
def check() -> ResponseReturnValue:
    """What can be said of a form while it is typed; no page around it."""
    typed = {name: request.args.get(name, "") for name in CHECKED}
    numbers = checked(**{name: typed[name] for name in ("siren", "siret", "vat_number", "country")})
    similar = similar_to(
        siren=typed["siren"] or numbers.siren,
        name=typed["name"],
        email=typed["email"],
        besides=request.args.get("besides", type=key_of),
    )
    return render_template("backoffice/clients/checked.html", numbers=numbers, similar=similar)


CHECKED = ("siren", "siret", "vat_number", "country", "name", "email")


def similar_to(
    *, siren: str, name: str, email: str, besides: int | None = None
) -> list[finding.SimilarClient]:
    """As typed, also what no form would take."""
    typed = {"siren": "".join(siren.split()), "name": name, "email": email}
    asked = {field: text.replace("\0", " ") for field, text in typed.items()}
    return finding.similar_clients(db.session(), known_to(), **asked, besides=besides)


@blueprint.get("/clients/new")
@needs(Permission.SELL)
def new() -> ResponseReturnValue:
    return form_page(ClientForm(formdata=None, data={"language": seller().language}))


@blueprint.post("/clients")
@needs(Permission.SELL)
def create() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ClientForm()
    if not form.validate():
        return form_page(form), 422
    with unit_of_work() as session:
        client = new_client(form.facts(), by=member.id, at=at)
        session.add(client)
    return redirect(url_for(".show", client_id=client.id), 303)


@blueprint.get("/clients/<int:client_id>")
@needs(Permission.SELL)
def show(client_id: int) -> ResponseReturnValue:
    """A client that was merged leads to the one that stands for it."""
    survivor = queries.survivor_of(db.session(), client_id)
    client = queries.client_shown(db.session(), survivor, known_to())
    if survivor != client_id:
        return redirect(url_for(".show", client_id=survivor), 303)
    return client_page(client, ClientActForm(formdata=None))


@blueprint.get("/clients/<int:client_id>/papers")
@needs(Permission.SELL)
def papers(client_id: int) -> ResponseReturnValue:
    """All of one kind, page by page."""
    session, asked = db.session(), request.args.get("of", "")
    kind = PaperKind(asked) if asked in set(PaperKind) else PaperKind.DEALS
    client = queries.client_shown(session, client_id, known_to())
    family = queries.family_of(session, client_id)
    place = Place.read(request.args, ORDERINGS[kind])
    return render_template(
        "backoffice/clients/papers.html",
        client=client,
        papers=papers_of_kind(session, family, kind, reader(), place),
        spoken=current_language(),
        timezone=seller().timezone,
        subject_of=subject_of,
    )


@blueprint.get("/clients/<int:client_id>/edit")
@needs(Permission.SELL)
def edit(client_id: int) -> ResponseReturnValue:
    client = queries.client_shown(db.session(), client_id, known_to())
    form = EditClientForm.of(client, back=request.args.get("back", ""))
    return form_page(offered(form, client), client)


@blueprint.post("/clients/<int:client_id>")
@needs(Permission.SELL)
def change(client_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), EditClientForm()
    shown = queries.client_shown(db.session(), client_id, known_to())
    if not offered(form, shown).validate():
        return form_page(form, shown), 422
    try:
        with unit_of_work() as session:
            client = queries.client_to_act_on(session, client_id, known_to())
            client.opened_as(form.revision.data)
            describe_client(client, form.facts())
            if form.next_owner is not None:
                client.give_to(form.next_owner, by=member.id, at=at)
    except StaleRevision:
        stored = queries.client_shown(db.session(), client_id, known_to())
        form.reopen(stored.revision)
        return form_page(form, stored, stale=True), 409
    flash(gettext("Saved."), "good")
    return redirect(form.onward(url_for(".show", client_id=client_id)), 303)


@blueprint.get("/clients/<int:client_id>/archive")
@needs(Permission.SELL)
def ask_to_archive(client_id: int) -> ResponseReturnValue:
    return archive_page(client_id, ClientActForm(formdata=None))


@blueprint.post("/clients/<int:client_id>/archive")
@needs(Permission.SELL)
def archive(client_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ClientActForm()
    if not form.validate():
        return archive_page(client_id, form), 422
    with unit_of_work() as session:
        client = queries.own_client_to_act_on(session, client_id, known_to())
        client.opened_as(form.revision.data)
        client.archive(by=member.id, at=at)
    flash(gettext("%(name)s is archived.", name=client.name), "good")
    return redirect(url_for(".show", client_id=client_id), 303)


@blueprint.post("/clients/<int:client_id>/restore")
@needs(Permission.SELL)
def restore(client_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ClientActForm()
    if not form.validate():
        return client_page(queries.client_shown(db.session(), client_id, known_to()), form), 422
    with unit_of_work() as session:
        client = queries.own_client_to_act_on(session, client_id, known_to())
        client.opened_as(form.revision.data)
        client.restore(by=member.id, at=at)
    flash(gettext("%(name)s is among the clients again.", name=client.name), "good")
    return redirect(url_for(".show", client_id=client_id), 303)


def offered(form: EditClientForm, client: Client) -> EditClientForm:
    """The form with the people who may look after the client, for who may choose among them."""
    if queries.is_own(client, known_to()):
        form.offer_owners(queries.owners(db.session(), besides=client.owner_id))
    else:
        form.keep_owner()
    return form


def form_page(form: ClientFields, client: Client | None = None, *, stale: bool = False) -> str:
    """The form of a new client, or of a known one; who may be the same, as far as the form tells."""
    return render_template(
        "backoffice/clients/form.html",
        form=form,
        client=client,
        stale=stale,
        numbers=checked(
            siren=form.siren.data or "",
            siret=form.siret.data or "",
            vat_number=form.vat_number.data or "",
            country=form.country.data or "",
        ),
        similar=similar_to(
            siren=form.siren.data or "",
            name=form.name.data or "",
            email=form.email.data or "",
            besides=client.id if client else None,
        ),
        habit=seller().payment_days,
        owner=db.session.get_one(StaffMember, client.owner_id).name if client else "",
    )


def client_page(client: Client, form: ClientActForm) -> str:
    """Everything known of a client. ``form``: the one button that restores it."""
    session, at, zone = db.session(), clock.now(), seller().timezone
    form.revision.reset(client.revision)
    family = queries.family_of(session, client.id)
    similar = similar_to(siren=client.siren, name=client.name, email=client.email, besides=client.id)
    return render_template(
        "backoffice/clients/show.html",
        client=client,
        contacts=client.contacts,
        owner=session.get_one(StaffMember, client.owner_id),
        is_own=queries.is_own(client, known_to()),
        all_papers=papers_at_a_glance(session, family, reader()),
        history=told_of_client(session, family, timezone=zone, today=clock.day_of(at, zone)),
        similar=similar if client.archived_at is None else [],
        terms=terms_of(session, client, on=clock.day_of(at, zone)),
        form=form,
        spoken=current_language(),
        timezone=zone,
        subject_of=subject_of,
    )


def archive_page(client_id: int, form: ClientActForm) -> str:
    """What is under way there, before one decides."""
    session = db.session()
    client = queries.client_shown(session, client_id, known_to())
    if not queries.is_own(client, known_to()):
        raise NotFound(client=client_id)
    deals, others = queries.deals_under_way(session, client_id, owned_by(current_member()))
    form.revision.reset(client.revision)
    return render_template(
        "backoffice/clients/archive.html",
        client=client,
        form=form,
        deals=deals,
        others=others,
        spoken=current_language(),
    )
