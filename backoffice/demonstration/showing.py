"""How a newcomer gets in: addresses, accounts and client links of the demonstration."""

import json
from typing import Any

import sqlalchemy as sa
from flask import current_app

from backoffice.db import db
from backoffice.demonstration.company import STAFF
from backoffice.demonstration.marks import accounts_file
from backoffice.links.models import ClientLink
from backoffice.links.tokens import link_address
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.settings import Settings


def facts() -> dict[str, Any]:
    """{"address", "accounts": [{"name", "role", "email", "password"}], "links": {state: address}}."""
    settings: Settings = current_app.extensions["accord"]
    passwords = json.loads(accounts_file().read_text()) if accounts_file().exists() else {}
    rows = db.session.execute(
        sa.select(QuoteVersion.state, ClientLink.nonce, ClientLink.language)
        .join(Quote, Quote.live_version_id == QuoteVersion.id)
        .join(ClientLink, ClientLink.quote_id == Quote.id)
        .order_by(ClientLink.id)
    ).all()
    links: dict[str, str] = {}
    for state, nonce, language in rows:
        links.setdefault(
            state.value, link_address(settings.secret_keys, settings.public_url, nonce, language)
        )
    return {
        "address": settings.public_url,
        "accounts": [
            {
                "name": person.name,
                "role": person.role.value,
                "email": person.email,
                "password": passwords[person.email],
            }
            for person in STAFF
            if person.email in passwords
        ],
        "links": links,
    }


def as_json() -> str:
    return json.dumps(facts(), indent=2, ensure_ascii=False)


def as_text() -> str:
    known = facts()
    return "\n".join(
        [
            *_accounts(known),
            "",
            "A client's page, one per state of a quote:",
            *(f"  {state:<18} {url}" for state, url in known["links"].items()),
        ]
    )


def briefly() -> str:
    """What ``./accord run`` prints once the pages answer; in production, where clients are real, the address only."""
    settings: Settings = current_app.extensions["accord"]
    if settings.production:
        return _answers_at(settings.public_url)
    known = facts()
    db.session.remove()  # the process lives as long as the site: a read transaction left open would hold SQLite's log
    lines = _accounts(known)
    if "sent" in known["links"]:
        lines += ["", "What a client opens, without an account:", f"  {known['links']['sent']}"]
    return "\n".join(lines)


def _answers_at(address: str) -> str:
    return f"Accord answers at {address}"


def _accounts(known: dict[str, Any]) -> list[str]:
    lines = [_answers_at(known["address"])]
    if known["accounts"]:
        lines += ["", "Demonstration accounts:"]
        lines += [
            f"  {each['role']:<11} {each['email']:<32} {each['password']}" for each in known["accounts"]
        ]
    return lines
