"""Which column of somebody's table is which of our fields: known by the names that people give them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.catalogue.search import folded


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field that a table may fill. ``label``: lazily translated; ``known_as``: spellings in either language.

    ``needed``: without it a row says nothing. ``number``: its cells are read as figures.
    """

    name: str
    label: Any
    known_as: tuple[str, ...]
    needed: bool = False
    number: bool = False


def mapping_of(headings: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The name of the field for each heading, "" for those that are nothing of ours; no field twice."""
    by_words = {plain(each): column.name for column in columns for each in (*column.known_as, column.name)}
    taken: set[str] = set()
    found = []
    for heading in headings:
        name = by_words.get(plain(heading), "")
        found.append("" if name in taken else name)
        taken.add(name)
    return found


def plain(heading: str) -> str:
    """``Prix unitaire (HT, €)`` as ``prix unitaire ht``."""
    return " ".join(re.findall(r"[^\W_]+", folded(heading)))
