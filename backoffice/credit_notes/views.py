"""Credit notes: taken from an issued invoice, shown, and their papers to download."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, papers_of
from backoffice.credit_notes import queries
from backoffice.credit_notes.crediting import Credit, credit_of
from backoffice.credit_notes.forms import CreditForm
from backoffice.credit_notes.issuing import Wish, credit_invoice, refuse_not_creditable
from backoffice.credit_notes.queries import ToCredit
from backoffice.credit_notes.refusals import (
    AlreadyCredited,
    DepositDeducted,
    DraftInTheWay,
    MoreThanInvoiced,
    NothingToCredit,
)
from backoffice.db import db
from backoffice.documents.queries import document_of_credit_note
from backoffice.documents.views import pdf_response
from backoffice.errors import StaleRevision
from backoffice.invoices.forms import Left, quantities_in, with_quantities
from backoffice.invoices.queries import refuse_foreign_invoice
from backoffice.language import current_language
from backoffice.pages import seller
from backoffice.work import unit_of_work

blueprint = Blueprint("credit_notes", __name__)


@blueprint.get("/credit-notes/<int:credit_note_id>")
@needs(Permission.SEE_INVOICES)
def show(credit_note_id: int) -> ResponseReturnValue:
    zone = seller().timezone
    sheet = queries.credit_note_sheet(
        db.session(), credit_note_id, papers_of(current_member()), today=clock.today(zone)
    )
    return render_template(
        "backoffice/credit_notes/credit_note.html",
        sheet=sheet,
        note=sheet.note,
        chain=sheet.chain,
        timezone=zone,
        spoken=current_language(),
    )


@blueprint.get("/credit-notes/<int:credit_note_id>/credit-note.pdf")
@needs(Permission.SEE_INVOICES)
def pdf(credit_note_id: int) -> ResponseReturnValue:
    queries.refuse_foreign_credit_note(db.session(), credit_note_id, papers_of(current_member()))
    return pdf_response(document_of_credit_note(db.session(), credit_note_id))


@blueprint.get("/invoices/<int:invoice_id>/credit-note")
@needs(Permission.BILL)
def new(invoice_id: int) -> ResponseReturnValue:
    found = _found(invoice_id)
    try:
        refuse_not_creditable(found.invoice, found.chain.account)
        return _page(found, _form(found)(formdata=None), credit_of(found.invoice, found.notes))
    except AlreadyCredited as refusal:
        return _there_is_one(refusal)
    except (DraftInTheWay, DepositDeducted) as refusal:
        # The invoice's page has the way on: the draft, or the invoice that deducts.
        flash(refusal.sentence(), "warn")
        return redirect(url_for("invoices.show", invoice_id=invoice_id), 303)


@blueprint.post("/invoices/<int:invoice_id>/credit-note")
@needs(Permission.BILL)
def create(invoice_id: int) -> ResponseReturnValue:
    found = _found(invoice_id)
    refuse_not_creditable(found.invoice, found.chain.account)
    form = _form(found)()
    try:
        credit = credit_of(found.invoice, found.notes, quantities_in(form) if form.validate() else None)
        if not form.agrees_to(credit.totals.gross, found.invoice.currency):
            return _page(found, form, credit), 422
        note_id, number = _issued(invoice_id, form.wish(credit.totals.gross))
    except AlreadyCredited as refusal:
        return _there_is_one(refusal)
    except NothingToCredit as refusal:
        form.form_errors.append(refusal.sentence())
        return _page(found, form, credit_of(found.invoice, found.notes)), refusal.status
    except (StaleRevision, MoreThanInvoiced) as refusal:
        return _changed(invoice_id, refusal)
    flash(gettext("Credit note %(number)s is issued.", number=number), "good")
    return redirect(url_for(".show", credit_note_id=note_id), 303)


def _issued(invoice_id: int, wish: Wish) -> tuple[int, str]:
    """Id and number of the credit note."""
    at, member, zone = clock.now(), current_member(), seller().timezone
    with unit_of_work() as session:
        refuse_foreign_invoice(session, invoice_id, papers_of(member))
        note = credit_invoice(session, invoice_id, wish, by=member.id, at=at, today=lambda: clock.today(zone))
        return note.id, note.number


def _there_is_one(refusal: AlreadyCredited) -> ResponseReturnValue:
    flash(refusal.sentence(), "note")
    return redirect(url_for(".show", credit_note_id=refusal.facts["note"]), 303)


def _changed(invoice_id: int, refusal: StaleRevision | MoreThanInvoiced) -> ResponseReturnValue:
    """What is left now, with what was typed besides the quantities."""
    found = _found(invoice_id)
    form = _form(found)()
    form.form_errors = [
        gettext("This invoice was credited meanwhile. Check what is left, then issue the credit note.")
    ]
    return _page(found, form, credit_of(found.invoice, found.notes)), refusal.status


def _found(invoice_id: int) -> ToCredit:
    today = clock.today(seller().timezone)
    return queries.invoice_to_credit(db.session(), invoice_id, papers_of(current_member()), today=today)


def _form(found: ToCredit) -> type[CreditForm]:
    spoken = current_language()
    return with_quantities(
        CreditForm,
        [Left(line.id, line.name.text(spoken), found.credited.remaining(line)) for line in found.left],
    )


def _page(found: ToCredit, form: CreditForm, credit: Credit) -> str:
    form.tell(credit.totals.gross, len(found.notes))
    return render_template(
        "backoffice/credit_notes/new.html",
        found=found,
        invoice=found.invoice,
        order=found.chain.order,
        form=form,
        credit=credit,
        spoken=current_language(),
    )
