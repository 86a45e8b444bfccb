"""Long work watched: progress, end, result; and the list of one's own."""

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.errors import NotFound
from backoffice.jobs.forms import CancelForm
from backoffice.jobs.kinds import Kind
from backoffice.jobs.models import Job, JobState
from backoffice.jobs.queries import PAGE, job_of, job_to_act_on, jobs_of
from backoffice.pages import key_of, seller
from backoffice.work import unit_of_work

SECONDS = 2
"""Until the page asks again."""

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@blueprint.get("")
@needs(Permission.ENTER)
def index() -> ResponseReturnValue:
    found = jobs_of(db.session(), current_member().id, before=request.args.get("before", type=key_of))
    return render_template(
        "backoffice/jobs/list.html",
        jobs=[(job, title_of(job)) for job in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        newest=request.args.get("before") is None,
        zone=seller().timezone,
    )


@blueprint.get("/<int:job_id>")
@needs(Permission.ENTER)
def show(job_id: int) -> ResponseReturnValue:
    """Asks again by itself: with scripts by a fragment (``?live``), without them by the whole page."""
    job = job_of(db.session(), job_id, current_member().id)
    onward = onward_of(job)
    if onward is not None:
        return redirect(onward, 303)
    page = render_template("backoffice/jobs/show.html", job=job, title=title_of(job), form=CancelForm())
    response = current_app.make_response(page)
    if not job.is_over and "live" not in request.args:
        response.headers["Refresh"] = str(SECONDS)  # a meta refresh would be an accessibility fault
    return response


@blueprint.get("/<int:job_id>/progress")
@needs(Permission.ENTER)
def progress(job_id: int) -> ResponseReturnValue:
    """The part of the page that changes, without a page around it."""
    job = job_of(db.session(), job_id, current_member().id)
    return render_template("backoffice/jobs/progress.html", job=job)


@blueprint.post("/<int:job_id>/cancel")
@needs(Permission.ENTER)
def cancel(job_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), CancelForm()
    if not form.validate():
        job = job_of(db.session(), job_id, member.id)
        page = render_template("backoffice/jobs/show.html", job=job, title=title_of(job), form=form)
        return page, 422
    with unit_of_work() as session:
        job_to_act_on(session, job_id, member.id).cancel(at=at)
    flash(gettext("Cancelled. What was already done stays as it is."), "note")
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.get("/<int:job_id>/result")
@needs(Permission.ENTER)
def result(job_id: int) -> ResponseReturnValue:
    job = job_of(db.session(), job_id, current_member().id)
    if job.result_sha256 is None:
        raise NotFound(job=job_id)
    return result_file(job.result_sha256, job.result_name, job.result_type)


def result_file(sha256: str, name: str, media_type: str) -> Response:
    """Archived bytes as a file to be saved."""
    archive: Archive = current_app.extensions["accord.archive"]
    response = send_file(
        archive.path(sha256), mimetype=media_type, download_name=name, as_attachment=True, etag=sha256
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def title_of(job: Job) -> str:
    kind = _kind_of(job)
    return kind.title(job.facts) if kind else gettext("Job")


def onward_of(job: Job) -> str | None:
    """The page that follows a job that is done, if its kind has one."""
    kind = _kind_of(job)
    if kind is None or kind.onward is None or job.state is not JobState.DONE:
        return None
    return url_for(kind.onward, job_id=job.id)


def _kind_of(job: Job) -> Kind | None:
    """None for a kind that an upgrade took away; its rows stay."""
    kinds: Mapping[str, Kind] = current_app.extensions["accord.jobs"]
    return kinds.get(job.kind)
