"""Numbers of quotes, orders and invoices as somebody types them: whole, or their beginning."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

NUMBER = re.compile(r"[A-Z]{1,6}[-+_/]?[0-9][A-Z0-9+\-_/]{0,33}")
"""Letters, then a digit: see ``numbering.formats``."""
LAST = "\U0010ffff"


def numbered(words: str) -> str:
    """``dv 2026-0012`` as ``DV2026-0012``: numbers are in capitals and hold no space."""
    return re.sub(r"\s+(?=[0-9])", "", words.strip()).upper()


def is_number(typed: str) -> bool:
    """Whether it may be a number, or the beginning of one."""
    return NUMBER.fullmatch(typed) is not None


def begins(session: Session, column: Any, prefix: str) -> ColumnElement[bool]:
    """Said so that each database takes its index: SQLite has none for LIKE, PostgreSQL compares by its own language."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.and_(column >= prefix, column < prefix + LAST)
    condition: ColumnElement[bool] = column.startswith(prefix, autoescape=True)
    return condition
