"""The second step of signing in: codes of an app, recovery codes, and what a thief with the password gets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from passlib.totp import TOTP

from backoffice import clock
from backoffice.account import acts
from backoffice.db import db
from backoffice.notifications.models import OutgoingMail
from backoffice.staff import second_factor, signing_in
from backoffice.staff.models import AccountEntry, FailureCounter, StaffMember, StaffSession
from backoffice.staff.refusals import CodeNotRight
from backoffice.staff.throttle import STEP_PER_ACCOUNT, STEP_PER_DAY, code_guards
from backoffice.work import unit_of_work
from tests.factories import PASSWORD, a_member, a_seller
from tests.reader import Page, PageReader
from tests.signing import is_in, sign_in

KEY = "the key of these tests"


@pytest.fixture
def secret(claire: int, app: Flask) -> str:
    """Claire's, as her telephone knows it."""
    a_seller()
    sealed = second_factor.new_secret()
    with unit_of_work() as session:
        acts.turn_on(session, claire, secret=sealed, counter=0, keeping=uuid4(), at=clock.now())
    return second_factor.readable(sealed).replace(" ", "")


def code_of(secret: str, steps: int = 0) -> str:
    """What her telephone shows, so many steps of 30 seconds from now."""
    return str(TOTP(key=secret).generate(clock.now() + timedelta(seconds=30 * steps)).token)


def a_wrong_code(secret: str) -> str:
    right = {code_of(secret, steps) for steps in range(-2, 3)}
    return next(
        code for code in ("000000", "000001", "000002", "000003", "000004", "000005") if code not in right
    )


def give(client: PageReader, **typed: str):
    return client.submit("/sign-in/code", typed, "/sign-in/code")


def stored(claire: int) -> StaffMember:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(StaffMember, claire)


def recovery_codes(claire: int) -> list[str]:
    return second_factor.recovery_codes(stored(claire))


def test_the_password_alone_does_not_let_in(client, secret):
    answer = sign_in(client, onward="/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in/code?next=/account")
    assert not is_in(client)
    assert client.get("/account").status_code == 303
    assert db.session.scalars(sa.select(StaffSession)).all() == []


def test_password_and_code_let_in_and_lead_on(client, secret):
    sign_in(client, onward="/account")
    page = client.page("/sign-in/code?next=/account")
    answer = client.post(
        "/sign-in/code?next=/account", data=page.form()["fields"] | {"code": code_of(secret)}
    )
    assert (answer.status_code, answer.location) == (303, "/account")
    assert is_in(client)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_half_a_minute_wrong_is_forgiven(client, secret, steps):
    sign_in(client)
    assert give(client, code=code_of(secret, steps)).status_code == 303


@pytest.mark.parametrize("steps", [-3, 3])
def test_an_old_code_and_one_to_come_are_not_taken(client, secret, steps):
    sign_in(client)
    assert give(client, code=code_of(secret, steps)).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²", "-12345", "\x00" * 6]
)
def test_what_is_no_code_is_refused(client, secret, typed):
    sign_in(client)
    assert give(client, code=typed).status_code == 422


def test_no_code_is_taken_twice(app, client, secret):
    code = code_of(secret)
    sign_in(client)
    assert give(client, code=code).status_code == 303
    thief = app.test_client()
    sign_in(thief)
    assert give(thief, code=code).status_code == 422
    assert give(thief, code=code_of(secret, -1)).status_code == 422, "nor one from before it"
    assert not is_in(thief)


def test_a_code_used_twice_at_the_same_moment_lets_in_once(app, claire, secret):
    account, code = stored(claire).fs_uniquifier, code_of(secret)

    def enter(_number: int) -> bool:
        with app.app_context():
            try:
                signing_in.give_code(
                    account=account, code=code, recovery_code="", guards=code_guards(account, key=KEY),
                    user_agent="", at=clock.now(),
                )  # fmt: skip
            except CodeNotRight:
                return False
            return True

    with ThreadPoolExecutor(max_workers=4) as racers:
        assert sum(racers.map(enter, range(4))) == 1


def test_a_recovery_code_used_twice_at_the_same_moment_lets_in_once(app, claire, secret):
    account, code = stored(claire).fs_uniquifier, recovery_codes(claire)[3]

    def enter(_number: int) -> bool:
        with app.app_context():
            try:
                signing_in.give_code(
                    account=account, code="", recovery_code=code, guards=code_guards(account, key=KEY),
                    user_agent="", at=clock.now(),
                )  # fmt: skip
            except CodeNotRight:
                return False
            return True

    with ThreadPoolExecutor(max_workers=4) as racers:
        assert sum(racers.map(enter, range(4))) == 1
    left = recovery_codes(claire)
    assert len(left) == 9
    assert code not in left


def test_a_recovery_code_lets_in_once_and_its_owner_is_told(app, client, claire, secret):
    code = recovery_codes(claire)[0]
    sign_in(client)
    assert give(client, recovery_code=f"  {code.upper().replace('-', ' ')} ").status_code == 303
    again = app.test_client()
    sign_in(again)
    assert give(again, recovery_code=code).status_code == 422
    db.session.rollback()
    mails = db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert (mails[-1].facts["act"], mails[-1].facts["left"], mails[-1].opportunity_id) == (
        "recovery_code_used",
        9,
        None,
    )


def test_five_wrong_codes_and_the_right_one_has_to_wait(app, client, secret):
    sign_in(client)
    wrong = a_wrong_code(secret)
    assert [give(client, code=wrong).status_code for _ in range(5)] == [422] * 5
    answer = give(client, code=code_of(secret))
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    another = app.test_client()
    sign_in(another)
    assert give(another, code=code_of(secret)).status_code == 429, "wherever it comes from"


def test_a_day_of_guessing_ends_after_twenty_wrong_codes(app, client, claire, secret):
    account = stored(claire).fs_uniquifier
    short, day = code_guards(account, key=app.extensions["accord"].secret_keys[0])
    assert (short.limit, day.limit) == (STEP_PER_ACCOUNT, STEP_PER_DAY)
    with unit_of_work() as session:
        for _ in range(20):
            day.count_failure(session, at=clock.now())
    sign_in(client)
    assert give(client, code=code_of(secret)).status_code == 429


def test_wrong_codes_do_not_count_as_wrong_passwords_and_the_password_does_not_forgive_them(client, secret):
    wrong = a_wrong_code(secret)
    for _ in range(5):
        sign_in(client)
        give(client, code=wrong)
    assert sign_in(client).location == "/sign-in/code"
    assert give(client, code=code_of(secret)).status_code == 429


def test_the_step_is_owed_for_ten_minutes_only(client, secret):
    sign_in(client)
    with client.session_transaction() as cookie:
        cookie["second_step"]["at"] = (clock.now() - timedelta(minutes=11)).isoformat()
        cookie.modified = True
    answer = client.get("/sign-in/code")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_new_password_voids_a_step_begun_with_the_old_one(client, claire, secret):
    sign_in(client)
    page = client.page("/sign-in/code")
    with unit_of_work() as session:
        acts.change_password(session, claire, password="x", user_agent="", at=clock.now())
    answer = client.post("/sign-in/code", data=page.form()["fields"] | {"code": code_of(secret)})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_in(client)


def test_nobody_gets_to_the_second_step_without_the_first(client, secret):
    assert client.get("/sign-in/code").location == "/sign-in"
    page = client.page("/sign-in")
    fields = page.form()["fields"] | {"code": code_of(secret)}
    assert client.post("/sign-in/code", data=fields).location == "/sign-in"
    assert not is_in(client)


def test_the_table_holds_neither_secret_nor_codes_in_clear(claire, secret):
    member = stored(claire)
    assert member.tf_totp_secret is not None
    assert secret not in member.tf_totp_secret
    codes = second_factor.recovery_codes(member)
    assert len(set(codes)) == 10
    assert not [code for code in codes if code in str(member.mf_recovery_codes)]


def test_keys_may_be_renewed(client, claire, secret, another_app, app):
    old, new = app.extensions["accord"].secret_keys[0], "a new key of these tests 0123456789abcdefgh"
    renewed = another_app(secret_keys=(new, old))
    with renewed.app_context():
        reader = renewed.test_client()
        reader.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        sign_in(reader)
        assert give(reader, code=code_of(secret)).status_code == 303
        assert len(second_factor.recovery_codes(db.session.get_one(StaffMember, claire))) == 10
    only_new = another_app(secret_keys=(new,))
    with only_new.app_context():
        reader = only_new.test_client()
        reader.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        sign_in(reader)
        assert give(reader, code=code_of(secret, 1)).status_code == 303, (
            "written anew under the new key at sign-in"
        )
        assert len(second_factor.recovery_codes(db.session.get_one(StaffMember, claire))) == 10


def set_up(client: PageReader, code: str | None = None, password: str = PASSWORD):
    page = client.page("/account/second-factor")
    key = next(
        each for each in page.words if len(each.replace(" ", "")) == 32 and each.replace(" ", "").isalnum()
    )
    form = next(each for each in page.forms if "secret" in each["fields"])
    typed = form["fields"] | {"code": code or code_of(key.replace(" ", "")), "present": password}
    return client.post(form["action"], data=typed), key.replace(" ", ""), typed


def test_claire_sets_it_up_keeps_her_codes_and_signs_in_with_both(app, client, claire):
    a_seller()
    sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    answer, key, _typed = set_up(client)
    assert (answer.status_code, answer.location) == (303, "/account/second-factor/recovery-codes")
    assert not is_in(elsewhere), "another browser had the password alone"
    page = client.page("/account/second-factor/recovery-codes")
    codes = [word.strip() for word in page.words if word.strip().count("-") == 2]
    assert codes == recovery_codes(claire)
    file = client.get("/account/second-factor/recovery-codes.txt")
    assert file.text.split() == codes
    assert "attachment" in file.headers["Content-Disposition"]
    client.post("/account/second-factor/recovery-codes/kept", data=page.form("kept")["fields"])
    assert client.get("/account/second-factor/recovery-codes").status_code == 303, "shown once"
    assert client.get("/account/second-factor/recovery-codes.txt").status_code == 303
    sign_in(elsewhere)
    assert give(elsewhere, code=code_of(key, 1)).status_code == 303
    acts_noted = db.session.scalars(sa.select(AccountEntry.act).where(AccountEntry.staff_id == claire)).all()
    assert [each.value for each in acts_noted] == ["second_factor_on"]


@pytest.mark.parametrize(("code", "password"), [("000000", PASSWORD), (None, "not the password")])
def test_it_is_not_turned_on_without_code_and_password(client, claire, code, password):
    a_seller()
    sign_in(client)
    answer, _key, typed = set_up(client, code, password)
    assert answer.status_code == 422
    assert stored(claire).tf_totp_secret is None
    form = next(each for each in Page(answer.text).forms if "secret" in each["fields"])
    assert form["fields"]["code"] == typed["code"], "what was typed is still there"


def test_somebody_elses_set_up_is_not_taken(app, client, claire, signed_in):
    a_seller()
    sign_in(client)
    _answer, _key, typed = set_up(client, "000000")
    other = a_member(email="paul@atelier-duval.example")
    reader = signed_in(other)
    form = next(each for each in reader.page("/account/second-factor").forms if "secret" in each["fields"])
    answer = reader.post(
        form["action"],
        data=form["fields"] | {"secret": typed["secret"], "code": "123456", "present": PASSWORD},
    )
    assert answer.status_code == 422
    assert stored(other).tf_totp_secret is None


def test_turning_off_and_new_codes_want_the_password_and_guessing_it_is_slowed_down(client, claire, secret):
    sign_in(client)
    give(client, code=code_of(secret))
    before = recovery_codes(claire)
    for part in ("/off", "/recovery-codes/new"):
        assert client.submit("/account/second-factor", {"present": "wrong"}, part).status_code == 422
    assert recovery_codes(claire) == before
    assert (
        client.submit("/account/second-factor", {"present": PASSWORD}, "/recovery-codes/new").status_code
        == 303
    )
    after = recovery_codes(claire)
    assert len(after) == 10
    assert not set(after) & set(before)
    for _ in range(5):
        client.submit("/account/second-factor", {"present": "wrong"}, "/off")
    assert client.submit("/account/second-factor", {"present": PASSWORD}, "/off").status_code == 429
    with unit_of_work() as session:
        session.execute(sa.delete(FailureCounter))
    assert client.submit("/account/second-factor", {"present": PASSWORD}, "/off").status_code == 303
    assert stored(claire).mf_recovery_codes == []
