"""Settings of the numbers that quotes, orders and invoices bear."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.numbering.formats import WrongFormat, change_formats, counters, next_of, revision_of
from backoffice.numbering.forms import NumberingForm, names_of
from backoffice.numbering.models import Counter
from backoffice.numbering.taking import CHRONOLOGICAL
from backoffice.pages import seller
from backoffice.seller.models import ONLY, Seller, Step
from backoffice.seller.views import is_first_run, next_step
from backoffice.work import unit_of_work

blueprint = Blueprint("numbering", __name__, url_prefix="/settings/numbering")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A series on its page. ``upcoming``: the number that the next document gets."""

    series: str
    title: str
    upcoming: str
    begun: bool
    chronological: bool
    stored: str


@blueprint.get("")
@needs(Permission.SET_UP)
def show() -> ResponseReturnValue:
    return opened_page()


@blueprint.post("")
@needs(Permission.SET_UP)
def save() -> ResponseReturnValue:
    return saved()


def saved() -> ResponseReturnValue:
    """Store what was sent; in the first run, go on."""
    on, form, rows = clock.today(seller().timezone), NumberingForm(), counters(db.session())
    form.offer(rows)
    if not form.validate():
        return numbering_page(form, rows), 422
    try:
        with unit_of_work() as session:
            change_formats(session, form.formats(), revision=form.revision.data, today=on)
            if is_first_run():
                session.get_one(Seller, ONLY, with_for_update=True).step_taken(Step.NUMBERING)
    except WrongFormat as wrong:
        for (series, name), refusal in wrong.refusals.items():
            form.refuse(series, name, refusal)
        return numbering_page(form, counters(db.session())), 422
    except StaleRevision as refusal:
        rows = counters(db.session())
        form.reopen(revision_of(rows))
        return numbering_page(form, rows, stale=True), refusal.status
    if is_first_run():
        return redirect(next_step(Step.NUMBERING), 303)
    flash(gettext("Saved. The next documents are numbered so."), "good")
    return redirect(url_for(".show"), 303)


def opened_page() -> str:
    rows = counters(db.session())
    return numbering_page(NumberingForm.of(rows), rows)


def numbering_page(form: NumberingForm, rows: list[Counter], *, stale: bool = False) -> str:
    on, first = clock.today(seller().timezone), is_first_run()
    return render_template(
        "backoffice/settings/numbering.html",
        frame=f"backoffice/{'welcome' if first else 'settings'}/frame.html",
        form=form,
        step=Step.NUMBERING,
        seller=seller(),
        series=[shown(row, on) for row in rows],
        year=on.year,
        stale=stale,
        action=url_for("welcome.take", step=Step.NUMBERING.value) if first else url_for("numbering.save"),
    )


def shown(row: Counter, on: date) -> Shown:
    return Shown(
        series=row.series.value,
        title=names_of(row.series),
        upcoming=next_of(row, on),
        begun=row.last_on is not None,
        chronological=row.series in CHRONOLOGICAL,
        stored=row.prefix,
    )
