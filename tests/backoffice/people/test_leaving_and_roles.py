"""Roles, the last administrator, and whoever leaves: their work goes on in a colleague's hands."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image

from backoffice import clock
from backoffice.account import acts
from backoffice.agenda.models import Task, TaskKind
from backoffice.clients.models import Client
from backoffice.db import db
from backoffice.errors import Refusal
from backoffice.notifications.models import MailKind
from backoffice.opportunities.models import Opportunity
from backoffice.people import leaving
from backoffice.staff import accounts
from backoffice.staff.models import AccountEntry, Role, StaffMember
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.account_mails import mails
from tests.factories import PASSWORD, a_client, a_member, a_sent_quote, address_of, an_opportunity, everything
from tests.reader import Page
from tests.signing import is_in, sign_in


def stored(member: int) -> StaffMember:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(StaffMember, member)


def change_role(admin, member: int, role: str, **typed: str):
    return admin.submit(f"/people/{member}", {"role": role} | typed, f"/people/{member}/role")


def test_a_role_is_changed_noted_and_told(admin, anne):
    paul = a_member(email="paul@atelier-duval.example", name="Paul Le Goff")
    assert change_role(admin, paul, "manager").status_code == 303
    assert stored(paul).role is Role.MANAGER
    entry = db.session.scalars(sa.select(AccountEntry).where(AccountEntry.staff_id == paul)).one()
    assert (entry.facts, entry.by_id) == ({"from": "rep", "to": "manager"}, anne)
    assert [mail.facts["by"] for mail in mails(MailKind.ACCOUNT_CHANGED)] == ["Anne Duval"]


def test_the_last_administrator_stays_one(admin, anne):
    answer = change_role(admin, anne, "rep")
    assert answer.status_code == 409
    assert "only administrator" in answer.text
    assert stored(anne).role is Role.ADMIN


def test_a_role_changed_meanwhile_is_not_overwritten_unseen(admin, anne):
    paul = a_member(email="paul@atelier-duval.example", name="Paul Le Goff")
    page = admin.page(f"/people/{paul}").form("/role")
    assert change_role(admin, paul, "accountant").status_code == 303
    answer = admin.post(page["action"], data=page["fields"] | {"role": "manager"})
    assert answer.status_code == 409
    form = Page(answer.text).form("/role")
    assert (form["fields"]["role"], form["fields"]["seen_version"]) == ("manager", "accountant")
    assert admin.post(form["action"], data=form["fields"]).status_code == 303


def test_two_administrators_who_step_down_at_the_same_moment_leave_one(app, anne):
    hugo = a_member(Role.ADMIN, email="hugo@atelier-duval.example", name="Hugo Duval")

    def step_down(member: int) -> bool:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    accounts.change_role(session, member, Role.REP, was="admin", by=member, at=clock.now())
            except Refusal:
                return False
            return True

    for _ in range(5):
        with ThreadPoolExecutor(max_workers=2) as racers:
            assert sorted(racers.map(step_down, (anne, hugo))) == [False, True]
        with unit_of_work() as session:
            session.execute(sa.update(StaffMember).values(role=Role.ADMIN))


def test_one_steps_down_while_the_other_leaves_and_one_remains(app, anne):
    hugo = a_member(Role.ADMIN, email="hugo@atelier-duval.example", name="Hugo Duval")

    def attempt(act) -> bool:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    act(session)
            except Refusal:
                return False
            return True

    acts_at_once = [
        lambda session: accounts.change_role(session, anne, Role.REP, was="admin", by=anne, at=clock.now()),
        lambda session: leaving.leave(session, hugo, taker=None, by=anne, at=clock.now()),
    ]
    with ThreadPoolExecutor(max_workers=2) as racers:
        assert sorted(racers.map(attempt, acts_at_once)) == [False, True]


def test_who_leaves_hands_over_everything_at_once(app, admin, anne, client):
    julien = a_member(email="julien@atelier-duval.example", name="Julien Duval")
    nadia = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    _, link = a_sent_quote(an_opportunity(julien, title="Escalier"))
    other = an_opportunity(julien, a_client(julien), title="Bar")
    with unit_of_work() as session:
        task = Task(
            kind=TaskKind.TASK,
            title="Mesurer",
            opportunity_id=other,
            due_on=date(2026, 12, 1),
            created_at=clock.now(),
        )
        task.assignee_id = julien
        session.add(task)
    browser = app.test_client()
    sign_in(browser, "julien@atelier-duval.example", PASSWORD)
    refused = admin.submit(f"/people/{julien}/leave", {"taker": ""}, "/leave")
    assert (refused.status_code, "Choose who takes over." in refused.text) == (422, True)
    assert admin.submit(f"/people/{julien}/leave", {"taker": str(nadia)}, "/leave").status_code == 303
    db.session.rollback()
    assert set(db.session.scalars(sa.select(Opportunity.owner_id))) == {nadia}
    assert set(db.session.scalars(sa.select(Client.owner_id))) == {nadia}
    assert set(db.session.scalars(sa.select(Task.assignee_id))) == {nadia}
    entries = db.session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.kind == EntryKind.HANDED_OVER)
    ).all()
    assert {entry.opportunity_id for entry in entries} == set(db.session.scalars(sa.select(Opportunity.id)))
    assert {(entry.facts["from"], entry.facts["to"], entry.staff_id) for entry in entries} == {
        ("Julien Duval", "Nadia Lebrun", anne)
    }
    assert not is_in(browser)
    assert sign_in(browser, "julien@atelier-duval.example", PASSWORD).status_code == 422
    page = client.page(address_of(link, "en"))
    assert "Nadia Lebrun" in page.text
    assert "Julien Duval" not in page.text
    assert "from Julien Duval to Nadia Lebrun" in admin.get(f"/opportunities/{other}").text


def test_a_page_that_was_open_while_the_deal_changed_hands_is_stale(app, admin, signed_in):
    manager = a_member(Role.MANAGER, email="helene@atelier-duval.example", name="Hélène Duval")
    julien = a_member(email="julien@atelier-duval.example", name="Julien Duval")
    deal = an_opportunity(julien)
    before = db.session.get_one(Opportunity, deal).revision
    db.session.rollback()
    with unit_of_work() as session:
        leaving.leave(session, julien, taker=manager, by=manager, at=clock.now())
    db.session.expunge_all()
    assert db.session.get_one(Opportunity, deal).revision == before + 1


@pytest.mark.parametrize("taker", ["accountant", "gone", "self", "nobody", "forged"])
def test_only_a_colleague_who_can_sell_takes_over(admin, anne, taker):
    julien = a_member(email="julien@atelier-duval.example", name="Julien Duval")
    an_opportunity(julien)
    gone = a_member(email="gone@atelier-duval.example", name="Paul Parti")
    with unit_of_work() as session:
        leaving.leave(session, gone, taker=None, by=anne, at=clock.now())
    chosen = {
        "accountant": a_member(Role.ACCOUNTANT),
        "gone": gone,
        "self": julien,
        "nobody": 999,
        "forged": "9" * 40,
    }
    before = everything(["opportunities", "clients", "timeline_entries", "staff_members"])
    assert admin.submit(f"/people/{julien}/leave", {"taker": str(chosen[taker])}, "/leave").status_code == 422
    assert everything(["opportunities", "clients", "timeline_entries", "staff_members"]) == before


def test_nobody_closes_the_own_account(admin, anne):
    a_member(Role.ADMIN, email="hugo@atelier-duval.example", name="Hugo Duval")
    assert admin.get(f"/people/{anne}/leave").status_code == 409
    with pytest.raises(Refusal), unit_of_work() as session:
        leaving.leave(session, anne, taker=None, by=anne, at=clock.now())


def test_who_comes_back_signs_in_again(app, admin, anne):
    paul = a_member(email="paul@atelier-duval.example", name="Paul Le Goff")
    admin.submit(f"/people/{paul}/leave", {}, "/leave")
    assert stored(paul).archived_at is not None
    page = admin.page(f"/people/{paul}").form("/bring-back")
    assert admin.post(page["action"], data=page["fields"]).status_code == 303
    assert sign_in(app.test_client(), "paul@atelier-duval.example", PASSWORD).status_code == 303


def test_an_administrator_takes_off_a_second_factor_and_its_owner_is_told(app, admin, anne):
    paul = a_member(email="paul@atelier-duval.example", name="Paul Le Goff")
    browser = app.test_client()
    sign_in(browser, "paul@atelier-duval.example", PASSWORD)
    with browser.session_transaction() as cookie:
        own = cookie["staff_session"]
    with unit_of_work() as session:
        acts.turn_on(session, paul, secret="kept", counter=1, keeping=UUID(own), at=clock.now())
    assert is_in(browser)
    page = admin.page(f"/people/{paul}").form("/second-factor/off")
    assert admin.post(page["action"], data=page["fields"]).status_code == 303
    assert (stored(paul).tf_totp_secret, stored(paul).mf_recovery_codes) == (None, [])
    assert not is_in(browser), "the lost telephone may be signed in"
    last = mails(MailKind.ACCOUNT_CHANGED)[-1]
    assert (last.recipient_email, last.facts["act"], last.facts["by"]) == (
        "paul@atelier-duval.example",
        "second_factor_taken_off",
        "Anne Duval",
    )
    again = admin.post(page["action"], data=page["fields"])
    assert again.status_code == 409


def a_photo(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells where it was"
    Image.new("RGB", size, "#a03020").save(written, kind, exif=exif)
    return written.getvalue()


def upload(reader, data: bytes, name: str = "me.png"):
    page = reader.page("/account").form("/account/photo")
    return reader.post(
        "/account/photo",
        data=page["fields"] | {"photo": (BytesIO(data), name)},
        content_type="multipart/form-data",
    )


ODD_EXIF = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAJmVYSWZNTQAqAAAACAACARIAAwAAAAEABgAAARoAAgAAAARhYmMAAAAAAPTUVRkA"
    "AAAMSURBVHicY2CgDgAAAEgAAS64PH4AAAAASUVORK5CYII="
)
"""A picture whose resolution is a word, as some cameras write it."""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(ODD_EXIF, "cannot be read"), (a_photo("PNG", (5000, 4000)), "too many points")],
    ids=["odd EXIF", "a small file of many points"],
)
def test_a_picture_that_cannot_be_taken_is_told_so(signed_in, anne, data, sentence):
    answer = upload(signed_in(anne), data)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_is_made_small_tells_nothing_and_clients_see_it(signed_in, client, anne, kind):
    julien = a_member(email="julien@atelier-duval.example", name="Julien Duval")
    _, link = a_sent_quote(an_opportunity(julien))
    reader = signed_in(julien)
    assert upload(reader, a_photo(kind)).status_code == 303
    db.session.rollback()
    digest = stored(julien).photo_sha256
    answer = client.get(f"/photo-{digest}.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    picture = Image.open(BytesIO(answer.data))
    assert picture.size == (256, 256)
    assert b"camera" not in answer.data
    assert len(answer.data) < 30_000
    assert f"/photo-{digest}.jpg" in client.get(address_of(link, "en")).text
    page = reader.page("/account").form("/photo/remove")
    reader.post(page["action"], data=page["fields"])
    assert client.get(f"/photo-{digest}.jpg").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        a_photo("PNG")[:200],
        a_photo("JPEG")[:60],
        b"GIF89a" + bytes(20),
        a_photo("PNG", (9000, 9000)),
    ],
    ids=["empty", "svg", "half a png", "half a jpeg", "gif", "81 million points"],
)
def test_what_is_no_photograph_is_refused_beside_the_field(signed_in, anne, data):
    reader = signed_in(anne)
    answer = upload(reader, data)
    assert answer.status_code == 422
    assert "photo-error" in answer.text
    assert stored(anne).photo_sha256 is None


def test_changing_the_password_signs_out_every_other_browser_and_not_this(app, anne):
    here, elsewhere = app.test_client(), app.test_client()
    for reader in (here, elsewhere):
        sign_in(reader, "anne@atelier-duval.example", PASSWORD)
    kept = here.get_cookie("accord").value
    wrong = here.submit(
        "/account", {"present": "wrong wrong", "password": "a whole new password"}, "/account/password"
    )
    assert wrong.status_code == 422
    typed = {"present": PASSWORD, "password": "a whole new password"}
    assert here.submit("/account", typed, "/account/password").status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)
    thief = app.test_client()
    thief.set_cookie("accord", kept)
    assert not is_in(thief)


def test_browsers_are_listed_and_ended_one_by_one_or_all_but_this(app, anne, signed_in):
    here, elsewhere, third = (app.test_client() for _ in range(3))
    for reader in (here, elsewhere, third):
        sign_in(
            reader,
            "anne@atelier-duval.example",
            PASSWORD,
            headers={"User-Agent": "Mozilla/5.0 (iPhone) Version/17 Safari/605"},
        )
    page = here.page("/account")
    assert page.text.count("Safari, iPhone") == 3
    form = next(each for each in page.forms if "/end" in each["action"] and "others" not in each["action"])
    assert here.post(form["action"], data=form["fields"]).status_code == 303
    assert sorted([is_in(elsewhere), is_in(third)]) == [False, True]
    form = here.page("/account").form("end-others")
    assert here.post(form["action"], data=form["fields"]).status_code == 303
    assert [is_in(each) for each in (here, elsewhere, third)] == [True, False, False]


def test_nobody_ends_the_browser_of_another(app, anne, signed_in):
    paul = a_member(email="paul@atelier-duval.example", name="Paul Le Goff")
    theirs = app.test_client()
    sign_in(theirs, "paul@atelier-duval.example", PASSWORD)
    with theirs.session_transaction() as cookie:
        session_id = cookie["staff_session"]
    reader = signed_in(anne)
    token = Page(reader.get("/account").text).form("sign-out")["fields"]["csrf_token"]
    assert reader.post(f"/account/sessions/{session_id}/end", data={"csrf_token": token}).status_code == 404
    assert is_in(theirs)
    assert stored(paul).archived_at is None


@pytest.mark.parametrize("missing", ["name", "function", "phone", "language"])
def test_a_profile_without_one_of_its_fields_is_no_fault_of_ours(admin, anne, missing):
    fields = admin.page("/account").form("/account/profile")["fields"]
    answer = admin.post(
        "/account/profile", data={key: value for key, value in fields.items() if key != missing}
    )
    assert answer.status_code == (303 if missing in {"function", "phone"} else 422)
