"""The explanation of a price as it is copied onto a line: integers, ISO dates, names in both languages.

Schema 1: ``{"schema", "currency", "quantity", "on", "start", "steps", "result", "typed"}``; prices in millionths,
quantities in ten-thousandths, per cents in hundredths. ``typed`` is there when somebody typed another price instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from backoffice.db import scaled, unscaled
from backoffice.pricing.cascade import Explained, Origin, Start, Step, StepKind, Words

SCHEMA = 1
Stored = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The price that was typed instead of the explained one, by whom and when."""

    price: Decimal
    by: str
    at: datetime


def stored_explanation(price: Explained) -> Stored:
    """For ``OpportunityLine.explanation``; ``explanation_in`` reads it back."""
    return {
        "schema": SCHEMA,
        "currency": price.currency,
        "quantity": scaled(price.quantity, 4),
        "on": price.on.isoformat(),
        "start": _stored_start(price.start),
        "steps": [_stored_step(step) for step in price.steps],
        "result": scaled(price.result, 6),
    }


def explanation_in(stored: Mapping[str, Any]) -> Explained:
    """What ``stored_explanation`` wrote; ``typed_in`` tells whether it still holds."""
    return Explained(
        currency=stored["currency"],
        quantity=unscaled(stored["quantity"], 4),
        on=date.fromisoformat(stored["on"]),
        start=_start_in(stored["start"]),
        steps=tuple(_step_in(step) for step in stored["steps"]),
        result=unscaled(stored["result"], 6),
    )


def retyped(explanation: Mapping[str, Any] | None, price: Decimal, *, by: str, at: datetime) -> Stored | None:
    """The explanation of a line whose price somebody, by name, typed at a moment.

    The rules and their result stay in it. Typing their result again leaves only them; a line that never had an
    explanation needs none.
    """
    if explanation is None:
        return None
    ours = {name: value for name, value in explanation.items() if name != "typed"}
    if scaled(price, 6) == ours["result"]:
        return ours
    return ours | {"typed": {"price": scaled(price, 6), "by": by, "at": at.astimezone(UTC).isoformat()}}


def typed_in(stored: Mapping[str, Any]) -> Typed | None:
    """None when the price is what the rules gave."""
    typed = stored.get("typed")
    if typed is None:
        return None
    return Typed(price=unscaled(typed["price"], 6), by=typed["by"], at=datetime.fromisoformat(typed["at"]))


def _stored_start(start: Start) -> Stored:
    return {
        "origin": start.origin.value,
        "price": scaled(start.price, 6),
        "since": start.since.isoformat() if start.since else None,
        "name": _stored_words(start.name) if start.name else None,
        "currency": start.currency,
    }


def _start_in(stored: Mapping[str, Any]) -> Start:
    return Start(
        origin=Origin(stored["origin"]),
        price=unscaled(stored["price"], 6),
        since=date.fromisoformat(stored["since"]) if stored["since"] else None,
        name=_words_in(stored["name"]) if stored["name"] else None,
        currency=stored["currency"],
    )


def _stored_step(step: Step) -> Stored:
    return {
        "kind": step.kind.value,
        "name": _stored_words(step.name),
        "off": scaled(step.off, 6),
        "left": scaled(step.left, 6),
        "percent": None if step.percent is None else scaled(step.percent, 2),
        "from_quantity": None if step.from_quantity is None else scaled(step.from_quantity, 4),
        "level": step.level,
    }


def _step_in(stored: Mapping[str, Any]) -> Step:
    percent, quantity = stored["percent"], stored["from_quantity"]
    return Step(
        kind=StepKind(stored["kind"]),
        name=_words_in(stored["name"]),
        off=unscaled(stored["off"], 6),
        left=unscaled(stored["left"], 6),
        percent=None if percent is None else unscaled(percent, 2),
        from_quantity=None if quantity is None else unscaled(quantity, 4),
        level=stored["level"],
    )


def _stored_words(words: Words) -> Stored:
    return {"fr": words.fr, "en": words.en}


def _words_in(stored: Mapping[str, Any]) -> Words:
    return Words(stored["fr"], stored["en"])
