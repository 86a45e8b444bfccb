"""What a client chose of a quote's content, what it comes to, and the digest that binds both."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.db import scaled, unscaled
from backoffice.money import Totals, Vat, totals_of
from backoffice.quotes.canonical import canonical_bytes, digest_of
from backoffice.quotes.refusals import ChoiceNotOffered


@dataclass(frozen=True)
class Choice:
    """``lines``: the content's lines that are taken; ``digest``: SHA-256 of content digest, selection and totals."""

    selection: tuple[str, ...]
    lines: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, Any]
    digest: str

    @property
    def selection_bytes(self) -> bytes:
        return canonical_bytes(list(self.selection))

    @property
    def totals_bytes(self) -> bytes:
        return canonical_bytes(dict(self.totals))


def whole(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The selection that takes every priced line."""
    return tuple(line["id"] for line in content["lines"] if line["kind"] == "item")


def chosen(content: Mapping[str, Any], selection: tuple[str, ...], *, content_digest: str) -> Choice:
    """Lines and totals of ``selection``, ids of priced lines. Schema 1 has firm lines only: all must be taken."""
    offered = whole(content)
    if set(selection) != set(offered) or len(selection) != len(offered):
        raise ChoiceNotOffered(selection=selection)
    lines = tuple(line for line in content["lines"] if line["kind"] == "item")
    totals = totals_content(
        totals_of(
            (
                (Vat(line["vat"]["category"], unscaled(line["vat"]["rate"], 2)), unscaled(line["net"], 2))
                for line in lines
            ),
            discount=unscaled(content["discount"], 2),
            currency=content["currency"],
        )
    )
    facts = {"content_digest": content_digest, "selection": list(offered), "totals": totals}
    return Choice(offered, lines, totals, digest_of(canonical_bytes(facts)))


def totals_content(totals: Totals) -> dict[str, Any]:
    """Totals as frozen: amounts in hundredths, rates in hundredths of a per cent."""
    return {
        "lines": hundredths(totals.lines),
        "allowance": hundredths(totals.allowance),
        "net": hundredths(totals.net),
        "vat": hundredths(totals.vat),
        "gross": hundredths(totals.gross),
        "taxes": [
            {
                "category": each.vat.category,
                "rate": hundredths(each.vat.rate),
                "base": hundredths(each.base),
                "tax": hundredths(each.tax),
            }
            for each in totals.taxes
        ],
    }


def hundredths(value: Decimal) -> int:
    return scaled(value, 2)
