"""Contents of every schema in the shape of the newest: what only a later schema can say is no difference."""

from collections.abc import Mapping
from typing import Any

Line = Mapping[str, Any]
Key = tuple[str, str]
"""A line's id and kind: an item that became a section is another line."""

OF_A_CONTENT: Mapping[str, Any] = {"exemptions": [], "deposit": None, "discount_amount": 0, "schedule": []}
OF_A_LINE: Mapping[str, Mapping[str, Any]] = {
    "item": {
        "offer": "firm",
        "group": None,
        "taken": True,
        "range": None,
        "recurrence": "once",
        "discount_amount": 0,
        "image": None,
    },
    "section": {"one_of": False, "hides_prices": False},
    "note": {},
}


def said_by(content: Mapping[str, Any], name: str) -> Any:
    """What a content says under ``name``, or what a schema that did not know it meant."""
    return content.get(name, OF_A_CONTENT.get(name))


def lines_of(content: Mapping[str, Any]) -> dict[Key, Line]:
    """The lines in their order."""
    return {(line["id"], line["kind"]): {**OF_A_LINE[line["kind"]], **line} for line in content["lines"]}


def terms_of(content: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, str] | None]]:
    """Each wording's hash and text by its code; no text where it tells what the deposit comes to."""
    return {
        each["code"]: (each["sha256"], None if each["code"].startswith("deposit_") else each["text"])
        for each in content["texts"]
    }
