"""Names as they are looked up, sorted and compared: accents, case, punctuation and legal forms do not matter."""

import re

from backoffice.catalogue.search import folded

FORMS = frozenset({
    *("sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "scic", "selarl", "ei", "eirl", "ltd", "llc", "llp"),
    *("plc", "inc", "gmbh", "ag", "ug", "kg", "bv", "nv", "srl", "spa", "sl"),
    *("m", "mr", "mme", "mlle", "monsieur", "madame"),
})  # fmt: skip
"""Said or left out at will: legal forms, and what one calls a person by."""


def words_of(name: str) -> str:
    """``L’Atelier d’Éric`` as ``l atelier d eric``."""
    return " ".join(re.findall(r"\w+", folded(name)))


def key_of_name(name: str) -> str:
    """The same for ``SARL Morin-Bois`` and ``Morin Bois``; of a name without anything else, its forms."""
    words = words_of(name).split()
    return "".join([word for word in words if word not in FORMS] or words)


def searched(*texts: str | None) -> str:
    """What somebody may remember of a row, in one text."""
    known = [text for text in texts if text]
    return folded(" ".join([*known, *(words_of(text) for text in known[:1])]))
