"""Tasks and appointments: made, given, done, taken back, taken away."""

from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.agenda.models import Task, TaskKind
from backoffice.db import db
from backoffice.notices.models import Notice, NoticeKind
from backoffice.staff.models import Role
from backoffice.timeline.models import EntryKind, TimelineEntry
from tests.factories import a_client, a_member, a_pipeline, a_seller, a_task, everything


def stored(task: int) -> Task:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(Task, task)


def test_a_new_opportunity_is_followed_up_on_a_working_day(reader, rep):
    a_seller()
    a_pipeline()
    a_client(rep)
    reader.submit("/opportunities/new", {"title": "Cuisine", "client": "Claire Moreau"}, "/opportunities")
    task = db.session.scalars(sa.select(Task)).one()
    assert (task.assignee_id, task.created_by_id, task.kind) == (rep, None, TaskKind.TASK)
    assert 7 <= (task.due_on - clock.today("Europe/Paris")).days <= 9
    assert task.due_on.weekday() < 5
    assert "Relancer le client" in reader.page("/tasks").text


def test_a_task_is_due_on_a_day_and_an_appointment_at_an_hour(reader, deal):
    address = f"/opportunities/{deal}"
    reader.submit(address, {"what": "Plan", "day": "2026-12-24"}, f"{address}/tasks")
    reader.submit(
        address, {"what": "Visite", "day": "24/12/2026", "hour": "14h30", "minutes": "90"}, f"{address}/tasks"
    )
    plan, visit = db.session.scalars(sa.select(Task).order_by(Task.id)).all()
    assert (plan.kind, plan.due_on, plan.starts_at) == (TaskKind.TASK, date(2026, 12, 24), None)
    assert (visit.kind, visit.minutes) == (TaskKind.APPOINTMENT, 90)
    assert visit.starts_at == datetime(2026, 12, 24, 13, 30, tzinfo=UTC)  # Paris is an hour ahead
    page = reader.page(address)
    assert "Rendez-vous pris : Visite" in page.text


def test_an_appointment_becomes_a_task_and_back(reader, rep, deal):
    task = a_task(deal, rep, due_on=date(2026, 12, 24), begins=time(9), minutes=45)
    forms = [
        each for each in reader.page(f"/tasks/{task}").forms if each["action"].endswith(f"/tasks/{task}")
    ]
    reader.post(forms[0]["action"], data=forms[0]["fields"] | {"hour": ""})
    assert stored(task).kind is TaskKind.TASK
    forms = [
        each for each in reader.page(f"/tasks/{task}").forms if each["action"].endswith(f"/tasks/{task}")
    ]
    reader.post(forms[0]["action"], data=forms[0]["fields"] | {"hour": "9:15", "minutes": "45"})
    assert (stored(task).kind, stored(task).minutes) == (TaskKind.APPOINTMENT, 45)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"what": ""}, "Dites ce qu’il y a à faire."),
        ({"day": "30/02/2026"}, "31/12/2026"),
        ({"hour": "25:00"}, "Saisissez une heure"),
        ({"assignee": "99999"}, "Choisissez dans la liste"),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_stays(reader, deal, wrong, sentence):
    before = everything()
    answer = reader.submit(
        f"/opportunities/{deal}", {"what": "Visite", "about": "Code 4711"} | wrong, "/tasks"
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Code 4711" in answer.text
    assert everything() == before


def test_a_colleague_is_told_and_sees_the_task_but_not_the_deal(signed_in, reader, deal, rep):
    colleague = a_member(email="anne@atelier-duval.example", name="Anne Roux")
    reader.submit(f"/opportunities/{deal}", {"what": "Mesures", "assignee": str(colleague)}, "/tasks")
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.staff_id, notice.kind, notice.facts["task"]) == (
        colleague,
        NoticeKind.TASK_ASSIGNED,
        "Mesures",
    )
    anne = signed_in(colleague)
    task = db.session.scalars(sa.select(Task.id)).one()
    assert "Mesures" in anne.page("/tasks").text
    assert anne.get(f"/tasks/{task}").status_code == 200
    assert anne.get(f"/opportunities/{deal}").status_code == 404
    assert anne.submit(f"/tasks/{task}", {}, "/done").status_code == 303
    assert stored(task).done_by_id == colleague


def test_a_stranger_sees_no_task_of_others(signed_in, rep, deal):
    task = a_task(deal, rep)
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    for address in (f"/tasks/{task}", f"/tasks/{task}.ics"):
        assert stranger.get(address).status_code == 404
    assert signed_in(a_member(Role.ACCOUNTANT)).get("/tasks").status_code == 404


def test_what_is_late_comes_first(reader, rep, deal):
    a_task(deal, rep, title="Demain", due_on=date(2098, 1, 1))
    a_task(deal, rep, title="Hier", due_on=date(2026, 1, 1))
    page = reader.page("/tasks")
    assert page.text.index("Hier") < page.text.index("Demain")
    assert "En retard" in page.text


def test_done_is_one_tap_and_can_be_taken_back(reader, rep, deal):
    task = a_task(deal, rep)
    came_from = {"Referer": f"http://localhost/opportunities/{deal}"}
    answer = reader.submit(f"/opportunities/{deal}", {}, f"/tasks/{task}/done", headers=came_from)
    assert (answer.status_code, answer.location) == (303, f"/opportunities/{deal}#tasks")
    assert stored(task).is_done
    assert db.session.scalars(sa.select(TimelineEntry.kind)).one() is EntryKind.TASK_DONE
    assert reader.submit(f"/opportunities/{deal}", {}, f"/tasks/{task}/reopen").status_code == 303
    assert not stored(task).is_done


def test_a_second_tap_is_a_conflict(reader, rep, deal):
    task = a_task(deal, rep)
    form = reader.page(f"/tasks/{task}").form("/done")
    assert [reader.post(form["action"], data=form["fields"]).status_code for _ in range(2)] == [303, 409]


def test_nobody_is_sent_elsewhere_after_a_tap(reader, rep, deal):
    task = a_task(deal, rep)
    for came_from in ("https://evil.example/opportunities//evil.example", "https://evil.example/", "x"):
        done = {"Referer": came_from}
        answer = reader.submit(f"/tasks/{task}", {}, "/done", headers=done)
        assert not answer.location.startswith(("http", "//")), answer.location
        reader.submit(f"/tasks/{task}", {}, "/reopen")


def test_an_edit_on_what_another_changed_is_shown_beside_it(reader, rep, deal):
    task = a_task(deal, rep)
    form = next(each for each in reader.page(f"/tasks/{task}").forms if each["action"] == f"/tasks/{task}")
    reader.post(form["action"], data=form["fields"] | {"what": "Premier"})
    answer = reader.post(form["action"], data=form["fields"] | {"what": "Second"})
    assert answer.status_code == 409
    assert "Premier" in answer.text
    assert "Second" in answer.text
    assert stored(task).title == "Premier"


def test_an_appointment_is_taken_away_as_a_calendar_reads_it(reader, rep, deal):
    title = "Visite\u202f: mesures, « plan »; suite " + "é" * 60
    task = a_task(deal, rep, title=title, due_on=date(2026, 7, 14), begins=time(14, 30), minutes=90)
    answer = reader.get(f"/tasks/{task}.ics")
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    whole = answer.data.replace(b"\r\n ", b"").decode()
    assert "DTSTART:20260714T123000Z\r\nDTEND:20260714T140000Z" in whole
    assert "SUMMARY:" + title.replace(",", "\\,").replace(";", "\\;") in whole
