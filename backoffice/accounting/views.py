"""The accountant's page: what was issued in a month, what it comes to, and all of it to take away."""

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.accounting.forms import PackForm, SpanForm
from backoffice.accounting.packing import want_papers
from backoffice.accounting.papers import in_order, papers_of
from backoffice.accounting.span import Span
from backoffice.accounting.sums import booked_months, latest_month, overview
from backoffice.accounting.table import table_rows
from backoffice.db import db
from backoffice.invoices.months import Month
from backoffice.pages import seller
from backoffice.paging import Place, page_of
from backoffice.tabular.writing import MEDIA_TYPE, written
from backoffice.work import unit_of_work

blueprint = Blueprint("accounting", __name__, url_prefix="/accounting")


@blueprint.get("")
@needs(Permission.KEEP_BOOKS)
def show() -> ResponseReturnValue:
    form = SpanForm(request.args) if wants_days(request.args) else None
    return _page(asked_span(form), form)


@blueprint.get("/table.csv")
@needs(Permission.KEEP_BOOKS)
def table() -> ResponseReturnValue:
    """Streamed: however long, it is never in memory as a whole. The page says what is wrong with days."""
    form = SpanForm(request.args) if wants_days(request.args) else None
    if form is not None and not form.validate():
        return redirect(url_for(".show", first=form.first.raw_data, last=form.last.raw_data), 303)
    span = asked_span(form)
    rows = table_rows(db.session(), span, today=clock.today(seller().timezone))
    response = Response(stream_with_context(written(rows)), mimetype=MEDIA_TYPE)
    name = gettext("accounting-%(span)s.csv", span=span.name)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.post("/zip")
@needs(Permission.KEEP_BOOKS)
def pack() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), PackForm()
    if not form.validate():
        return _page(asked_span(None), form), 422
    with unit_of_work() as session:
        job = want_papers(session, form.span, by=member.id, language=member.language, at=at)
    return redirect(url_for("jobs.show", job_id=job.id, take=""), 303)


def wants_days(arguments: Mapping[str, str]) -> bool:
    return "first" in arguments or "last" in arguments


def asked_span(form: SpanForm | None) -> Span:
    """The days of the form, else the month of the address, else the latest of which there are papers."""
    if form is not None and form.validate():
        return form.span
    month = Month.read(request.args.get("month"))
    return Span.of_month(month or latest_month(db.session(), clock.today(seller().timezone)))


def _page(span: Span, form: SpanForm | PackForm | None) -> str:
    session, today = db.session(), clock.today(seller().timezone)
    found, ordering = in_order(span)
    page = page_of(session, found, ordering, Place.read(request.args, ordering))
    months = booked_months(session, today)
    return render_template(
        "backoffice/accounting/show.html",
        span=span,
        form=form or SpanForm(data={"first": span.first, "last": span.last}),
        overview=overview(session, span),
        page=page,
        papers=papers_of(session, [(series, key) for series, key in page.rows], today=today),
        months=months,
        earlier=next((each for each in months if span.month and each < span.month), None),
        later=next((each for each in reversed(months) if span.month and each > span.month), None),
    )
