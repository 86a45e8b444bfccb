"""The main menu and the head of every back-office page."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import gettext

from backoffice.access import may, permission_of
from backoffice.language import current_language
from backoffice.staff.members import Member


@dataclass(frozen=True, kw_only=True)
class Place:
    """A way of the menu. ``near``: in the bar of a telephone too, not behind “More”."""

    label: str
    url: str
    current: bool
    near: bool


def init_app(app: Flask) -> None:
    app.context_processor(page_frame)


def page_frame() -> dict[str, Any]:
    """What ``backoffice/base.html`` reads; only the language for a page without anybody signed in.

    Asks no database: the guard has looked the person up already, and the page may be telling of a failure.
    """
    member: Member | None = g.get("member") if has_request_context() else None
    if member is None:
        return {"language": current_language()}
    return {
        "language": current_language(),
        "navigation": places(member),
        "sign_out_address": url_for("staff.sign_out"),
        "signed_in_name": member.name,
    }


def places(member: Member) -> list[Place]:
    """The pages of the menu that exist and that this person may open."""
    known = [
        (gettext("Opportunities"), "opportunities.index", True),
        (gettext("Quotes"), "quotes.index", True),
        (gettext("Orders"), "orders.index", False),
        (gettext("Invoices"), "invoices.index", True),
        (gettext("Clients"), "clients.index", False),
        (gettext("E-mails"), "outgoing.listing", False),
    ]
    return [
        Place(
            label=label,
            url=url_for(endpoint),
            current=request.blueprint == endpoint.partition(".")[0],
            near=near,
        )
        for label, endpoint, near in known
        if may(member, permission_of(current_app, endpoint))
    ]
