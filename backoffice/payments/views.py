"""Payments: recorded on an invoice, and put right by a reverse entry."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, papers_of
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.forms import PostedForm
from backoffice.invoices.queries import refuse_foreign_invoice
from backoffice.invoices.views import invoice_page
from backoffice.pages import seller
from backoffice.payments.forms import PaymentForm
from backoffice.payments.queries import invoice_of_payment
from backoffice.payments.recording import record_payment, recorded_a_moment_ago, reverse_payment
from backoffice.payments.refusals import NothingOpen, NotYet, Overpaid, TooFine, TooMuchBack
from backoffice.work import unit_of_work

blueprint = Blueprint("payments", __name__)


@blueprint.post("/invoices/<int:invoice_id>/payments")
@needs(Permission.BILL)
def record(invoice_id: int) -> ResponseReturnValue:
    at, form, member, today = clock.now(), PaymentForm(), current_member(), clock.today(seller().timezone)
    if not form.validate():
        return invoice_page(invoice_id, payment=form), 422
    try:
        with unit_of_work() as session:
            refuse_foreign_invoice(session, invoice_id, papers_of(member))
            record_payment(session, invoice_id, form.receipt(), by=member.id, at=at, today=today)
    except (Overpaid, TooMuchBack, TooFine, NotYet, NothingOpen) as refusal:
        return _refused(invoice_id, form, refusal)
    except StaleRevision as refusal:
        if not recorded_a_moment_ago(db.session(), invoice_id, form.receipt(), by=member.id, at=at):
            form.form_errors.append(
                gettext("Somebody recorded a payment meanwhile. Check the entries below, then record yours.")
            )
            return invoice_page(invoice_id, payment=form), refusal.status
    flash(gettext("The payment is recorded."), "good")
    return redirect(url_for("invoices.show", invoice_id=invoice_id, _anchor="payments"), 303)


@blueprint.post("/payments/<int:payment_id>/reverse")
@needs(Permission.BILL)
def reverse(payment_id: int) -> ResponseReturnValue:
    at, form, member, today = clock.now(), PostedForm(), current_member(), clock.today(seller().timezone)
    invoice_id = invoice_of_payment(db.session(), payment_id, papers_of(member))
    if not form.validate():
        return invoice_page(invoice_id, payment=_only_errors(form)), 422
    with unit_of_work() as session:
        refuse_foreign_invoice(session, invoice_id, papers_of(member))
        reverse_payment(session, payment_id, by=member.id, at=at, today=today)
    flash(gettext("The entry is cancelled by a reverse one; both stay in the list."), "good")
    return redirect(url_for("invoices.show", invoice_id=invoice_id, _anchor="payments"), 303)


def _refused(invoice_id: int, form: PaymentForm, refusal: Refusal) -> ResponseReturnValue:
    field = form.paid_on if isinstance(refusal, NotYet) else form.amount
    field.errors = [*field.errors, refusal.sentence()]
    return invoice_page(invoice_id, payment=form), refusal.status


def _only_errors(form: PostedForm) -> PaymentForm:
    shown = PaymentForm(formdata=None)
    shown.form_errors.extend(form.form_errors)
    return shown
