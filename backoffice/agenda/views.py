"""One's tasks and appointments, and those of a deal."""

from datetime import time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.sql import ColumnElement

from backoffice import clock
from backoffice.access import Permission, current_member, local_address, needs, owned_by, sees_all
from backoffice.agenda import planning
from backoffice.agenda.calendar_file import calendar_file
from backoffice.agenda.choosing import deals_to_choose
from backoffice.agenda.forms import TaskForm, TickForm
from backoffice.agenda.models import Task
from backoffice.agenda.queries import agenda_of, task_shown, task_to_act_on, tasks_seen
from backoffice.catalogue.search import looked_for
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.opportunities.views import load, render_working_page
from backoffice.pages import seller
from backoffice.settings import Settings
from backoffice.staff.sellers import sellers_of_firm
from backoffice.work import unit_of_work

blueprint = Blueprint("agenda", __name__)


@blueprint.get("/tasks")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    at, zone = clock.now(), seller().timezone
    agenda = agenda_of(db.session(), current_member().id, at=at, on=clock.day_of(at, zone), zone=zone)
    return render_template(
        "backoffice/agenda/list.html", agenda=agenda, timezone=zone, today=clock.day_of(at, zone)
    )


@blueprint.get("/tasks/new")
@needs(Permission.SELL)
def new() -> ResponseReturnValue:
    """For which deal: the form stands on its page."""
    words = looked_for(request.args.get("q", ""))
    deals = deals_to_choose(db.session(), words, owned_by(current_member()))
    return render_template("backoffice/agenda/new.html", deals=deals, words=words)


@blueprint.post("/opportunities/<int:opportunity_id>/tasks")
@needs(Permission.SELL)
def add(opportunity_id: int) -> ResponseReturnValue:
    at, member, form, page = clock.now(), current_member(), TaskForm(), load(opportunity_id)
    form.offer(page.around.people)
    if not form.validate():
        return render_working_page(page, task=form), 422
    with unit_of_work() as session:
        deal = deal_to_act_on(session, opportunity_id, owned_by(member))
        planning.plan(session, deal.id, form.facts(), by=member.id, at=at)
    flash(gettext("Saved."), "good")
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="tasks"), 303)


@blueprint.get("/tasks/<int:task_id>")
@needs(Permission.SELL)
def show(task_id: int) -> ResponseReturnValue:
    task = task_shown(db.session(), task_id, seen())
    return task_page(task, TaskForm.of(task, begins(task)))


@blueprint.post("/tasks/<int:task_id>")
@needs(Permission.SELL)
def change(task_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), TaskForm()
    shown = task_shown(db.session(), task_id, seen())
    form.offer(people_for(shown))
    if not form.validate():
        return task_page(shown, form), 422
    try:
        with unit_of_work() as session:
            task = task_to_act_on(session, task_id, seen())
            task.opened_as(form.revision.data)
            planning.change(session, task, form.facts(), by=member.id, at=at)
    except StaleRevision as refusal:
        stored = task_shown(db.session(), task_id, seen())
        form.reopen(stored.revision)
        return task_page(stored, form, stale=True), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/tasks/<int:task_id>/done")
@needs(Permission.SELL)
def finish(task_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), TickForm()
    if not form.validate():
        return refused_page(task_id, form), 422
    with unit_of_work() as session:
        planning.finish(task_to_act_on(session, task_id, seen()), by=member.id, at=at)
    return redirect(where_from(), 303)


@blueprint.post("/tasks/<int:task_id>/reopen")
@needs(Permission.SELL)
def begin_again(task_id: int) -> ResponseReturnValue:
    form = TickForm()
    if not form.validate():
        return refused_page(task_id, form), 422
    with unit_of_work() as session:
        task_to_act_on(session, task_id, seen()).reopen()
    return redirect(where_from(), 303)


@blueprint.get("/tasks/<int:task_id>.ics")
@needs(Permission.SELL)
def take_away(task_id: int) -> ResponseReturnValue:
    """For one's own calendar."""
    settings: Settings = current_app.extensions["accord"]
    task = task_shown(db.session(), task_id, seen())
    data = calendar_file(
        task,
        domain=urlsplit(settings.public_url).hostname or "localhost",
        address=settings.public_url + url_for(".show", task_id=task_id),
        at=clock.now(),
    )
    response = Response(data, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename=accord-{task_id}.ics"
    return response


def where_from() -> str:
    """The page that was ticked on: a deal's, one of the day, or one's own list for a browser that does not say."""
    place = urlsplit(request.referrer or "")
    path = place.path
    if path == url_for("today.show") or path.startswith("/today/"):
        return local_address(f"{path}?{place.query}" if place.query else path)
    return f"{local_address(path)}#tasks" if path.startswith("/opportunities/") else url_for(".index")


def seen() -> ColumnElement[bool]:
    member = current_member()
    return tasks_seen(owned_by(member), member.id)


def begins(task: Task) -> time | None:
    """The hour where the seller is."""
    if task.starts_at is None:
        return None
    return task.starts_at.astimezone(ZoneInfo(seller().timezone)).time()


def people_for(task: Task) -> list[tuple[int, str]]:
    """Who sells, and whoever it is given to now."""
    people = list(sellers_of_firm(db.session()))
    if task.assignee_id not in {key for key, _name in people}:
        people.append((task.assignee_id, task.assignee.name))
    return people


def task_page(task: Task, form: TaskForm, *, stale: bool = False) -> str:
    form.offer(people_for(task))
    at, zone = clock.now(), seller().timezone
    return render_template(
        "backoffice/agenda/task.html",
        task=task,
        form=form,
        stale=stale,
        late=task.is_late(at, zone),
        begins=begins(task),
        sees_deal=current_member().id == task.opportunity.owner_id or sees_all(current_member()),
    )


def refused_page(task_id: int, refused: TickForm) -> str:
    task = task_shown(db.session(), task_id, seen())
    form = TaskForm.of(task, begins(task))
    form.form_errors.extend(refused.form_errors)
    return task_page(task, form)
