"""A database that is kept waiting too long: the page says so, and holds what was posted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Client
from backoffice.db import db
from backoffice.signatures.models import Signature
from tests.factories import PASSWORD, a_member, a_seller, a_sent_quote, address_of
from tests.reader import Page

INTRUDER = '"><script>alert(1)</script>'


@pytest.fixture
def held(app, database) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """``with held():`` somebody else keeps the lock, and this test waits for a twentieth of a second only."""

    def impatient(connection, _record, _proxy):
        if database == "sqlite":
            connection.execute("PRAGMA busy_timeout=50")
        else:
            connection.execute("SET lock_timeout = '50ms'")
            connection.commit()

    @contextmanager
    def holding() -> Iterator[None]:
        db.session.remove()
        with (
            db.engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            if database == "postgresql":
                connection.execute(sa.text("LOCK TABLE quotes, clients, failure_counters IN EXCLUSIVE MODE"))
            yield

    sa.event.listen(db.engine, "checkout", impatient)
    yield holding
    sa.event.remove(db.engine, "checkout", impatient)
    db.session.remove()
    db.engine.dispose()


def fields_of(answer) -> dict[str, str]:
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    forms = [form for form in Page(answer.text).forms if form["method"] == "post" and not form["action"]]
    assert len(forms) == 1  # without an action: it goes where it went
    return forms[0]["fields"]


def count_of(entity) -> int:
    db.session.remove()
    return db.session.scalar(sa.select(sa.func.count()).select_from(entity))


def test_a_signature_that_had_to_wait_is_given_by_pressing_once_more(client, held):
    _, link = a_sent_quote()
    address = f"{address_of(link, 'en')}/sign"
    typed = {
        **client.page(address).form("/sign")["fields"],
        "name": "Claire “C.” Moreau & fils",
        "mention": "Agreed",
        "consent": "y",
    }
    with held():
        answer = client.post(address, data=typed)
        kept = fields_of(answer)
        assert kept == typed
        assert "nothing was saved" in Page(answer.text).text
        assert address_of(link, "en") in Page(answer.text).links
    assert count_of(Signature) == 0
    assert client.post(address, data=kept).status_code == 303
    db.session.remove()
    assert db.session.scalars(sa.select(Signature.name)).one() == "Claire “C.” Moreau & fils"


def test_what_a_rep_typed_is_kept_and_stays_text(client, signed_in, held):
    a_seller()
    reader = signed_in(a_member())
    typed = {
        **reader.page("/clients/new").form("/clients")["fields"],
        "name": INTRUDER,
        "contact_name": "Élise Morin",
        "contact_email": "elise@morin.example",
    }
    with held():
        answer = reader.post("/clients", data=typed)
        assert "<script>alert" not in answer.text
        kept = fields_of(answer)
        assert kept == typed
    assert count_of(Client) == 0
    assert reader.post("/clients", data=kept).status_code == 303
    assert count_of(Client) == 1


def test_a_field_given_several_times_and_in_several_lines_comes_back_whole(client, signed_in, held):
    a_seller()
    reader = signed_in(a_member())
    fields = {
        **reader.page("/clients/new").form("/clients")["fields"],
        "name": "Morin",
        "more": ["a", "b\r\nc"],
    }
    with held():
        answer = reader.post("/clients", data=fields | {"contact_name": "Élise"})
        assert answer.text.count('name="more"') == 2
        assert fields_of(answer)["more"].splitlines() == ["b", "c"]


def test_a_password_is_never_written_into_a_page(client, held):
    a_member(email="rep@atelier-duval.example")
    fields = client.page("/sign-in").form("/sign-in")["fields"]
    with held():
        answer = client.post(
            "/sign-in", data={**fields, "email": "rep@atelier-duval.example", "password": PASSWORD}
        )
        assert PASSWORD not in answer.text
        assert "password" not in fields_of(answer)


def test_a_body_that_is_no_plain_form_is_not_sent_again(client, held):
    _, link = a_sent_quote()
    address = f"{address_of(link, 'en')}/sign"
    typed = {**client.page(address).form("/sign")["fields"], "mention": "Agreed", "consent": "y"}
    with held():
        answer = client.post(address, data=typed, content_type="multipart/form-data")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert Page(answer.text).forms == []
        assert "nothing was changed" in answer.text
