"""Finding products and clients by what is remembered of them: accents, case and ligatures do not matter."""

import unicodedata

from backoffice.db import Bilingual

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"}
)


def folded(text: str) -> str:
    """``Éclairage LED`` as ``eclairage led``; runs of spaces become one, and so does NUL, which PostgreSQL refuses."""
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def search_text_of(sku: str, name: Bilingual) -> str:
    """What ``Product.search_text`` holds: whoever makes or renames a product stores this."""
    return folded(f"{sku} {name.fr} {name.en}")
