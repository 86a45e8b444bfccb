"""The VAT rates of the seller's country: which begin, end and follow each other, and why nothing is charged."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, needs
from backoffice.catalogue.models import VatCategory
from backoffice.db import db
from backoffice.errors import NotFound, StaleRevision
from backoffice.language import current_language
from backoffice.pages import seller
from backoffice.vat.exemptions import KNOWN_CODES, exemption_of
from backoffice.vat.forms import EditRateForm, NewRateForm, RateForm
from backoffice.vat.keeping import RateRefused, change_rate
from backoffice.vat.queries import is_in_force, locked_rates, rate_shown, rates_listed
from backoffice.work import unit_of_work

blueprint = Blueprint("vat", __name__, url_prefix="/settings/vat-rates")


@blueprint.get("")
@needs(Permission.SET_UP)
def index() -> ResponseReturnValue:
    return listing(NewRateForm(formdata=None))


@blueprint.post("/new")
@needs(Permission.SET_UP)
def add() -> ResponseReturnValue:
    form, country = NewRateForm(), seller().address.country
    offer(form)
    if not form.validate():
        return listing(form), 422
    try:
        with unit_of_work() as session:
            rate = form.new_rate(country)
            change_rate(locked_rates(session, country), rate, form.facts(rate.category))
            session.add(rate)
    except RateRefused as refusal:
        form.refuse(refusal)
        return listing(form), 422
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:rate_id>")
@needs(Permission.SET_UP)
def edit(rate_id: int) -> ResponseReturnValue:
    rate = rate_shown(db.session(), rate_id, seller().address.country)
    return editing(rate_id, EditRateForm.of(rate))


@blueprint.post("/<int:rate_id>")
@needs(Permission.SET_UP)
def save(rate_id: int) -> ResponseReturnValue:
    form, country = EditRateForm(), seller().address.country
    offer(form, rate_shown(db.session(), rate_id, country).id)
    if not form.validate():
        return editing(rate_id, form), 422
    try:
        with unit_of_work() as session:
            rates = locked_rates(session, country)
            rate = rates.get(rate_id)
            if rate is None:
                raise NotFound(rate=rate_id)
            rate.opened_as(form.revision.data)
            change_rate(rates, rate, form.facts(rate.category))
    except RateRefused as refusal:
        form.refuse(refusal)
        return editing(rate_id, form), 422
    except StaleRevision:
        form.reopen(rate_shown(db.session(), rate_id, country).revision)
        return editing(rate_id, form, stale=True), 409
    flash(gettext("Saved. It holds for new papers; those that exist stay as they are."), "good")
    return redirect(url_for(".index"), 303)


def offer(form: RateForm, besides: int | None = None) -> None:
    form.offer(rates_listed(db.session(), seller().address.country), current_language(), besides)


def listing(form: NewRateForm) -> str:
    owner = seller()
    offer(form)
    rates, today = rates_listed(db.session(), owner.address.country), clock.today(owner.timezone)
    return render_template(
        "backoffice/vat/list.html",
        rates=rates,
        named={rate.id: rate for rate in rates},
        in_force={rate.id for rate in rates if is_in_force(rate, today)},
        today=today,
        exemptions={rate.id: exemption_of(rate) for rate in rates},
        form=form,
        codes=KNOWN_CODES,
    )


def editing(rate_id: int, form: RateForm, *, stale: bool = False) -> str:
    rate = rate_shown(db.session(), rate_id, seller().address.country)
    offer(form, rate_id)
    return render_template(
        "backoffice/vat/edit.html",
        rate=rate,
        charged=rate.category is VatCategory.STANDARD,
        form=form,
        stale=stale,
        codes=KNOWN_CODES,
    )
