"""Invited by mail: one link, one account, and nothing for whoever finds an old link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.errors import Refusal
from backoffice.invitations import inviting
from backoffice.invitations.models import Invitation
from backoffice.invitations.tokens import token_of
from backoffice.notifications.models import MailKind
from backoffice.staff.models import Role, StaffMember
from backoffice.staff.tokens import reset_token
from backoffice.work import unit_of_work
from tests.account_mails import claimed, link_in, mails
from tests.factories import a_member
from tests.signing import is_in, sign_in

MARIE = {"name": "Marie Kerjean", "email": "Marie@Atelier-Duval.example", "role": "manager", "language": "en"}
CHOSEN = "a few words that nobody guesses"


def invited(admin) -> str:
    assert admin.submit("/people/invite", MARIE, "/people/invite").status_code == 303
    return link_in(mails(MailKind.STAFF_INVITATION)[-1])


def enter(client, link: str, **typed: str):
    return client.submit(link, {"password": CHOSEN} | typed, "/invitation/")


def invitations() -> list[Invitation]:
    db.session.rollback()
    db.session.expunge_all()
    return list(db.session.scalars(sa.select(Invitation).order_by(Invitation.id)))


def test_who_is_invited_chooses_a_password_and_is_in(admin, client):
    link = invited(admin)
    answer = enter(client, link)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)
    marie = db.session.scalars(sa.select(StaffMember).where(StaffMember.name == "Marie Kerjean")).one()
    assert (marie.email, marie.role, marie.language) == ("marie@atelier-duval.example", Role.MANAGER, "en")
    again = client.application.test_client()
    assert sign_in(again, "marie@atelier-duval.example", CHOSEN).status_code == 303


def test_the_link_works_once(admin, client, app):
    link = invited(admin)
    page = client.page(link).form("/invitation/")
    enter(client, link)
    other = app.test_client()
    assert other.get(link).status_code == 410
    assert other.post(link, data=page["fields"] | {"password": "another long password"}).status_code == 410
    assert not sign_in(other, "marie@atelier-duval.example", "another long password").location


def test_sent_again_the_link_before_is_void(admin, client):
    old = invited(admin)
    (invitation,) = invitations()
    form = admin.page("/people").form(f"/people/invitations/{invitation.id}/send")
    assert admin.post(form["action"], data=form["fields"]).status_code == 303
    new = link_in(mails(MailKind.STAFF_INVITATION)[-1])
    assert new != old
    assert client.get(old).status_code == 410
    assert enter(client, new).status_code == 303


def test_withdrawn_it_opens_nothing_and_a_mail_still_waiting_does_not_leave(admin, client):
    assert admin.submit("/people/invite", MARIE, "/people/invite").status_code == 303
    (invitation,) = invitations()
    link = f"/invitation/{token_of(invitation.nonce, client.application.extensions['accord'].secret_keys)}"
    form = admin.page("/people").form("/withdraw")
    assert admin.post(form["action"], data=form["fields"]).status_code == 303
    assert client.get(link).status_code == 410
    assert claimed(mails(MailKind.STAFF_INVITATION)[0]).address is None
    assert admin.submit("/people/invite", MARIE, "/people/invite").status_code == 303, "may be invited anew"


def test_after_seven_days_it_is_too_late(admin, client):
    link = invited(admin)
    with unit_of_work() as session:
        session.execute(sa.update(Invitation).values(sent_at=clock.now() - timedelta(days=7)))
    assert client.get(link).status_code == 410
    assert claimed(mails(MailKind.STAFF_INVITATION)[0], clock.now() + timedelta(hours=1)).address is None


@pytest.mark.parametrize("forged", ["x", "eyJ4IjoxfQ.AAAA", "é" * 10, "a" * 3000, "ImFiIg.x.y"])
def test_a_forged_link_leads_nowhere(anne, client, forged):
    assert client.get(f"/invitation/{forged}").status_code == 404


def test_a_token_of_another_purpose_opens_nothing(anne, client, app):
    other = reset_token(db.session.get_one(StaffMember, anne), app.extensions["accord"].secret_keys)
    assert client.get(f"/invitation/{other}").status_code == 404
    assert (
        client.get(
            f"/reset/{token_of(b'0123456789abcdef', app.extensions['accord'].secret_keys)}"
        ).status_code
        == 404
    )


def test_an_address_that_has_an_account_or_an_invitation_is_told_beside_the_field(admin):
    a_member(email="marie@atelier-duval.example")
    answer = admin.submit("/people/invite", MARIE, "/people/invite")
    assert answer.status_code == 422
    assert "already has an account" in answer.text
    paul = MARIE | {"email": "paul@atelier-duval.example"}
    assert admin.submit("/people/invite", paul, "/people/invite").status_code == 303
    answer = admin.submit("/people/invite", paul, "/people/invite")
    assert (answer.status_code, "already invited" in answer.text) == (422, True)


def test_two_who_enter_by_one_link_at_the_same_moment_make_one_account(app, admin):
    invited(admin)
    (invitation,) = invitations()

    def accept(number: int) -> bool:
        with app.app_context():
            try:
                inviting.accept(
                    nonce=invitation.nonce,
                    name=f"Marie {number}",
                    password="x",
                    user_agent="",
                    at=clock.now(),
                )
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(max_workers=4) as racers:
        assert sum(racers.map(accept, range(4))) == 1
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StaffMember)) == 2


def test_a_weak_password_is_refused_and_the_name_kept(admin, client):
    link = invited(admin)
    answer = enter(client, link, password="motdepasse123", name="Marie K.")
    assert answer.status_code == 422
    assert 'value="Marie K."' in answer.text
    assert "motdepasse123" not in answer.text
    assert not is_in(client)


def test_account_mails_are_in_no_list_of_the_back_office(admin):
    invited(admin)
    (mail,) = mails(MailKind.STAFF_INVITATION)
    assert "invites you" not in admin.get("/mail").text
    assert admin.get(f"/mail/{mail.id}").status_code == 404
    assert admin.get(f"/mail/{mail.id}/html").status_code == 404
