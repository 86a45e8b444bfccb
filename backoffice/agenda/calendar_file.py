"""An appointment, or a task as something for the whole day, as a calendar takes it: iCalendar, RFC 5545."""

import re
from datetime import UTC, datetime, timedelta

from backoffice.agenda.models import Task

LONGEST_LINE = 75
"""Octets of a line, RFC 5545 3.1; what is longer goes on in the next after a space."""


def calendar_file(task: Task, *, domain: str, address: str, at: datetime) -> bytes:
    """``task`` comes with its deal and client; ``address``: its page; ``domain`` names it for ever."""
    client = task.opportunity.client
    place = ", ".join(
        filter(None, (client.billing.street, f"{client.billing.postcode} {client.billing.city}".strip()))
    )
    about = "\n".join(filter(None, (f"{client.name} – {task.opportunity.title}", task.notes, address)))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Accord//Accord//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:task-{task.id}@{domain}",
        f"SEQUENCE:{task.revision}",
        f"DTSTAMP:{_moment(at)}",
        *_time(task),
        f"SUMMARY:{_text(task.title)}",
        f"DESCRIPTION:{_text(about)}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        f"URL:{address}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _time(task: Task) -> list[str]:
    if task.starts_at is None or task.ends_at is None:
        after = task.due_on + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{task.due_on:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    return [f"DTSTART:{_moment(task.starts_at)}", f"DTEND:{_moment(task.ends_at)}"]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """Escaped, RFC 5545 3.3.11."""
    return re.sub(r"([\\;,])", r"\\\1", words).replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """No line is longer than it may be, and no character is cut in two."""
    rows, row = [], b""
    for each in line:
        octets = each.encode()
        if len(row) + len(octets) > LONGEST_LINE:
            rows.append(row)
            row = b" "
        row += octets
    return b"\r\n".join([*rows, row]) + b"\r\n"
