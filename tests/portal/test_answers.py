"""The client's other answers: not like this, and no. As easy as signing, and guarded alike."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.answering import MOST_PENDING
from backoffice.answers.models import ChangeRequest, Refusal, RenewalWish
from backoffice.db import db
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.reasons.models import Reason
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import (
    a_further_link,
    a_sent_quote,
    address_of,
    another_recipient,
    everything,
    signed,
)
from tests.house import revoked
from tests.reader import Page

WISH = "Plutôt en chêne,\net sans l’échelle. 🪵"


def asks(client, link, language="fr", **changes):
    return client.submit(f"{address_of(link, language)}/changes", {"text": WISH} | changes, "/changes")


def refuses(client, link, language="fr", **changes):
    return client.submit(
        f"{address_of(link, language)}/refuse",
        {"reason": str(reason_named("Prix")), "text": ""} | changes,
        "/refuse",
    )


def reason_named(name: str) -> int:
    with Session(db.engine) as session:
        return session.scalars(sa.select(Reason.id).where(Reason.name_fr == name)).one()


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


def state() -> VersionState:
    return rows(QuoteVersion)[-1].state


def test_a_request_is_one_act_with_all_its_consequences(client, link):
    answer = asks(client, link)
    assert (answer.status_code, answer.location) == (303, f"{address_of(link)}/changes/sent")
    (request,) = rows(ChangeRequest)
    assert (request.text, request.name, request.link_id) == (WISH, link.name, link.id)
    assert state() is VersionState.CHANGES_REQUESTED
    assert [notice.kind for notice in rows(Notice)] == [NoticeKind.CHANGES_REQUESTED]
    to_rep, to_client = (
        rows(OutgoingMail, OutgoingMail.kind == kind)[0]
        for kind in (MailKind.CHANGES_REQUESTED_REP, MailKind.CHANGES_REQUESTED_CLIENT)
    )
    assert (to_rep.reply_to, to_rep.facts["words"]) == (link.email, WISH)
    assert (to_client.recipient_email, to_client.link_id) == (link.email, link.id)
    assert EntryKind.CHANGES_REQUESTED in [entry.kind for entry in rows(TimelineEntry)]
    page = client.page(answer.location)
    assert "Plutôt en chêne" in page.text
    assert page.headings == ["Votre demande est envoyée"]
    assert "Plutôt en chêne" in client.page(address_of(link)).text


def test_a_second_click_and_a_reload_ask_once_and_a_second_request_is_added(client, link):
    form = client.page(f"{address_of(link)}/changes").form("/changes")
    fields = form["fields"] | {"text": WISH}
    answers = [client.post(form["action"], data=fields) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(ChangeRequest)) == 1
    assert asks(client, link, text="Et en deux fois").status_code == 303
    assert [request.text for request in rows(ChangeRequest)] == [WISH, "Et en deux fois"]
    assert len(rows(OutgoingMail, OutgoingMail.kind == MailKind.CHANGES_REQUESTED_REP)) == 2
    text = client.page(f"{address_of(link)}/changes/sent").text
    assert text.index("Plutôt en chêne") < text.index("Et en deux fois")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Say what you would like to change."),
        ({"text": "x" * 2001}, "2001 characters, 2000 are allowed"),
        ({"text": "a\x00b"}, "hidden character"),
        ({"name": ""}, "Enter your first and last name."),
        ({"email": "claire"}, "This is not an e-mail address."),
        ({"token": ""}, "open for too long or comes from elsewhere"),
    ],
)
@pytest.mark.parametrize("act", ["changes", "refuse"])
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, link, act, changes, sentence):
    before = everything()
    good = {"text": "Mes mots", "name": "Claire M."}
    if act == "refuse" and changes == {"text": ""}:  # which a refusal may go without
        changes, sentence = {"reason": None}, "Choose a reason."
    answer = (asks if act == "changes" else refuses)(client, link, "en", **(good | changes))
    page = Page(answer.text)
    assert (answer.status_code, sentence in page.text) == (422, True)
    kept = page.form(f"/{act}")["fields"]
    assert {name: kept[name].strip() for name in good if name not in changes} == {
        name: good[name] for name in good if name not in changes
    }
    assert everything() == before


def test_without_an_address_nobody_is_written_to_and_the_page_still_tells(client, link):
    asks(client, link, email="")
    assert rows(OutgoingMail, OutgoingMail.kind == MailKind.CHANGES_REQUESTED_CLIENT) == []
    (to_rep,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.CHANGES_REQUESTED_REP)
    assert to_rep.reply_to == to_rep.facts["rep"]["email"]


def test_a_refusal_keeps_the_reason_in_the_words_it_had(client, link):
    answer = refuses(client, link, "en", text="Trop cher\npour nous")
    assert (answer.status_code, answer.location) == (303, f"{address_of(link, 'en')}/refused")
    with unit_of_work() as session:
        session.get_one(Reason, reason_named("Prix")).archive(clock.now())
    (refusal,) = rows(Refusal)
    assert (refusal.reason.en, refusal.text, state()) == (
        "Price",
        "Trop cher\npour nous",
        VersionState.REFUSED,
    )
    page = client.page(answer.location)
    assert "Price" in page.text
    assert "Trop cher" in page.text
    (to_rep,) = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_REFUSED_REP)
    assert to_rep.facts["reason"] == {"fr": "Prix", "en": "Price"}
    assert [notice.kind for notice in rows(Notice)] == [NoticeKind.QUOTE_REFUSED]
    assert "You refused this quote" in client.page(address_of(link, "en")).text


def test_a_refusal_needs_a_reason_of_the_list_while_there_is_one(client, link):
    for reason in (None, "999999", "x"):
        assert refuses(client, link, reason=reason).status_code == 422
    with unit_of_work() as session:
        for each in session.scalars(sa.select(Reason)):
            each.archive(clock.now())
    assert refuses(client, link, reason=None, text="Non merci").status_code == 303
    assert rows(Refusal)[0].reason_id is None


def test_a_refusal_pressed_twice_is_one_and_told_twice(client, link):
    form = client.page(f"{address_of(link)}/refuse").form("/refuse")
    fields = form["fields"] | {"reason": str(reason_named("Prix"))}
    answers = [client.post(form["action"], data=fields) for _click in range(2)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"{address_of(link)}/refused")
    }
    assert len(rows(Refusal)) == 1


def opened(client, link, act):
    form = client.page(f"{address_of(link, 'en')}/{act}").form(f"/{act}")
    fields = form["fields"] | {"text": "My own words"}
    if act == "refuse":
        fields["reason"] = str(reason_named("Prix"))
    return lambda: client.post(form["action"], data=fields)


@pytest.mark.parametrize("act", ["changes", "refuse"])
def test_what_was_replaced_while_it_was_read_is_shown_again_with_the_words(app, client, act):
    quote, link = a_sent_quote()
    press = opened(client, link, act)
    a_further_link(quote)
    before = everything()
    answer = press()
    page = Page(answer.text)
    assert (answer.status_code, "newer version" in page.text) == (409, True)
    assert everything() == before
    fields = page.form(f"/{act}")["fields"]
    assert fields["text"].strip() == "My own words"
    again = client.post(page.form(f"/{act}")["action"], data=fields | {"reason": str(reason_named("Prix"))})
    assert again.status_code == 303


@pytest.mark.parametrize("act", ["changes", "refuse"])
@pytest.mark.parametrize("end", ["signed", "refused", "expired", "withdrawn"])
def test_what_ended_while_it_was_read_gives_the_words_back(app, client, act, end):
    quote, link = a_sent_quote()
    (colleague,) = another_recipient(quote, link, 1)
    press = opened(client, link, act)
    if end == "signed":
        with unit_of_work() as session:
            signed(session, quote, colleague, clock.now())
    elif end == "refused":
        assert refuses(client, colleague).status_code == 303
    else:
        with db.engine.begin() as connection:
            connection.execute(sa.update(QuoteVersion).values(state=VersionState(end)))
    before = everything()
    answer = press()
    assert (answer.status_code, "My own words" in answer.text) == (409, True)
    assert everything() == before


@pytest.mark.parametrize("act", ["changes", "refuse"])
def test_a_link_that_was_revoked_while_it_was_read_is_gone(app, client, act):
    _, link = a_sent_quote()
    press = opened(client, link, act)
    revoked(link)
    assert press().status_code == 410


def test_nobody_sends_requests_without_end(client, link):
    for number in range(MOST_PENDING):
        assert asks(client, link, text=f"Demande {number}").status_code == 303
    answer = asks(client, link, text="Encore")
    assert (answer.status_code, "Encore" in answer.text, len(rows(ChangeRequest))) == (
        409,
        True,
        MOST_PENDING,
    )


def test_signing_while_a_request_waits_warns_and_closes_it(client, link):
    asks(client, link)
    sign = f"{address_of(link)}/sign"
    assert "Votre demande est en attente" in client.page(sign).text.replace("\u202f", " ")
    assert "vous signez la version actuelle" in client.page(sign).text
    assert "you are signing the current version" in client.page(f"{address_of(link, 'en')}/sign").text
    assert client.submit(sign, {"mention": "Bon pour accord", "consent": "y"}, "/sign").status_code == 303
    assert state() is VersionState.SIGNED
    assert client.get(f"{address_of(link)}/changes").location == address_of(link)


def test_a_colleague_does_not_read_what_another_wrote(app, client):
    quote, link = a_sent_quote()
    (colleague,) = another_recipient(quote, link, 1)
    asks(client, link)
    assert "Plutôt en chêne" not in client.page(address_of(colleague)).text
    assert client.get(f"{address_of(colleague)}/changes/sent").location == address_of(colleague)
    refuses(client, link, text="Secret")
    text = client.page(address_of(colleague)).text
    assert ("Secret" in text, link.name in text) == (False, True)


def test_more_time_is_asked_for_once_a_day(app, client):
    _, link = a_sent_quote(at=clock.now() - timedelta(days=45))
    page = address_of(link)
    for _day in range(2):
        form = client.page(page).form("/renew")
        answers = [client.post(form["action"], data=form["fields"]) for _click in range(2)]
        assert {answer.status_code for answer in answers} == {303}
        assert not any("/renew" in each["action"] for each in client.page(page).forms)
        assert "Vous avez demandé" in client.page(page).text
        with db.engine.begin() as connection:  # a day passes
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            else:
                connection.exec_driver_sql("DROP TRIGGER IF EXISTS frozen_renewal_wishes_update")
            connection.execute(
                sa.update(RenewalWish).values(asked_on=RenewalWish.asked_on - timedelta(days=1))
                if connection.dialect.name == "postgresql"
                else sa.text("UPDATE renewal_wishes SET asked_on = date(asked_on, '-1 day')")
            )
    assert len(rows(RenewalWish)) == 2
    assert len(rows(OutgoingMail, OutgoingMail.kind == MailKind.RENEWAL_ASKED)) == 2


def test_what_has_not_expired_needs_no_renewal(client, link):
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=VersionState.EXPIRED))
    form = client.page(address_of(link)).form("/renew")
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=VersionState.SENT))
    before = everything()
    answer = client.post(form["action"], data=form["fields"])
    assert (answer.status_code, answer.location) == (303, address_of(link))
    assert everything() == before


def test_a_renewal_that_was_refused_is_read_in_the_other_language(app, client):
    """The form was sent without its token: the page that says so leads to pages that there are."""
    long_ago = clock.now() - timedelta(days=90)
    link = a_sent_quote(at=long_ago)[1]
    answer = client.post(f"{address_of(link)}/renew", data={"token": "forged"})
    assert answer.status_code == 422
    assert address_of(link, "en") in Page(answer.text).links
