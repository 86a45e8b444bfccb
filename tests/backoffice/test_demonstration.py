"""The demonstration company: whole or going on, never twice, never among real clients."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from backoffice import clock
from backoffice.acceptances.models import Acceptance
from backoffice.db import db
from backoffice.demonstration import loading, showing
from backoffice.demonstration.company import DEALS, STAFF
from backoffice.documents.models import Document
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import QuoteReading
from backoffice.settings import PROJECT
from backoffice.signatures.models import Signature
from backoffice.staff.models import StaffMember
from backoffice.staff.security import member_with
from tests.conftest import SECRET
from tests.environment import environment_with
from tests.factories import a_sent_quote

EXPECTED = sorted((deal.title, deal.state) for deal in DEALS)


@pytest.fixture
def firm(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a home of its own."""
    before = app.extensions["accord"]
    app.extensions["accord"] = replace(before, home=tmp_path)
    yield app
    app.extensions["accord"] = before


@contextmanager
def interrupted_at(entity: type, number: int) -> Iterator[None]:
    """The load is broken off before its ``number``-th row of that kind."""
    seen = []

    def count(*_given: object) -> None:
        seen.append(1)
        if len(seen) == number:
            raise KeyboardInterrupt

    event.listen(entity, "before_insert", count)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        event.remove(entity, "before_insert", count)


def deals() -> list[tuple[str, str | None]]:
    """Titles with the states of their quotes."""
    db.session.remove()
    rows = db.session.execute(
        sa.text(
            "SELECT o.title, v.state FROM opportunities o LEFT JOIN quotes q ON q.opportunity_id = o.id"
            " LEFT JOIN quote_versions v ON v.quote_id = q.id"
        )
    )
    found = sorted((title, state) for title, state in rows)
    db.session.rollback()
    return found


def passwords_fit() -> bool:
    passwords: dict[str, str] = json.loads(loading.accounts_file().read_text())
    db.session.remove()
    return set(passwords) == {person.email for person in STAFF} and all(
        member_with(email, password) for email, password in passwords.items()
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entity", "number"),
    [
        (StaffMember, 2),
        (Opportunity, 1),
        (Opportunity, 3),
        (QuoteVersion, 2),
        (Signature, 1),
        (Acceptance, 1),
    ],
)
def test_a_load_that_was_interrupted_goes_on_the_next_time(firm, entity, number):
    with interrupted_at(entity, number):
        loading.load()
    loading.load()
    assert deals() == EXPECTED
    assert passwords_fit()
    loading.load()
    assert deals() == EXPECTED
    assert stat.S_IMODE(loading.accounts_file().stat().st_mode) == 0o600


@pytest.mark.slow
def test_two_loads_at_once_make_one_company_whose_passwords_fit(firm, tmp_path):
    settings = firm.extensions["accord"]
    environment = environment_with(
        {"ACCORD_ENV": "testing", "ACCORD_HOME": str(tmp_path), "DATABASE_URL": settings.database_url, "SECRET_KEY": SECRET}
    )  # fmt: skip
    (tmp_path / "static").symlink_to(PROJECT / ".artifacts" / "static")
    db.session.remove()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load"]
    started = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [each.communicate(timeout=90)[1] for each in started]
    assert [each.returncode for each in started] == [0, 0], said
    assert deals() == EXPECTED
    assert passwords_fit()


@pytest.mark.parametrize("database", ["sqlite"])
def test_its_prices_come_from_lists_and_its_quotes_leave_a_choice(firm):
    loading.load()
    db.session.remove()
    line = db.session.scalars(
        sa.select(OpportunityLine)
        .join(Opportunity)
        .where(Opportunity.title == "Bibliothèque de l’école", OpportunityLine.position == 2)
    ).one()
    assert (line.quantity, line.unit_price) == (24, 48)  # from twenty hours, by the list of the group above
    moreau = QuoteReading(db.session.get_one(QuoteVersion, 1).read(), "fr")
    assert moreau.leaves_choice
    assert all(item.image for item in moreau.items)


def test_what_somebody_changed_later_is_left_alone(firm):
    loading.load()
    with db.engine.begin() as connection:
        connection.execute(sa.update(Opportunity).where(Opportunity.id == 1).values(title="Something else"))
    loading.load()
    assert len(deals()) == len(DEALS)


def test_no_paper_of_it_is_late(firm):
    before = clock.now()
    loading.load()
    db.session.remove()
    wanted = db.session.execute(sa.select(Document.wanted_at, Document.available_at)).all()
    db.session.rollback()
    assert wanted
    assert {before - timedelta(seconds=1) < moment for row in wanted for moment in row} == {True}


@pytest.fixture
def in_production(firm: Flask) -> Callable[..., str]:
    """``in_production("demo", "show")``: what the command says on an installation with a real client's link."""
    a_sent_quote()
    db.session.remove()
    firm.extensions["accord"] = replace(firm.extensions["accord"], environment="production")

    def run(*words: str) -> str:
        result = firm.test_cli_runner().invoke(args=[*words])
        assert result.exit_code == 1
        return result.output

    return run


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("words", [("show",), ("show", "--json"), ("load",)])
def test_in_production_there_is_no_demonstration(in_production, words):
    said = in_production("demo", *words)
    assert "no demonstration in production" in said
    assert "/p/" not in said


@pytest.mark.parametrize("database", ["sqlite"])
def test_in_production_the_greeting_is_the_address_alone(in_production, firm):
    assert showing.briefly() == f"Accord answers at {firm.extensions['accord'].public_url}"
