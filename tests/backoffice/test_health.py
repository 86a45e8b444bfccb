"""What a proxy and a watchman are told."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.documents.models import Document
from backoffice.health import LATE
from backoffice.notifications.models import OutgoingMail
from tests.conftest import closed, migrate
from tests.factories import a_sent_quote
from wsgi import create_app


def test_a_site_at_work_is_well(client):
    for address in ("/health", "/health/worker"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (200, "ok\n")


def test_tables_of_another_version_serve_no_page(settings, tmp_path):
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'old.db'}"))
    answer = app.test_client().get("/health")
    assert (answer.status_code, "no tables" in answer.text) == (503, True)
    migrate(app, "0001")
    answer = app.test_client().get("/health")
    assert (answer.status_code, "db upgrade" in answer.text) == (503, True)
    closed(app)


def test_what_has_been_due_for_long_says_that_the_worker_is_away(app, client):
    a_sent_quote()
    for late, status in ((LATE - timedelta(minutes=1), 200), (LATE + timedelta(minutes=1), 503)):
        with db.engine.begin() as connection:
            for owed in (OutgoingMail, Document):
                connection.execute(sa.update(owed).values(available_at=clock.now() - late))
        answer = client.get("/health/worker")
        assert answer.status_code == status, answer.text
    assert "late" in answer.text


def test_a_mail_put_off_on_purpose_is_not_late(app, client):
    a_sent_quote()
    with db.engine.begin() as connection:
        later = clock.now() + timedelta(minutes=30)
        for owed in (OutgoingMail, Document):
            connection.execute(sa.update(owed).values(available_at=later))
    assert client.get("/health/worker").status_code == 200
