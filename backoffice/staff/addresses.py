"""E-mail addresses as they are stored and compared."""

import unicodedata


def normal(email: str) -> str:
    """One spelling per person: trimmed, composed, lower case; without NUL, which PostgreSQL cannot compare."""
    return unicodedata.normalize("NFC", email.replace("\0", "").strip()).lower()
