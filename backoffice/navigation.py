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
    """A way of the menu. ``near``: in the bar of a telephone too, not behind “More”; ``begins``: a group of its own."""

    label: str
    url: str
    current: bool
    near: bool
    begins: bool = False


@dataclass(frozen=True, kw_only=True)
class New:
    """Something that can be begun on every page."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Bell:
    """``newest``: the id of the last notice not read; ``tag`` differs when anything of the bell does."""

    unread: int
    newest: int
    tag: str


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
        "beginnings": beginnings(member),
        "sign_out_address": url_for("staff.sign_out"),
        "signed_in_name": member.name,
        "signed_in_photo": member.photo_sha256,
        "bell": bell_of(member),
    }


def bell_of(member: Member) -> Bell:
    tag = f"{member.unread}-{member.newest_unread}-{member.language}"
    return Bell(unread=member.unread, newest=member.newest_unread, tag=tag)


def places(member: Member) -> list[Place]:
    """The pages of the menu that this person may open: first the daily ones, then what is looked after now and then."""
    daily = [
        (gettext("Today"), "today.show", True),
        (gettext("Opportunities"), "opportunities.index", True),
        (gettext("Quotes"), "quotes.index", True),
        (gettext("Orders"), "orders.index", not _may(member, "opportunities.index")),
        (gettext("Invoices"), "invoices.index", True),
        (gettext("Accounting"), "accounting.show", not _may(member, "opportunities.index")),
        (gettext("Tasks"), "agenda.index", False),
        (gettext("Clients"), "clients.index", False),
        (gettext("Catalogue"), "catalogue.index", False),
        (gettext("Prices"), "price_lists.index", False),
    ]
    seldom = [
        (gettext("E-mails"), "outgoing.listing", False),
        (gettext("Jobs"), "jobs.index", False),
        (gettext("People"), "people.index", False),
        (gettext("Settings"), "settings.index", False),
    ]
    here = _here([endpoint for _label, endpoint, _near in [*daily, *seldom]])
    return [*_group(member, daily, here), *_group(member, seldom, here, begins=True)]


def beginnings(member: Member) -> list[New]:
    """What “+ New” offers."""
    known = [
        (gettext("Opportunity"), "opportunities.new"),
        (gettext("Client"), "clients.new"),
        (gettext("Task or appointment"), "agenda.new"),
        (gettext("Product"), "catalogue.new"),
    ]
    return [New(label=label, url=url_for(endpoint)) for label, endpoint in known if _may(member, endpoint)]


def _group(
    member: Member, known: list[tuple[str, str, bool]], here: str | None, *, begins: bool = False
) -> list[Place]:
    open_to = [each for each in known if _may(member, each[1])]
    return [
        Place(
            label=label,
            url=url_for(endpoint),
            current=endpoint == here,
            near=near,
            begins=begins and position == 0,
        )
        for position, (label, endpoint, near) in enumerate(open_to)
    ]


def _here(endpoints: list[str]) -> str | None:
    """The one place of the menu under whose address this page is, or else whose noun it belongs to."""
    by_address = [each for each in endpoints if f"{request.path}/".startswith(f"{url_for(each)}/")]
    by_noun = [each for each in endpoints if each.partition(".")[0] == request.blueprint]
    return next(iter(by_address + by_noun), None)


def _may(member: Member, endpoint: str) -> bool:
    return may(member, permission_of(current_app, endpoint))
