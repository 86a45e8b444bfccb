"""Flask-Security bent to the rules of the house.

It keeps passwords and the signed session. Its pages, tokens, remember-me cookie, JSON answers and
commands stay out: each would be a way in past our counters. What a role may do is decided in ``access``.
"""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, session
from flask_security import RoleMixin, Security, hash_password, login_user, logout_user
from flask_security.datastore import UserDatastore

from backoffice import access, clock
from backoffice.db import db
from backoffice.settings import Settings
from backoffice.staff import second_factor
from backoffice.staff.addresses import normal
from backoffice.staff.models import StaffMember, StaffSession
from backoffice.staff.passwords import LONGEST
from backoffice.work import unit_of_work

SECOND_STEP = "second_step"
STEP_LASTS = timedelta(minutes=10)

# RFC 9106, second recommended choice: 64 MiB, 3 passes, 4 lanes.
STRONG = {"argon2__memory_cost": 65536, "argon2__time_cost": 3, "argon2__parallelism": 4}
# A test signs in hundreds of times and guards nothing.
QUICK = {"argon2__memory_cost": 32, "argon2__time_cost": 1, "argon2__parallelism": 1}


class Datastore(UserDatastore):
    """Staff members for Flask-Security: it is given copies, and ``commit`` writes what it changed on them."""

    def __init__(self) -> None:
        super().__init__(StaffMember, RoleMixin)

    def find_user(self, case_insensitive: bool = True, **wanted: Any) -> StaffMember | None:  # noqa: FBT001, FBT002
        """By one attribute; addresses are always compared in their normal spelling."""
        ((attribute, value),) = wanted.items()
        if attribute == "email":
            value = normal(value)
        member = db.session.scalar(sa.select(StaffMember).where(getattr(StaffMember, attribute) == value))
        if member is not None:
            db.session.expunge(member)
        return member

    def put(self, model: StaffMember) -> StaffMember:
        if sa.inspect(model).session is None:  # one that is loaded in a unit of work is written by it
            g.setdefault("changed_accounts", []).append(model)
        return model

    def commit(self) -> None:
        """Write what was ``put`` since the last time, in a unit of its own."""
        changed = g.pop("changed_accounts", [])
        if changed:
            with unit_of_work() as open_session:
                for member in changed:
                    open_session.merge(member)


def init_app(app: Flask) -> None:
    """Comes after CSRFProtect; the cookie itself is described with the rest of the configuration."""
    settings: Settings = app.extensions["accord"]
    app.config.update(
        SESSION_REFRESH_EACH_REQUEST=False,  # no cookie on pages that change nothing, the portal's above all
        PERMANENT_SESSION_LIFETIME=StaffSession.LASTS,
        SESSION_PROTECTION=None,  # it would write to the session when the browser is updated
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_TRACKABLE=False,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=_cost(settings),
    )
    security = Security(app, Datastore(), register_blueprint=False)
    second_factor.init_app(app, security)
    _take_out_side_doors(app, security)


def _cost(settings: Settings) -> dict[str, int]:
    return QUICK if settings.environment == "testing" else STRONG


def _take_out_side_doors(app: Flask, security: Security) -> None:
    """No token or remember-me cookie lets anybody in; the session is read by pages that ask who is there."""
    manager = security.login_manager
    by_account = manager._user_callback  # noqa: SLF001 - Flask-Login has no reader for it
    manager.user_loader(lambda account: by_account(account) if access.member_or_none() else None)
    manager.request_loader(None)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)  # noqa: SLF001
    security.principal.identity_loaders.clear()
    processors = app.template_context_processors[None]
    processors[:] = [each for each in processors if each.__module__ != "flask_login.utils"]


def hashed(password: str) -> str:
    """What is stored of a password. Slow: never inside a unit of work."""
    return hash_password(_normalized(password))


def member_with(email: str, password: str) -> StaffMember | None:
    """Whoever has this address and password and is still with us. As slow when nobody has the address.

    Nothing is written here; ``commit_changes`` stores the hash anew when its cost has been raised.
    """
    return _right(_datastore().find_user(email=email), password)


def member_proved(member_id: int, password: str) -> StaffMember | None:
    """The same for somebody who is signed in already, before an act that a borrowed browser must not do."""
    return _right(_datastore().find_user(id=member_id), password)


def _right(member: StaffMember | None, password: str) -> StaffMember | None:
    db.session.rollback()  # no read transaction stays open while the hash is computed
    kept = _nobody() if member is None else member
    # One more sign than allowed is wrong already; more would only cost.
    right = kept.verify_and_update_password(_normalized(password)[: LONGEST + 1])
    return member if right and member is not None and member.is_active else None


def commit_changes() -> None:
    """Write what Flask-Security changed on an account, in a unit of its own."""
    _datastore().commit()


def _datastore() -> Datastore:
    datastore: Datastore = current_app.extensions["security"].datastore
    return datastore


def _nobody() -> StaffMember:
    """An account whose hash costs as much to check as any other, and that no password opens."""
    cost = _cost(current_app.extensions["accord"])
    salt, digest = (base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32))
    terms = f"m={cost['argon2__memory_cost']},t={cost['argon2__time_cost']},p={cost['argon2__parallelism']}"
    return StaffMember(password=f"$argon2id$v=19${terms}${salt}${digest}")


def _normalized(password: str) -> str:
    normalized: str = current_app.extensions["security"].password_util.normalize(password)
    return normalized


def open_browser_session(member: StaffMember, begun: StaffSession) -> None:
    """Give the browser a signed session made anew, so that one planted before sign-in is worth nothing."""
    session.clear()
    _forget_token()
    login_user(member, remember=False, authn_via=["password"])
    session[access.SESSION_KEY] = str(begun.id)
    session.permanent = True
    access.forget_member()


def await_second_step(member: StaffMember) -> None:
    """Remember in a signed session made anew that this browser gave the right password, and no more than that."""
    session.clear()
    _forget_token()
    session[SECOND_STEP] = {"account": member.fs_uniquifier, "at": clock.now().isoformat()}
    access.forget_member()


def awaited() -> str | None:
    """The account key of whoever gave the right password a short while ago and owes the code; or None."""
    found = session.get(SECOND_STEP)
    if not found or not (timedelta() <= clock.now() - datetime.fromisoformat(found["at"]) < STEP_LASTS):
        return None
    account: str = found["account"]
    return account


def close_browser_session() -> None:
    logout_user()
    session.clear()
    _forget_token()
    access.forget_member()


def _forget_token() -> None:
    """Flask-WTF keeps this request's token aside; the next one is of the new session."""
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
