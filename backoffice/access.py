"""Who may open which page of the back office. Closed by default.

A view says what it needs with ``@needs(Permission.…)``; PERMISSIONS says which roles have it; OPEN
lists the pages without a lock. Whose deals somebody sees is a condition of the query, given here.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from sqlalchemy.sql import ColumnElement

from backoffice import clock
from backoffice.db import db
from backoffice.errors import NotFound, Refusal
from backoffice.opportunities.models import Opportunity
from backoffice.paging import walked
from backoffice.staff.members import Member, member_signed_in
from backoffice.staff.models import Role
from backoffice.welcome.queries import is_untouched

SESSION_KEY = "staff_session"
ACCOUNT_KEY = "_user_id"  # Flask-Login's name for the account key in the signed session
HOME = "/"
PORTAL = "portal"
SIGN_IN = "staff.sign_in"
LOCAL = re.compile(r"/(?!/)[^\\\s\x00-\x1f\x7f-\x9f]*")

View = TypeVar("View", bound=Callable[..., Any])

# Pages without a lock, besides the portal's, which guards itself by its links.
OPEN = frozenset(
    {
        "brand", "logo", "health", "health_of_worker", "staff.photo",
        "staff.sign_in", "staff.enter", "staff.sign_out", "staff.second_step", "staff.give_code",
        "staff.forgotten", "staff.ask_reset", "staff.reset", "staff.set_password",
        "invitations.show", "invitations.accept", "presentations.lent", "presentations.take_back",
        "welcome.show", "welcome.begin",
    }
)  # fmt: skip

# Of all pages, what a browser may still ask for while it is held out to a client, besides the portal's.
LENT = frozenset(
    {
        "brand",
        "logo",
        "health",
        "health_of_worker",
        "staff.photo",
        "presentations.lent",
        "presentations.take_back",
    }
)


class Permission(StrEnum):
    """What a view may need."""

    ENTER = "enter"  # the home page, one's own account
    SELL = "sell"  # opportunities, quotes
    SEE_ORDERS = "see_orders"
    BILL = "bill"  # draft and issue invoices
    SEE_INVOICES = "see_invoices"
    KEEP_BOOKS = "keep_books"  # all invoices and credit notes at once, to take away
    SEE_MAIL = "see_mail"  # a rep: of the own deals
    KEEP_CATALOGUE = "keep_catalogue"  # enter, change and archive products
    EXCHANGE = "exchange"  # whole lists in and out: all prices, all clients
    SET_UP = "set_up"  # what holds for the whole firm
    MANAGE_PEOPLE = "manage_people"  # invite, roles, leaving


EVERYBODY = frozenset(Role)

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.ENTER: EVERYBODY,
    Permission.SELL: frozenset({Role.REP, Role.MANAGER, Role.ADMIN}),
    Permission.SEE_ORDERS: EVERYBODY,
    Permission.BILL: EVERYBODY,
    Permission.SEE_INVOICES: EVERYBODY,
    Permission.KEEP_BOOKS: frozenset({Role.ACCOUNTANT, Role.ADMIN}),
    Permission.SEE_MAIL: frozenset({Role.REP, Role.MANAGER, Role.ADMIN}),
    Permission.KEEP_CATALOGUE: frozenset({Role.REP, Role.MANAGER, Role.ADMIN}),
    Permission.EXCHANGE: frozenset({Role.MANAGER, Role.ADMIN}),
    Permission.SET_UP: frozenset({Role.ADMIN}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
}


class BrowserLent(Refusal):
    """This browser is in a client's hands: only the password of whoever lent it opens the back office."""

    status = 403


class UndeclaredPermission(Exception):
    """A page of the back office says neither who may open it nor that everybody may."""


def init_app(app: Flask) -> None:
    """Comes last, when all pages are known: raises UndeclaredPermission for one that nobody thought about."""
    app.before_request(_guard)
    check(app)


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what a view needs; written right above the function, under the route."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    return getattr(app.view_functions.get(endpoint), "permission", None)


def is_open(endpoint: str) -> bool:
    """True for pages that need nobody signed in: the short list, and all of the portal."""
    return endpoint in OPEN or endpoint.partition(".")[0] == PORTAL


def stays_open(endpoint: str) -> bool:
    """Whether a browser that is held out to a client opens it: signing in and out are shut too."""
    return endpoint in LENT or endpoint.partition(".")[0] == PORTAL


def undeclared(app: Flask) -> list[str]:
    """Endpoints that neither are open nor say what they need. Must be empty."""
    return sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if not is_open(rule.endpoint) and permission_of(app, rule.endpoint) is None
        }
    )


def check(app: Flask) -> None:
    """Raise UndeclaredPermission when an endpoint was forgotten."""
    forgotten = undeclared(app)
    if forgotten:
        raise UndeclaredPermission(", ".join(forgotten))


def _guard() -> Response | None:
    """Let in, send to sign-in, or answer as if the page did not exist."""
    endpoint = request.endpoint
    if endpoint is None:  # there is no such page, and Flask says so itself
        return None
    if not stays_open(endpoint) and lender_or_none() is not None:
        raise BrowserLent
    if endpoint == SIGN_IN and is_untouched(db.session()):
        return redirect(url_for("welcome.show"), 303)  # type: ignore[return-value]
    if is_open(endpoint):
        return None
    member = member_or_none()
    if member is None and is_untouched(db.session()):
        return redirect(url_for("welcome.show"), 303)  # type: ignore[return-value]
    if member is None:
        onward = request.full_path.removesuffix("?") if request.method in {"GET", "HEAD"} else None
        if onward == HOME:
            onward = None
        return redirect(url_for("staff.sign_in", next=onward), 303)  # type: ignore[return-value]
    if not may(member, permission_of(current_app, endpoint)):
        raise NotFound
    return None


def may(member: Member, permission: Permission | None) -> bool:
    """Whether the role has the permission; nobody has one that was not declared."""
    return permission is not None and member.role in PERMISSIONS[permission]


def member_or_none() -> Member | None:
    """The signed-in person, looked up once per request; the page is then in the person's language.

    Nobody, while the browser is held out to a client.
    """
    if "member" not in g:
        found = _look_up()
        is_lent = found is not None and found.lent_link_id is not None
        g.member, g.lender = (None, found) if is_lent else (found, None)
    member: Member | None = g.member
    if member is not None:
        g.language = member.language
    return member


def lender_or_none() -> Member | None:
    """Who held this browser out to a client and has not taken it back; the page is in that person's language."""
    member_or_none()
    lender: Member | None = g.lender
    if lender is not None:
        g.language = lender.language
    return lender


def current_member() -> Member:
    """The signed-in person; on a page behind the guard there always is one. Raises NotFound otherwise."""
    member = member_or_none()
    if member is None:
        raise NotFound
    return member


def forget_member() -> None:
    """Look again when next asked: somebody signed in or out during this request."""
    g.pop("member", None)
    g.pop("lender", None)


def _look_up() -> Member | None:
    given, account = session.get(SESSION_KEY), session.get(ACCOUNT_KEY)
    if not given or not account:
        return None
    return member_signed_in(db.session(), UUID(given), account=account, at=clock.now())


def local_address(target: str | None) -> str:
    """``target`` when it is a page of this site given without a host, otherwise the home page.

    Browsers read a backslash as a slash and drop tabs and line ends: these, and all their kind, are refused.
    """
    if target is None or not LOCAL.fullmatch(target) or target.partition("?")[0] in {"/sign-in", "/sign-out"}:
        return HOME
    return target


def sees_all(member: Member) -> bool:
    """Managers and administrators see everybody's deals."""
    return member.role in {Role.MANAGER, Role.ADMIN}


def owned_by(member: Member, *, walking: bool = False) -> ColumnElement[bool]:
    """Condition on Opportunity: the deals (and quotes) that this person may see; an accountant, none.

    ``walking``: for a list in an order of its own, of which the deal of each row is looked up (``paging.walked``).
    """
    if sees_all(member):
        return sa.true()
    if member.role is Role.REP:
        return owner(member.id, walking=walking)
    return sa.false()


def owner(staff_id: int, *, walking: bool = False) -> ColumnElement[bool]:
    """Condition on Opportunity: the deals of one person, whatever they may see; ``walking`` as above."""
    return (walked(Opportunity.owner_id) if walking else Opportunity.owner_id) == staff_id


def papers_of(member: Member) -> ColumnElement[bool]:
    """Condition on Opportunity: whose orders and invoices this person may see; an accountant, all."""
    return sa.true() if member.role is Role.ACCOUNTANT else owned_by(member, walking=True)
