"""Whose day is looked at, and when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.sql import ColumnElement

from backoffice import clock

LOOKED_BACK = timedelta(days=366)
"""What waits for longer is no matter of today: the lists of quotes, orders and invoices still show it."""
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Sight:
    """``visible``: a condition on Opportunity; ``to_do``: one on Task; ``names``: whether to say whose an entry is."""

    visible: ColumnElement[bool]
    to_do: ColumnElement[bool]
    names: bool
    at: datetime
    zone: str

    @property
    def today(self) -> date:
        """The seller's day."""
        return clock.day_of(self.at, self.zone)

    @property
    def since(self) -> datetime:
        return self.at - LOOKED_BACK
