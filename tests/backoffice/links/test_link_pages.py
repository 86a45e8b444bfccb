"""Who has a link to a quote: one more, once more, no more."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.db import db
from backoffice.links.models import Channel, ClientLink
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import QuoteVersion
from tests.factories import a_member, a_sent_quote, address_of


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


@pytest.fixture
def given(app) -> tuple[int, ClientLink]:
    return a_sent_quote()


@pytest.fixture
def rep(given, signed_in):
    return signed_in(rows(QuoteVersion)[0].frozen_by)


def invitations() -> list[OutgoingMail]:
    return rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_INVITATION)


def test_somebody_more_gets_a_link_of_their_own(client, given, rep):
    quote, link = given
    typed = {"name": "M. Moreau", "email": "m.moreau@example.com", "act": "mail"}
    assert rep.submit(f"/quotes/{quote}/links", typed, f"/quotes/{quote}/links").status_code == 303
    first, second = rows(ClientLink)
    assert (second.name, second.channel, second.nonce != first.nonce) == ("M. Moreau", Channel.MAIL, True)
    assert [mail.recipient_email for mail in invitations()] == [link.email, "m.moreau@example.com"]
    assert client.get(address_of(second)).status_code == 200
    assert "M. Moreau" in rep.page(f"/quotes/{quote}/links").text


def test_a_link_to_copy_needs_no_address_and_a_mail_does(given, rep):
    quote, _link = given
    form = f"/quotes/{quote}/links"
    refused = rep.submit(form, {"name": "M. Moreau", "email": "", "act": "mail"}, form)
    assert (refused.status_code, "M. Moreau" in refused.text, len(rows(ClientLink))) == (422, True, 1)
    assert rep.submit(form, {"name": "M. Moreau", "email": "", "act": "link"}, form).status_code == 303
    assert [link.channel for link in rows(ClientLink)] == [Channel.MAIL, Channel.COPIED]
    assert len(invitations()) == 1


def test_a_link_is_sent_again_once_for_each_time_it_is_asked(given, rep):
    quote, link = given
    page, again = f"/quotes/{quote}/links", f"/links/{link.id}/send-again"
    fields = rep.page(page).form(again)["fields"]
    assert [rep.post(again, data=fields).status_code for _click in range(2)] == [303, 303]
    assert len(invitations()) == 2
    rep.submit(page, {}, again)
    assert len({mail.message_id for mail in invitations()}) == 3


def test_a_revoked_link_opens_nothing_and_is_not_sent_again(client, given, rep):
    quote, link = given
    address, page = address_of(link), f"/quotes/{quote}/links"
    again = rep.page(page).form("send-again")
    assert rep.submit(page, {}, f"/links/{link.id}/revoke").status_code == 303
    for path in ("", "/sign", "/changes", "/refuse", "/quote.pdf"):
        assert client.get(address + path).status_code == 410
    assert rep.post(again["action"], data=again["fields"]).status_code == 409
    assert len(invitations()) == 1
    shown = rep.page(page)
    assert "Révoqué" in shown.text
    assert not any("/revoke" in form["action"] for form in shown.forms)


def test_a_colleagues_links_are_not_touched(given, signed_in):
    _, link = given
    stranger = signed_in(a_member(email="autre@atelier-duval.example"))
    for act in ("revoke", "send-again"):
        assert stranger.post(f"/links/{link.id}/{act}").status_code == 404
    assert rows(ClientLink)[0].revoked_at is None
