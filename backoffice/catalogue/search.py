"""Finding products and clients by what is remembered of them: accents, case and ligatures do not matter."""

import unicodedata

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"}
)
MOST_WORDS = 8
LONGEST = 160
"""Letters of what is looked for; nothing that could be found is longer."""


def looked_for(text: str) -> str:
    """As typed, on one line, no longer than anything that could be found; NUL is a space."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST]


def folded(text: str) -> str:
    """``Éclairage LED`` as ``eclairage led``; runs of spaces become one, and so does NUL, which PostgreSQL refuses."""
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def search_text_of(*parts: str) -> str:
    """What a column to search holds: each part folded, on a line of its own with an end of line on both sides.

    So one look at one column tells a part that is exactly this from one that begins so, has a word that does,
    or only contains it.
    """
    return "\n" + "".join(f"{folded(part)}\n" for part in parts if part)


def holds_words(text: sa.SQLColumnExpression[str], wanted: str) -> ColumnElement[bool]:
    """Whether every word of ``wanted``, which is folded, is somewhere in the searched ``text``."""
    return sa.and_(sa.true(), *(text.contains(word, autoescape=True) for word in wanted.split()[:MOST_WORDS]))


def rank_of(text: sa.SQLColumnExpression[str], wanted: str) -> ColumnElement[int]:
    """0: a part is exactly ``wanted``; 1: one begins so; 2: one has a word that does; 3: the words are in it."""
    return sa.case(
        (text.contains(f"\n{wanted}\n", autoescape=True), 0),
        (text.contains(f"\n{wanted}", autoescape=True), 1),
        (text.contains(f" {wanted}", autoescape=True), 2),
        else_=3,
    )
