"""A comparison in words: whatever differs is said, in either language."""

from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from backoffice.comparison.comparing import Fate, compare
from backoffice.comparison.rows import tables_of
from backoffice.comparison.sentences import told, told_of_paper
from tests.contents import a_content, a_section, an_item, both, contents

NO_BREAKS = str.maketrans("\u00a0\u202f", "  ")


def said(app: Flask, before: dict, after: dict, language: str = "en") -> str:
    """The one line that differs, as a client is told of it in short."""
    with app.app_context(), force_locale(language):
        found = compare(before, after, language, to_client=True)
        (line,) = found.different
        return told(line, found).in_short.translate(NO_BREAKS)


@given(contents(), contents(), st.sampled_from(["fr", "en"]))
def test_every_line_that_changed_says_in_what(sqlite_app, before, after, language):
    with sqlite_app.app_context(), force_locale(language):
        for_rep = compare(before, after, language)
        tables = tables_of(for_rep)
        for row in tables.different:
            pairs = [row.name, row.amount, *(pair for _label, pair in (*row.cells, *row.further))]
            assert any(pair.differs for pair in pairs) == (row.fate is not Fate.MOVED)
        assert len(tables.different) + len(tables.same) == len(for_rep.lines)
        for_client = compare(before, after, language, to_client=True)
        for line in for_client.different:
            words = told(line, for_client)
            assert bool(words.said) >= (line.fate is Fate.CHANGED)
            assert words.name
            assert all(words.said)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"quantity": "3"}, "Poste (en): 3 pcs instead of 1, that is €200.00 more"),
        ({"unit": "HUR"}, "Poste (en): 1 h instead of 1 pc"),
        ({"price": "80"}, "Poste (en): unit price €80.00 instead of €100.00, that is €20.00 less"),
        ({"discount": "10"}, "Poste (en): Discount: 10%, that is €10.00 less"),
        ({"vat": "10"}, "Poste (en): VAT: 10% instead of 20%"),
        ({"offer": "option", "taken": False}, "Poste (en): Offered: as an option, not ticked instead of firm, that is €100.00 less"),
        ({"recurrence": "monthly"}, "Poste (en): Paid: every month instead of once, that is €100.00 less"),
        ({"range": [10_000, 50_000]}, "Poste (en): Quantity to choose: from 1 to 5"),
        ({"image": "f" * 64}, "Poste (en): new picture"),
        ({"description": both("En chêne")}, "Poste (en): new description"),
        ({"name": "Banc"}, "Banc (en): called “Poste (en)” until now"),
    ],
)  # fmt: skip
def test_a_changed_line_is_told_as_one_would_say_it(sqlite_app, changed, words):
    assert said(sqlite_app, a_content(an_item()), a_content(an_item(**changed))) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (an_item(), "Poste (en): new line, that is €100.00 more"),
        (
            an_item(offer="option", taken=True),
            "Poste (en): new line, as an option, ticked, that is €100.00 more",
        ),
        (
            an_item(offer="option", taken=False),
            "Poste (en): new line, as an option, not ticked, that is €100.00",
        ),
        (an_item(recurrence="yearly"), "Poste (en): new line, Paid: every year, that is €100.00"),
        (a_section(), "Atelier (en): new line"),
    ],
)
def test_what_is_new_counts_only_if_it_is_taken_and_paid_once(sqlite_app, line, words):
    assert said(sqlite_app, a_content(), a_content(line)) == words


def test_amounts_in_two_currencies_are_not_subtracted(sqlite_app):
    before, after = a_content(an_item()), a_content(an_item(price="130"), currency="CHF")
    assert "that is" not in said(sqlite_app, before, after)
    with sqlite_app.app_context(), force_locale("en"):
        tables = tables_of(compare(before, after, "en"))
    assert {row.difference for row in (*tables.different, *tables.sums)} == {""}
    assert tables.different[0].amount.before.startswith("€")
    assert tables.different[0].amount.after.startswith("CHF")


def test_sums_name_the_discount_each_rate_the_deposit_and_what_comes_back(sqlite_app):
    thirty = {"kind": "acompte", "percent": 3000, "totals": a_content(an_item(price="30"))["totals"]}
    monthly = {"recurrence": "monthly", **a_content(an_item(price="40"))["totals"]}
    before = a_content(an_item(), an_item("b", vat="10"))
    after = a_content(an_item(), an_item("b"), discount=1000, deposit=thirty, recurring=[monthly])
    with sqlite_app.app_context(), force_locale("en"):
        sums = [(each.label, each.difference) for each in tables_of(compare(before, after, "en")).sums]
    assert sums == [
        ("Subtotal excl. VAT", ""), ("Discount", "−€20.00"), ("Total excl. VAT", "−€20.00"), ("VAT 10%", "−€10.00"),
        ("VAT 20%", "+€16.00"), ("Total incl. VAT", "−€14.00"), ("Deposit on order", "+€36.00"),
        ("Total excl. VAT, every month", "+€40.00"), ("Total incl. VAT, every month", "+€48.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"discount": 500}, "Discount on the whole: 5%"),
        ({"discount": 500}, {"discount_amount": 2500}, "Discount on the whole: €25.00 instead of 5%"),
        ({"discount": 500}, {}, "Discount on the whole: none, previously 5%"),
        ({}, {"payment_days": 0}, "Payment of invoices: on receipt instead of 30 days"),
        ({}, {"valid_until": "2027-01-31"}, "Valid until: 31 January 2027 instead of 18 December 2026"),
    ],
)
def test_what_is_agreed_besides_the_lines_is_told_in_one_clause(sqlite_app, before, after, words):
    with sqlite_app.app_context(), force_locale("en"):
        found = compare(a_content(**before), a_content(**after), "en", to_client=True)
        assert [told_of_paper(each, found).in_short for each in found.paper] == [words]
    assert Decimal(0) == found.totals.gross.difference
