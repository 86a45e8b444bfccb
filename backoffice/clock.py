"""The only place that asks what time it is; callers pass the answer on as an argument."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def moment_of(seconds: float) -> datetime:
    """The moment that ``time.time()`` gave, aware, in UTC."""
    return EPOCH + timedelta(seconds=seconds)


def day_of(moment: datetime, zone: str) -> date:
    """The calendar day of ``moment`` where the seller is."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> date:
    """Today where the seller is."""
    return day_of(now(), zone)


def end_of(day: date, zone: str) -> datetime:
    """The first moment after ``day`` in the seller's zone, in UTC: what is open that day closes then."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)
