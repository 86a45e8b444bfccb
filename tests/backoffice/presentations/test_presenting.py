"""Présenter: a link of its own, where it happens, and a browser that opens nothing else."""

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.links.models import Channel, ClientLink, Venue
from backoffice.notifications.models import OutgoingMail
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from backoffice.staff.models import Role, StaffSession
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import (
    PASSWORD,
    a_client,
    a_member,
    a_quote,
    a_seller,
    a_sent_quote,
    a_signed_quote,
    address_of,
    an_opportunity,
    everything,
)
from tests.reader import Page

AT_HOME = {"venue": "at_client", "place": "12 rue des Lices, Rennes", "act": "as_sent"}


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member(language="en")


@pytest.fixture
def deal(rep) -> int:
    return an_opportunity(rep)


def present(reader, quote, **changes):
    return reader.submit(f"/quotes/{quote}/present", AT_HOME | changes, "/present")


def newest_link() -> ClientLink:
    db.session.rollback()  # the requests wrote in sessions of their own
    return db.session.scalars(sa.select(ClientLink).order_by(ClientLink.id.desc()).limit(1)).one()


def stories(deal):
    db.session.rollback()
    rows = sa.select(TimelineEntry).where(TimelineEntry.opportunity_id == deal).order_by(TimelineEntry.id)
    return {each.kind: each.facts for each in db.session.scalars(rows)}


def test_a_sent_quote_is_shown_by_a_link_of_its_own_and_the_browser_is_lent(signed_in, rep, deal):
    quote, mailed = a_sent_quote(deal)
    reader = signed_in(rep)
    answer = present(reader, quote)
    link = newest_link()
    assert (answer.status_code, answer.location) == (303, "http://localhost" + address_of(link))
    assert link.id != mailed.id
    assert (link.channel, link.venue, link.place) == (
        Channel.IN_PERSON,
        Venue.AT_CLIENT,
        "12 rue des Lices, Rennes",
    )
    assert db.session.scalars(sa.select(StaffSession.lent_link_id)).all() == [link.id]
    assert [version.number for version in db.session.scalars(sa.select(QuoteVersion))] == [1]
    assert stories(deal)[EntryKind.QUOTE_PRESENTED]["venue"] == "at_client"
    assert "Version 1 presented in person to Claire Moreau (at the client’s, 12 rue des Lices, Rennes)" in (
        signed_in(rep).page(f"/opportunities/{deal}").text
    )


def test_a_quote_never_sent_is_frozen_and_shown_in_one_go_and_no_mail_leaves(signed_in, rep, deal):
    quote = a_quote(deal)
    answer = present(signed_in(rep), quote, act="anew", venue="on_premises", place="")
    assert answer.status_code == 303
    version = db.session.scalars(sa.select(QuoteVersion)).one()
    link = newest_link()
    assert (version.number, version.state, link.channel) == (1, VersionState.SENT, Channel.IN_PERSON)
    assert db.session.scalars(sa.select(OutgoingMail)).all() == []
    assert "Version 1 presented in person to Claire Moreau (on our premises)" in (
        signed_in(rep).page(f"/opportunities/{deal}").text
    )


def test_what_the_client_can_no_longer_answer_is_not_presented(signed_in, rep, deal):
    quote, _ = a_sent_quote(deal)
    reader = signed_in(rep)
    opened = reader.page(f"/quotes/{quote}/present").form("/present")["fields"]
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=VersionState.EXPIRED))
    before = everything()
    answer = reader.post(f"/quotes/{quote}/present", data=opened | AT_HOME)
    assert answer.status_code == 409
    assert everything() == before
    assert "as_sent" not in reader.get(f"/quotes/{quote}/present").text


def test_a_signed_quote_is_not_presented(signed_in, rep):
    quote, _, _ = a_signed_quote(an_opportunity(rep))
    assert signed_in(rep).get(f"/quotes/{quote}/present").status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"venue": None}, "Choose where you and the client are."),
        ({"venue": "moon"}, "Choose where you and the client are."),
        ({"venue": "elsewhere", "place": " "}, "Enter the place."),
        ({"place": "x" * 121}, "Shorten this text"),
        ({"name": ""}, "Enter the recipient’s name."),
        ({"csrf_token": "x"}, "This page was open for too long."),
    ],
)
def test_where_it_happens_is_always_chosen(signed_in, rep, deal, changes, sentence):
    quote, _ = a_sent_quote(deal)
    reader = signed_in(rep)
    before = everything()
    answer = present(reader, quote, **changes)
    page = Page(answer.text)
    assert (answer.status_code, sentence in page.text) == (422, True)
    assert page.form("/present")["fields"]["email"] == "claire.moreau@example.com"
    assert everything() == before


def test_nobody_presents_the_quote_of_a_colleague(signed_in, rep, deal):
    quote, _ = a_sent_quote(deal)
    other = signed_in(a_member(Role.REP, email="other@atelier-duval.example"))
    assert other.get(f"/quotes/{quote}/present").status_code == 404
    assert other.post(f"/quotes/{quote}/present", data=AT_HOME).status_code == 404


def the_signature() -> Signature:
    db.session.rollback()
    return db.session.scalars(sa.select(Signature)).one()


def sign_on(client, link):
    return client.submit(f"{address_of(link, 'en')}/sign", {"mention": "Agreed", "consent": "y"}, "/sign")


def test_what_is_signed_on_the_tablet_says_in_person_and_where(client, signed_in, rep, deal):
    quote, _ = a_sent_quote(deal)
    present(signed_in(rep), quote)
    answer = sign_on(client, newest_link())
    signature = the_signature()
    assert (signature.channel, signature.venue, signature.place) == (
        Channel.IN_PERSON, Venue.AT_CLIENT, "12 rue des Lices, Rennes",
    )  # fmt: skip
    assert "Please hand the tablet back to Julien Duval." in client.page(answer.location).text
    assert "Claire Moreau signed version 1 in person (at the client’s, 12 rue des Lices, Rennes)" in (
        signed_in(rep).page(f"/opportunities/{deal}").text
    )


def test_what_is_signed_by_that_link_after_the_tablet_was_taken_back_was_not_in_person(
    client, signed_in, rep, deal
):
    quote, _ = a_sent_quote(deal)
    reader = signed_in(rep)
    present(reader, quote)
    reader.submit("/tablet", {"password": PASSWORD}, "/tablet")
    link = newest_link()
    assert "tablet" not in client.page(address_of(link, "en")).text
    sign_on(client, link)
    signature = the_signature()
    assert (signature.channel, signature.venue, signature.place) == (Channel.COPIED, None, "")


def test_another_contact_of_the_client_gets_their_own_address(signed_in, rep):
    client_id = a_client(rep)
    quote, _ = a_sent_quote(an_opportunity(rep, client_id))
    with unit_of_work() as session:
        from backoffice.clients.models import Contact  # noqa: PLC0415

        session.add(Contact(client_id=client_id, name="Paul Moreau", email="paul@example.com", language="fr"))
    present(signed_in(rep), quote, name="Paul Moreau")
    assert (newest_link().name, newest_link().email) == ("Paul Moreau", "paul@example.com")


def test_a_quote_that_a_colleague_changed_meanwhile_is_read_again_first(signed_in, rep, deal):
    quote = a_quote(deal)
    reader = signed_in(rep)
    opened = reader.page(f"/quotes/{quote}/present").form("/present")["fields"]
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE quotes SET revision = revision + 1"))
    answer = reader.post(f"/quotes/{quote}/present", data=opened | AT_HOME | {"act": "anew"})
    assert answer.status_code == 409
    assert "Read its preview again, then present it." in Page(answer.text).text
    assert db.session.scalars(sa.select(StaffSession.lent_at)).all() == [None]
