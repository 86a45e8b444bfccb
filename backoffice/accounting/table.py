"""The lines of the books as a table for a spreadsheet: amounts that can be added, one column pair per VAT rate."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.accounting.papers import BookedPaper, Series, in_order, papers_of
from backoffice.accounting.span import Span
from backoffice.accounting.sums import sums_of
from backoffice.invoices.models import InvoiceKind
from backoffice.language import shortdate, vat_rate
from backoffice.money import Vat
from backoffice.paging import Place, page_of

PIECE = 100
Cells = list[str | Decimal]


def kind_words(paper: BookedPaper) -> str:
    """What the paper is called."""
    if paper.series is Series.CREDIT_NOTE:
        return gettext("Credit note")
    return {
        InvoiceKind.DEPOSIT: gettext("Earnest money invoice") if paper.arrhes else gettext("Deposit invoice"),
        InvoiceKind.PART: gettext("Part invoice"),
        InvoiceKind.BALANCE: gettext("Balance invoice"),
    }.get(paper.kind or InvoiceKind.WHOLE, gettext("Invoice"))


def rates_of(session: Session, span: Span) -> list[Vat]:
    """The VAT rates of these days: each has its columns."""
    found = {each.vat for sums in sums_of(session, span) for each in sums.rates}
    return sorted(found, key=lambda vat: (vat.category, vat.rate))


def headings(rates: Sequence[Vat]) -> Cells:
    by_rate = [
        words
        for vat in rates
        for words in (
            gettext("Excl. VAT at %(rate)s", rate=vat_rate(vat.rate, vat.category)),
            gettext("VAT at %(rate)s", rate=vat_rate(vat.rate, vat.category)),
        )
    ]
    return [
        gettext("Date"), gettext("Number"), gettext("Type"), gettext("Client"), gettext("SIREN"), gettext("VAT number"),
        gettext("Order"), gettext("Quote"), gettext("Credit note on"),
        *by_rate, gettext("Total excl. VAT"), gettext("VAT"), gettext("Total incl. VAT"), gettext("Currency"),
        gettext("Due date"), gettext("Paid on"), gettext("Received"), gettext("Still due"), gettext("State"),
        gettext("File"),
    ]  # fmt: skip


def cells(paper: BookedPaper, rates: Sequence[Vat], *, file: str) -> Cells:
    """A line under ``headings``; ``file``: the name of its PDF beside the table, or why there is none."""
    content, totals, settlement = paper.content, paper.totals, paper.settlement
    client = content["client"]
    taxes = {Vat(each.category, each.rate): each for each in totals.taxes}
    by_rate: Cells = []
    for vat in rates:
        each = taxes.get(vat)
        by_rate += [each.base, each.tax] if each is not None else ["", ""]
    paid: Cells = ["", "", ""]
    if settlement is not None:
        paid = [settlement.paid, settlement.open, settlement.chip[0]]
    return [
        shortdate(paper.issued_on), paper.number, kind_words(paper),
        paper.client, client["siren"], client["vat_number"],
        content["order_number"], content["quote_number"], paper.credited[1] if paper.credited else "",
        *by_rate, totals.net, totals.vat, totals.gross, paper.currency,
        shortdate(paper.due_on) if paper.due_on else "", ", ".join(map(shortdate, paper.paid_on)), *paid, file,
    ]  # fmt: skip


def pieces(
    session: Session, span: Span, *, today: date, until: datetime | None = None
) -> Iterator[Sequence[BookedPaper]]:
    """All lines of these days, some at a time and no transaction in between: a year must not be held in memory."""
    found, ordering = in_order(span, until=until)
    place = Place()
    while True:
        page = page_of(session, found, ordering, place, size=PIECE)
        papers = papers_of(session, [(series, key) for series, key in page.rows], today=today)
        session.expunge_all()
        session.rollback()
        yield papers
        if page.following is None:
            return
        place = Place.read(page.following, ordering)


def table_rows(session: Session, span: Span, *, today: date) -> Iterator[Cells]:
    """Headings in the reader's language, then a row for each paper."""
    rates = rates_of(session, span)
    yield headings(rates)
    for papers in pieces(session, span, today=today):
        for paper in papers:
            yield cells(paper, rates, file=file_name(paper.number))


def file_name(number: str) -> str:
    """The name of a paper's PDF: its number, and what a number may hold but a file's name not replaced."""
    return f"{number.replace('/', '-')}.pdf"
