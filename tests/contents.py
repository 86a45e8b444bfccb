"""Contents of quotes made by hand, in the shapes of ``quotes.content``, and Hypothesis strategies for them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from backoffice.db import unscaled
from backoffice.money import Discount, PricedLine, Vat, totals_of
from backoffice.quotes.choice import hundredths, totals_content

PLACE = {"street": "", "postcode": "35000", "city": "Rennes", "country": "FR"}


def both(text: str) -> dict[str, str]:
    return {"fr": text, "en": f"{text} (en)" if text else ""}


def an_item(
    key: str = "a", name: str = "Poste", quantity: str = "1", price: str = "100", discount: str = "0",
    vat: str = "20", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """As schema 2 has it; ``more``: what schema 3 says besides."""
    priced = PricedLine(
        Decimal(quantity), Decimal(price), Decimal(discount), Vat("S", Decimal(vat)),
        unscaled(more.get("discount_amount", 0), 2),
    )  # fmt: skip
    return {
        "id": key,
        "kind": "item",
        "name": both(name),
        "description": both(""),
        "nature": "service",
        "unit": "C62",
        "quantity": int(priced.quantity.scaleb(4)),
        "unit_price": int(priced.unit_price.scaleb(6)),
        "discount": hundredths(priced.discount),
        "vat": {"category": "S", "rate": hundredths(priced.vat.rate)},
        "net": hundredths(priced.net()),
    } | more


def a_section(key: str = "s", name: str = "Atelier", **more: Any) -> dict[str, Any]:
    return {"id": key, "kind": "section", "name": both(name)} | more


def a_note(key: str = "n", text: str = "À vérifier sur place") -> dict[str, Any]:
    return {"id": key, "kind": "note", "description": both(text)}


def a_content(
    *lines: Mapping[str, Any],
    standing: str = "professional",
    recurring: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> dict[str, Any]:
    """Of schema 2 unless ``more`` says otherwise; totals of what is taken and paid once, and ``recurring`` ones."""
    facts: dict[str, Any] = {
        "schema": 2,
        "kind": "quote",
        "number": "D-2026-0001",
        "version": 1,
        "language": "fr",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "issued_on": "2026-11-18",
        "valid_until": "2026-12-18",
        "closes_at": "2026-12-18T23:00:00Z",
        "title": both("Bibliothèque sur mesure"),
        "introduction": both(""),
        "seller": {"name": "Atelier Duval", "trading_name": "Atelier Duval", "iban": "", **PLACE},
        "client": {
            "kind": "company",
            "standing": standing,
            "name": "Garage Le Goff",
            "siren": "",
            "vat_number": "",
            "contact": {"name": "Claire Moreau", "function": "", "email": "claire.moreau@example.com"},
            "billing": dict(PLACE),
            "delivery": None,
        },
        "rep": {"name": "Julien Duval", "email": "julien@example.com", "phone": ""},
        "lines": [deepcopy(line) for line in lines],
        "discount": 0,
        "deposit": None,
        "payment_days": 30,
        "texts": [{"code": "payment", "sha256": "0" * 64, "text": both("Pénalités de retard")}],
    }
    facts |= more
    nets = [
        (Vat("S", unscaled(line["vat"]["rate"], 2)), unscaled(line["net"], 2))
        for line in facts["lines"]
        if line["kind"] == "item" and line.get("taken", True) and line.get("recurrence", "once") == "once"
    ]
    reduction = Discount(unscaled(facts["discount"], 2), unscaled(facts.get("discount_amount", 0), 2))
    totals = totals_content(totals_of(nets, discount=reduction)) | {"recurring": list(recurring)}
    return {"totals": totals} | facts


def items(keys: str, **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        an_item,
        st.sampled_from(keys),
        st.sampled_from(["Poste", "Plateau"]),
        st.integers(-20_000, 1_000_000).map(lambda n: str(unscaled(n, 4))),
        st.integers(0, 10**9).map(lambda n: str(unscaled(n, 6))),
        st.integers(0, 10_000).map(lambda n: str(unscaled(n, 2))),
        st.sampled_from(["20", "10", "5.5"]),
        **more,
    )


def contents(standing: str = "professional") -> st.SearchStrategy[dict[str, Any]]:
    """Of both schemas, with firm lines, options, monthly lines, sections and notes; ids that two contents share."""
    of_schema_3 = items(
        "ABCDEFGH",
        offer=st.sampled_from(["firm", "option"]),
        taken=st.booleans(),
        recurrence=st.sampled_from(["once", "monthly"]),
        range=st.sampled_from([None, [10_000, 50_000]]),
    )
    sections = st.builds(a_section, st.sampled_from("stu"), st.sampled_from(["Atelier", "Chantier"]))
    hiding = sections.map(lambda line: line | {"hides_prices": True})
    notes = st.builds(a_note, st.sampled_from("no"))
    line = st.one_of(items("ABCDEFGH"), of_schema_3, sections, hiding, notes)
    return st.builds(made_of, lists_of(line), st.just(standing), st.sampled_from([0, 500, 1000]))


def plain_contents() -> st.SearchStrategy[dict[str, Any]]:
    """Firm lines alone, all paid once."""
    return lists_of(items("ABCDEFGH")).map(lambda lines: a_content(*lines))


def lists_of(line: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(line, max_size=10, unique_by=lambda each: each["id"])


def made_of(lines: Sequence[Mapping[str, Any]], standing: str, discount: int) -> dict[str, Any]:
    return a_content(*lines, standing=standing, discount=discount)
