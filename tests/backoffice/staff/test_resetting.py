"""A forgotten password: the same answer to everybody, a link that works once, and every browser signed out."""

import re

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from backoffice import clock
from backoffice.db import db
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.settings import MailSettings
from backoffice.staff import accounts, throttle
from backoffice.staff.models import StaffMember
from backoffice.staff.tokens import RESET_SALT, bound_to, reset_token
from backoffice.work import unit_of_work
from tests.account_mails import claimed, link_in, mails
from tests.factories import PASSWORD, a_seller
from tests.signing import EMAIL, is_in, sign_in

NEW = "a few words that nobody guesses"


@pytest.fixture
def delivering(another_app):
    """With a mail server: without one nobody is promised a mail."""
    server = MailSettings(
        server="127.0.0.1", port=9, username=None, password=None, use_tls=False, use_ssl=False,
        sender="a@example.com", timeout=1,
    )  # fmt: skip
    app = another_app(mail=server)
    with app.app_context():
        yield app


@pytest.fixture
def client(delivering):
    reader = delivering.test_client()
    reader.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return reader


@pytest.fixture(autouse=True)
def firm(claire):
    return a_seller()


def ask(client, email=EMAIL):
    return client.submit("/forgotten-password", {"email": email}, "/forgotten-password")


def asked_mails() -> list[OutgoingMail]:
    return mails(MailKind.PASSWORD_RESET)


def without_tokens(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


def test_claire_gets_a_link_chooses_a_password_and_signs_in_with_it(client, claire):
    assert ask(client).location == "/sign-in"
    (mail,) = asked_mails()
    link = link_in(mail)
    answer = client.submit(link, {"password": NEW}, "/reset/")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_in(client), "the second factor, if any, is still asked for"
    assert sign_in(client, password=PASSWORD).status_code == 422
    assert sign_in(client, password=NEW).status_code == 303


def test_unknown_and_known_addresses_are_answered_alike(client, statements, claire):
    answers, asked = [], []
    for email in (EMAIL, "nobody@atelier-duval.example"):
        with statements() as made:
            answer = ask(client, email)
        asked.append([re.sub(r"\s+", " ", each) for each in made])
        answers.append((answer.status_code, answer.location, without_tokens(client.get("/sign-in").text)))
    assert answers[0] == answers[1]
    assert asked[0] == asked[1], "the same work for both: time tells nothing"


def test_to_nobody_no_mail_leaves_and_the_row_is_gone(client):
    ask(client, "nobody@atelier-duval.example")
    (mail,) = asked_mails()
    assert claimed(mail) is None
    assert asked_mails() == []


def test_to_somebody_who_has_left_no_mail_leaves(client, claire):
    with unit_of_work() as session:
        accounts.close(session, accounts.account_to_act_on(session, claire), by=None, at=clock.now())
    ask(client)
    assert claimed(asked_mails()[0]) is None


def test_the_mail_speaks_her_language_whoever_asked(client, claire):
    with unit_of_work() as session:
        session.get_one(StaffMember, claire).language = "fr"
    ask(client)
    (mail,) = asked_mails()
    assert mail.language == "en"
    claim = claimed(mail)
    assert (claim.mail.language, claim.mail.recipient_name) == ("fr", "Claire Duval")


def test_the_link_works_once_and_voids_all_others(client, claire):
    ask(client)
    ask(client)
    first, second = [link_in(each) for each in asked_mails()]
    form = client.page(first).form("/reset/")
    assert client.submit(second, {"password": NEW}, "/reset/").status_code == 303
    for link in (first, second):
        assert client.get(link).status_code == 410
    stolen = client.post(first, data=form["fields"] | {"password": "the password of a thief"})
    assert stolen.status_code == 410
    assert sign_in(client, password=NEW).status_code == 303


class Earlier(TimestampSigner):
    """A clock that is ``seconds`` behind."""

    seconds = 0

    def get_timestamp(self) -> int:
        return super().get_timestamp() - self.seconds


@pytest.mark.parametrize(("seconds", "status"), [(3590, 200), (3620, 410)])
def test_the_link_lasts_an_hour(client, claire, app, seconds, status):
    member = db.session.get_one(StaffMember, claire)
    signer = type("Signer", (Earlier,), {"seconds": seconds})
    keys = list(reversed(app.extensions["accord"].secret_keys))
    token = URLSafeTimedSerializer(keys, salt=RESET_SALT, signer=signer).dumps([claire, bound_to(member)])
    db.session.rollback()
    assert client.get(f"/reset/{token}").status_code == status


def test_every_browser_is_signed_out_and_she_is_told(client, delivering, claire):
    elsewhere = delivering.test_client()
    sign_in(elsewhere)
    ask(client)
    client.submit(link_in(asked_mails()[0]), {"password": NEW}, "/reset/")
    assert not is_in(elsewhere)
    assert [mail.facts["act"] for mail in mails(MailKind.ACCOUNT_CHANGED)] == ["password_reset"]


def test_three_mails_an_hour_and_no_word_of_it(client):
    answers = {ask(client).status_code for _ in range(5)}
    assert answers == {303}
    assert len(asked_mails()) == 3


def test_one_sender_may_not_try_out_addresses(client):
    statuses = [ask(client, f"somebody{number}@example.com").status_code for number in range(22)]
    assert statuses == [303] * throttle.RESETS_PER_ADDRESS.failures + [429, 429]


@pytest.mark.parametrize("forged", ["x", "WzEsIngiXQ.aaa.bbb", "a" * 3000, "é"])
def test_a_forged_link_leads_nowhere(client, forged):
    assert client.get(f"/reset/{forged}").status_code == 404
    assert client.post(f"/reset/{forged}", data={"password": NEW}).status_code == 404


def test_a_link_under_an_older_key_still_works(client, claire, another_app, app):
    old = app.extensions["accord"].secret_keys[0]
    token = reset_token(db.session.get_one(StaffMember, claire), ("newer " * 8, old))
    db.session.rollback()
    renewed = another_app(secret_keys=("newer " * 8, old))
    with renewed.app_context():
        assert renewed.test_client().get(f"/reset/{token}").status_code == 200


@pytest.mark.parametrize("weak", ["short", "motdepasse123", EMAIL, "x" * 300])
def test_a_weak_password_is_refused(client, claire, weak):
    ask(client)
    link = link_in(asked_mails()[0])
    assert client.submit(link, {"password": weak}, "/reset/").status_code == 422
    assert client.get(link).status_code == 200


def test_a_reset_forgives_wrong_passwords(client, claire):
    for _ in range(5):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client).status_code == 429
    ask(client)
    client.submit(link_in(asked_mails()[0]), {"password": NEW}, "/reset/")
    assert sign_in(client, password=NEW).status_code == 303
