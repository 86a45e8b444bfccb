"""What a rep reads of a client's answer, and does about it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.answers.models import Refusal, RequestReply, Withdrawal
from backoffice.db import db
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.staff.models import Role
from tests.factories import a_further_link, a_member, a_request, a_sent_quote, address_of, an_opportunity
from tests.reader import Page


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


@pytest.fixture
def deal(app) -> tuple[int, int, object]:
    deal = an_opportunity()
    quote, link = a_sent_quote(deal)
    return deal, quote, link


@pytest.fixture
def rep(deal, signed_in):
    (version,) = rows(QuoteVersion)
    return signed_in(version.frozen_by)


def test_a_request_stands_on_top_of_the_deal_and_is_answered_there(client, deal, rep):
    opportunity, quote, link = deal
    page = address_of(link)
    a_request(quote, link, "Plutôt en chêne,\nsi possible")
    shown = rep.page(f"/opportunities/{opportunity}")
    assert "Le client demande une modification" in shown.text
    assert "Plutôt en chêne" in shown.text
    assert f"/quotes/{quote}/reply" in shown.links
    answer = rep.submit(f"/quotes/{quote}/reply", {"text": "C’est compris dans le prix."}, "/reply")
    assert answer.status_code == 303
    assert rows(QuoteVersion)[0].state is VersionState.SENT
    (mail,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.REQUEST_ANSWERED)
    assert mail.facts["reply"] == "C’est compris dans le prix."
    for reader, address in ((rep, f"/opportunities/{opportunity}"), (client, page)):
        assert "C’est compris dans le prix." in reader.page(address).text
    assert rep.get(f"/quotes/{quote}/reply").status_code == 409


def test_a_new_version_answers_a_request_and_the_client_reads_what_replaced_what(client, deal, rep):
    _, quote, link = deal
    page = address_of(link)
    a_request(quote, link)
    a_further_link(quote)
    assert rep.get(f"/quotes/{quote}/reply").status_code == 409
    assert "La version 2 remplace la version 1." in client.page(page).text


def test_a_reply_written_while_another_request_came_is_kept_and_not_sent(deal, rep):
    _, quote, link = deal
    a_request(quote, link, "Un")
    fields = rep.page(f"/quotes/{quote}/reply").form("/reply")["fields"] | {"text": "Oui pour un."}
    a_request(quote, link, "Deux")
    late = rep.post(f"/quotes/{quote}/reply", data=fields)
    again = Page(late.text)
    assert (late.status_code, "Deux" in again.text) == (409, True)
    kept = again.form("/reply")["fields"]
    assert kept["text"].strip() == "Oui pour un."
    assert rows(RequestReply) == []
    assert rep.post(f"/quotes/{quote}/reply", data=kept).status_code == 303


def test_a_quote_is_withdrawn_with_a_word_that_the_client_reads(client, deal, rep):
    _, quote, link = deal
    page = address_of(link)
    assert rep.submit(f"/quotes/{quote}/withdraw", {"text": "Erreur de prix"}, "/withdraw").status_code == 303
    assert [each.text for each in rows(Withdrawal)] == ["Erreur de prix"]
    shown = client.page(page)
    assert "retiré" in shown.text
    assert "Erreur de prix" in shown.text
    assert not any(each.endswith(("/sign", "/changes", "/refuse")) for each in shown.links)


def test_a_refusal_by_telephone_is_recorded_with_who_said_it_and_who_noted_it(client, deal, rep):
    opportunity, quote, link = deal
    page = address_of(link)
    typed = {"name": "Mme Moreau mère", "reason": "1", "text": "Trop cher"}
    assert rep.submit(f"/quotes/{quote}/refusal", typed, "/refusal").status_code == 303
    (refusal,) = rows(Refusal)
    assert (refusal.link_id, refusal.recorded_by is not None, refusal.reason.fr) == (None, True, "Prix")
    assert "noté par Julien Duval" in rep.page(f"/opportunities/{opportunity}").text
    assert "Mme Moreau mère a refusé ce devis" in client.page(page).text
    assert rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_REFUSED_REP) == []


@pytest.mark.parametrize("act", ["withdraw", "refusal"])
def test_what_was_meant_for_another_version_is_asked_again(deal, rep, act):
    _, quote, _link = deal
    fields = rep.page(f"/quotes/{quote}/{act}").form(f"/{act}")["fields"] | {
        "text": "Mes mots",
        "reason": "1",
    }
    a_further_link(quote)
    late = rep.post(f"/quotes/{quote}/{act}", data=fields)
    kept = Page(late.text).form(f"/{act}")["fields"]
    assert (late.status_code, kept["text"].strip()) == (409, "Mes mots")
    assert [version.state for version in rows(QuoteVersion)] == [VersionState.SUPERSEDED, VersionState.SENT]
    assert rep.post(f"/quotes/{quote}/{act}", data=kept | {"reason": "1"}).status_code == 303


@pytest.mark.parametrize("act", ["reply", "withdraw", "refusal", "links"])
def test_a_colleagues_quote_does_not_exist(deal, signed_in, act):
    _, quote, link = deal
    a_request(quote, link)
    stranger = signed_in(a_member(email="autre@atelier-duval.example"))
    assert stranger.get(f"/quotes/{quote}/{act}").status_code == 404
    assert stranger.post(f"/quotes/{quote}/{act}", data={"text": "x"}).status_code == 404
    manager = signed_in(a_member(Role.MANAGER))
    assert manager.get(f"/quotes/{quote}/{act}").status_code == 200
    assert rows(Quote)[0].closed_at is None
