"""What is written for whoever runs the site: one line per event, readable by eye or by program, and no keys in it.

A client's link is a key, and so is the address in an invitation or a password mail: whatever looks like one of our
signed tokens is left out, in messages and in tracebacks alike. Requests are named by their page, never by their path.
"""

import json
import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, Response, g, request

from backoffice import clock
from backoffice.settings import Settings

REQUESTS = logging.getLogger("accord.requests")
GUNICORN = logging.getLogger("gunicorn.error")
# itsdangerous joins its parts with full stops, the last one a signature of at least 27 letters of base64url.
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z0-9_-]{27,}")
PORTAL = re.compile(r"(/p/(?:fr|en)/)[^\s/?#\"'<>]+")
LEFT_OUT = "[…]"
REFERENCE_BYTES = 6


def redacted(text: str) -> str:
    """``text`` without what could open a page."""
    return TOKEN.sub(LEFT_OUT, PORTAL.sub(rf"\1{LEFT_OUT}", text))


class PlainLines(logging.Formatter):
    """For eyes: moment, level, who speaks, what was said, and the facts of a request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        return redacted(super().format(record) + (f" {facts}" if facts else ""))


class JsonLines(logging.Formatter):
    """For programs: one JSON object per line; ``at`` in ISO 8601, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": clock.moment_of(record.created).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
            **_facts(record),
        }
        if record.exc_info:
            line["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    facts: dict[str, Any] = getattr(record, "facts", {})
    return facts


def init_app(app: Flask, settings: Settings) -> None:
    """Speak on standard error. Under tests nothing is set up: they read what is logged themselves."""
    app.before_request(_begin)
    app.after_request(_told)
    if settings.environment == "testing":
        return
    lines: logging.Formatter = JsonLines() if settings.log_format == "json" else PlainLines()
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for own in GUNICORN.handlers:
        own.setFormatter(lines)


def facts_of_request() -> dict[str, Any]:
    """What brings a line of the log, and the page that a reader saw, together."""
    return {"request": g.get("reference"), "page": request.endpoint, "method": request.method}


def _begin() -> None:
    g.began = time.perf_counter()
    g.reference = secrets.token_hex(REFERENCE_BYTES)


def _told(response: Response) -> Response:
    """Name the answer, so that a reader's words and the log can be brought together; then tell of it."""
    reference = g.get("reference")
    if reference is None:  # refused before it was a request of ours
        return response
    response.headers["X-Request-ID"] = reference
    if REQUESTS.isEnabledFor(logging.INFO):
        member = g.get("member")
        facts = {
            **facts_of_request(),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
            "member": member.id if member is not None else None,
        }
        REQUESTS.info("request", extra={"facts": facts})
    return response
