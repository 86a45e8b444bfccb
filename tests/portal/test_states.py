"""The honest page of every state: what a client reads, and that only an open quote can be signed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.links.models import Channel, ClientLink
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import LIVE, VersionState
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import (
    a_further_link,
    a_quote,
    a_sent_quote,
    a_signed_quote,
    address_of,
    an_opportunity,
    another_recipient,
    everything,
)

WORDS = {
    VersionState.SENT: "Awaiting your answer",
    VersionState.CHANGES_REQUESTED: "Your request is being looked at",
    VersionState.REFUSED: "Refused",
    VersionState.EXPIRED: "Expired",
    VersionState.WITHDRAWN: "Withdrawn",
    VersionState.SUPERSEDED: "Replaced",
}


def moved(state: VersionState) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=state))


def pressed(client, link, **changes):
    """Signs with a form that was opened while that was possible."""
    return client.submit(
        f"{address_of(link, 'en')}/sign", {"mention": "Agreed", "consent": "y"} | changes, "/sign"
    )


@pytest.mark.parametrize("state", WORDS)
def test_the_page_says_how_the_quote_stands(client, link, state):
    moved(state)
    page = client.page(address_of(link, "en"))
    assert WORDS[state] in page.text
    assert page.headings == ["Bibliothèque sur mesure"]
    signs = [address for address in page.links if address.endswith("/sign")]
    assert bool(signs) == (state in LIVE)


@pytest.mark.parametrize("state", [state for state in WORDS if state not in LIVE])
def test_what_is_closed_offers_no_form_and_refuses_one_opened_before(client, link, state):
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    moved(state)
    before = everything()
    shown = client.get(f"{address_of(link, 'en')}/sign")
    assert (shown.status_code, shown.location) == (303, address_of(link, "en"))
    answer = client.post(form["action"], data={**form["fields"], "mention": "Agreed", "consent": "y"})
    assert answer.status_code == 409
    assert "no longer" in answer.text
    assert everything() == before


def test_a_version_is_closed_from_the_end_of_its_last_day_before_any_sweep_comes_by(app, client):
    _, link = a_sent_quote(at=clock.now() - timedelta(days=45))
    page = client.page(address_of(link, "en"))
    assert "Expired" in page.text
    assert "can extend it for you" in page.text
    assert not any(address.endswith("/sign") for address in page.links)


def test_a_quote_that_expires_while_it_is_read_is_not_signed(client, link):
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER frozen_quote_versions_update")
        connection.execute(sa.update(QuoteVersion).values(closes_at=clock.now()))
    answer = client.post(form["action"], data={**form["fields"], "mention": "Agreed", "consent": "y"})
    assert answer.status_code == 409
    assert "expired" in answer.text


def test_the_link_always_shows_the_latest_version_that_was_sent(app, client):
    quote, link = a_sent_quote()
    a_further_link(quote)
    assert "version 2" in client.page(address_of(link, "en")).text


def test_a_signed_quote_says_by_whom_and_leads_its_signer_to_the_confirmation(app, client):
    _, link, _ = a_signed_quote()
    page = client.page(address_of(link, "en"))
    assert "Signed by Claire Moreau" in page.text
    assert f"{address_of(link, 'en')}/signed" in page.links
    assert client.get(f"{address_of(link)}/sign").location == f"{address_of(link)}/signed"


def test_a_colleague_sees_that_it_is_signed_and_cannot_sign_again(app, client):
    quote, link = a_sent_quote()
    (colleague,) = another_recipient(quote, link, 1)
    late = client.page(f"{address_of(colleague, 'en')}/sign").form("/sign")
    assert pressed(client, link).status_code == 303
    page = client.page(address_of(colleague, "en"))
    assert "Signed by" in page.text
    assert not any(address.endswith(("/sign", "/signed")) for address in page.links)
    assert client.get(f"{address_of(colleague)}/signed").location == address_of(colleague)
    answer = client.post(late["action"], data={**late["fields"], "mention": "Agreed", "consent": "y"})
    assert (answer.status_code, "Somebody else has already signed it" in answer.text) == (409, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 1


def test_a_reply_that_was_lost_is_given_again(client, link):
    form = client.page(f"{address_of(link, 'en')}/sign").form("/sign")
    fields = {**form["fields"], "mention": "Agreed", "consent": "y"}
    first, again = (client.post(form["action"], data=fields) for _ in range(2))
    assert [first.status_code, again.status_code] == [303, 303]
    assert first.location == again.location == f"{address_of(link, 'en')}/signed"
    assert client.page(first.location).headings == ["Thank you Claire Moreau, it is signed"]


def test_a_quote_that_was_never_sent_has_no_page(app, client):
    at, unsent = clock.now(), a_quote(an_opportunity())
    with unit_of_work() as session:
        link = ClientLink(
            quote_id=unsent,
            channel=Channel.COPIED,
            name="Claire",
            language="fr",
            created_at=at,
            expires_at=at + timedelta(days=1),
        )
        session.add(link)
    assert client.get(address_of(link)).status_code == 404
