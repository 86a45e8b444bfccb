"""The invoices: made from an order, checked, issued or discarded, and issued ones to download."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, papers_of
from backoffice.db import db
from backoffice.documents.queries import document_of_invoice
from backoffice.documents.views import pdf_response
from backoffice.errors import StaleRevision
from backoffice.invoices import queries
from backoffice.invoices.completeness import complete_address, refuse_changed_client
from backoffice.invoices.drafting import discard_draft, draft_invoice, draft_part
from backoffice.invoices.forms import (
    AddressForm,
    DiscardForm,
    DraftForm,
    IssueForm,
    Left,
    PartForm,
    quantities_in,
    with_quantities,
)
from backoffice.invoices.issuing import issue_invoice
from backoffice.invoices.listing import LATEST, Wanted, invoice_list
from backoffice.invoices.refusals import (
    AddressKnown,
    AlreadyInvoiced,
    AlreadyIssued,
    MoreThanOrdered,
    NothingToInvoice,
)
from backoffice.language import current_language
from backoffice.orders.chain import Chain
from backoffice.orders.queries import order_sheet, refuse_foreign_order
from backoffice.orders.views import order_page
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.payments.forms import PaymentForm
from backoffice.work import unit_of_work

blueprint = Blueprint("invoices", __name__)


@blueprint.get("/invoices")
@needs(Permission.SEE_INVOICES)
def index() -> ResponseReturnValue:
    wanted = Wanted.read(request.args)
    found = invoice_list(
        db.session(),
        papers_of(current_member()),
        wanted,
        Place.read(request.args, LATEST),
        today=clock.today(seller().timezone),
    )
    return render_template(
        "backoffice/invoices/list.html", found=found, wanted=wanted, spoken=current_language()
    )


@blueprint.get("/invoices/<int:invoice_id>")
@needs(Permission.SEE_INVOICES)
def show(invoice_id: int) -> ResponseReturnValue:
    return invoice_page(invoice_id)


@blueprint.get("/invoices/<int:invoice_id>/invoice.pdf")
@needs(Permission.SEE_INVOICES)
def pdf(invoice_id: int) -> ResponseReturnValue:
    queries.refuse_foreign_invoice(db.session(), invoice_id, papers_of(current_member()))
    return pdf_response(document_of_invoice(db.session(), invoice_id))


@blueprint.post("/orders/<int:order_id>/invoice")
@needs(Permission.BILL)
def draft(order_id: int) -> ResponseReturnValue:
    at, form, member = clock.now(), DraftForm(), current_member()
    if not form.validate():
        return order_page(order_id, form), 422
    try:
        with unit_of_work() as session:
            refuse_foreign_order(session, order_id, papers_of(member))
            invoice_id = draft_invoice(session, order_id, by=member.id, at=at, kind=form.wanted).id
    except AlreadyInvoiced as refusal:
        flash(refusal.sentence(), "note")
        invoice_id = refusal.facts["invoice"]
    return redirect(url_for(".show", invoice_id=invoice_id), 303)


@blueprint.get("/orders/<int:order_id>/part-invoice")
@needs(Permission.BILL)
def part(order_id: int) -> ResponseReturnValue:
    chain = _chain(order_id)
    return part_page(chain, _part_form(chain)(formdata=None))


@blueprint.post("/orders/<int:order_id>/part-invoice")
@needs(Permission.BILL)
def draft_some(order_id: int) -> ResponseReturnValue:
    at, member, chain = clock.now(), current_member(), _chain(order_id)
    form = _part_form(chain)()
    if not form.validate():
        return part_page(chain, form), 422
    try:
        with unit_of_work() as session:
            refuse_foreign_order(session, order_id, papers_of(member))
            invoice_id = draft_part(session, order_id, quantities_in(form), by=member.id, at=at).id
    except AlreadyInvoiced as refusal:
        flash(refusal.sentence(), "note")
        invoice_id = refusal.facts["invoice"]
    except (MoreThanOrdered, NothingToInvoice) as refusal:
        form.form_errors.append(refusal.sentence())
        return part_page(_chain(order_id), form), refusal.status
    return redirect(url_for(".show", invoice_id=invoice_id), 303)


@blueprint.post("/invoices/<int:invoice_id>/issue")
@needs(Permission.BILL)
def issue(invoice_id: int) -> ResponseReturnValue:
    at, form, member, zone = clock.now(), IssueForm(), current_member(), seller().timezone
    if not form.validate():
        return invoice_page(invoice_id, form), 422
    try:
        with unit_of_work() as session:
            queries.refuse_foreign_invoice(session, invoice_id, papers_of(member))
            refuse_changed_client(session, invoice_id, revision=form.client_revision.data)
            invoice = issue_invoice(
                session,
                invoice_id,
                revision=form.revision.data,
                by=member.id,
                at=at,
                today=lambda: clock.today(zone),
            )
        flash(gettext("Invoice %(number)s is issued.", number=invoice.number), "good")
    except AlreadyIssued as refusal:
        flash(refusal.sentence(), "note")
    except StaleRevision as refusal:
        changed = IssueForm(formdata=None)
        changed.form_errors.append(
            gettext("Draft or client changed meanwhile. Read this page again, then issue it.")
        )
        return invoice_page(invoice_id, changed), refusal.status
    return redirect(url_for(".show", invoice_id=invoice_id), 303)


@blueprint.post("/invoices/<int:invoice_id>/discard")
@needs(Permission.BILL)
def discard(invoice_id: int) -> ResponseReturnValue:
    at, form, member = clock.now(), DiscardForm(), current_member()
    if not form.validate():
        return invoice_page(invoice_id, form), 422
    with unit_of_work() as session:
        queries.refuse_foreign_invoice(session, invoice_id, papers_of(member))
        draft = discard_draft(session, invoice_id, revision=form.revision.data, by=member.id, at=at)
    flash(gettext("The draft is discarded. It had no number, and none is missing."), "good")
    return redirect(url_for("orders.show", order_id=draft.order_id), 303)


@blueprint.post("/invoices/<int:invoice_id>/client-address")
@needs(Permission.BILL)
def complete(invoice_id: int) -> ResponseReturnValue:
    form, member = AddressForm(), current_member()
    if not form.validate():
        return invoice_page(invoice_id, address=form), 422
    try:
        with unit_of_work() as session:
            queries.refuse_foreign_invoice(session, invoice_id, papers_of(member))
            complete_address(session, invoice_id, form.address(), revision=form.revision.data)
    except (StaleRevision, AddressKnown) as refusal:
        form.form_errors.append(refusal.sentence())
        return invoice_page(invoice_id, address=form), refusal.status
    flash(gettext("The client’s address is complete."), "good")
    return redirect(url_for(".show", invoice_id=invoice_id), 303)


def part_page(chain: Chain, form: PartForm) -> str:
    return render_template(
        "backoffice/invoices/part.html",
        chain=chain,
        order=chain.order,
        form=form,
        spoken=current_language(),
    )


def invoice_page(
    invoice_id: int,
    form: IssueForm | DiscardForm | None = None,
    address: AddressForm | None = None,
    payment: PaymentForm | None = None,
) -> str:
    """The forms bear what is stored now, for the reader sees that."""
    zone = seller().timezone
    sheet = queries.invoice_sheet(
        db.session(), invoice_id, papers_of(current_member()), today=clock.today(zone)
    )
    form, address = form or IssueForm(formdata=None), address or AddressForm(formdata=None)
    form.revision.reset(sheet.invoice.revision)
    if sheet.client is not None:
        if isinstance(form, IssueForm):
            form.client_revision.reset(sheet.client.revision)
        address.revision.reset(sheet.client.revision)
    payment = payment or PaymentForm.of(sheet, today=clock.today(zone))
    payment.known.reset(len(sheet.entry.payments) if sheet.entry else 0)
    return render_template(
        "backoffice/invoices/invoice.html",
        sheet=sheet,
        chain=sheet.chain,
        entry=sheet.entry,
        form=form,
        address=address,
        payment=payment,
        edits_clients=may(current_member(), Permission.SELL),
        timezone=zone,
        spoken=current_language(),
    )


def _chain(order_id: int) -> Chain:
    today = clock.today(seller().timezone)
    return order_sheet(db.session(), order_id, papers_of(current_member()), today=today).chain


def _part_form(chain: Chain) -> type[PartForm]:
    spoken = current_language()
    return with_quantities(
        PartForm,
        [
            Left(each.line.id, each.line.name.text(spoken), each.remaining)
            for each in chain.lines
            if each.remaining
        ],
    )
