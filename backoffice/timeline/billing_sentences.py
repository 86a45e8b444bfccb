"""Invoices, credit notes and payments of a deal in the reader's words."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from backoffice.db import unscaled
from backoffice.language import money
from backoffice.timeline.models import EntryKind

DEPOSIT = "deposit"


def _drafted(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    if facts.get("kind") == DEPOSIT:
        return gettext("Deposit invoice drafted")
    return gettext("Invoice drafted")


def _issued(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    if facts.get("kind") == DEPOSIT:
        return gettext("Deposit invoice %(number)s issued", number=facts["number"])
    return gettext("Invoice %(number)s issued", number=facts["number"])


def _discarded(_facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Draft invoice discarded")


def _credited(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext(
        "Credit note %(number)s issued for invoice %(invoice)s",
        number=facts["number"],
        invoice=facts["invoice"],
    )


def _paid(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    amount = unscaled(facts["amount"], 2)
    words = {"amount": money(abs(amount), facts["currency"]), "invoice": facts["invoice"]}
    if amount < 0:
        return gettext("%(amount)s paid back on invoice %(invoice)s", **words)
    return gettext("%(amount)s received on invoice %(invoice)s", **words)


def _unpaid(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    amount = money(abs(unscaled(facts["amount"], 2)), facts["currency"])
    return gettext(
        "Entry of %(amount)s on invoice %(invoice)s cancelled", amount=amount, invoice=facts["invoice"]
    )


BILLING: Mapping[EntryKind, Callable[[Mapping[str, Any], Mapping[int, str]], str]] = {
    EntryKind.INVOICE_DRAFTED: _drafted,
    EntryKind.INVOICE_ISSUED: _issued,
    EntryKind.INVOICE_DISCARDED: _discarded,
    EntryKind.CREDIT_NOTE_ISSUED: _credited,
    EntryKind.PAYMENT_RECORDED: _paid,
    EntryKind.PAYMENT_REVERSED: _unpaid,
}
