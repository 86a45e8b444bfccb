"""Long work watched: progress, end, result; and the list of one's own."""

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.errors import NotFound
from backoffice.jobs.forms import CancelForm
from backoffice.jobs.kinds import Kind, passing_name
from backoffice.jobs.models import Job, JobState
from backoffice.jobs.queries import PAGE, job_of, job_to_act_on, jobs_of
from backoffice.jobs.refusals import ResultRemoved
from backoffice.pages import key_of, seller
from backoffice.work import unit_of_work

SECONDS = 2
"""Until the page asks again."""

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@blueprint.get("")
@needs(Permission.ENTER)
def index() -> ResponseReturnValue:
    member = current_member()
    hidden = [name for name, kind in _kinds().items() if not may(member, kind.permission)]
    found = jobs_of(db.session(), member.id, before=request.args.get("before", type=key_of), besides=hidden)
    return render_template(
        "backoffice/jobs/list.html",
        jobs=[(job, title_of(job)) for job in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        newest=request.args.get("before") is None,
        zone=seller().timezone,
        at=clock.now(),
    )


@blueprint.get("/<int:job_id>")
@needs(Permission.ENTER)
def show(job_id: int) -> ResponseReturnValue:
    """Asks again by itself: with scripts by a fragment (``?live``), without them by the whole page.

    ``?take``: whoever pressed the button wants the file, and gets it as soon as it is there.
    """
    job = _own(job_id)
    onward = onward_of(job)
    if onward is not None:
        return redirect(onward, 303)
    response = current_app.make_response(_page(job, CancelForm()))
    if not job.is_over and "live" not in request.args:
        response.headers["Refresh"] = str(SECONDS)  # a meta refresh would be an accessibility fault
    elif "take" in request.args and job.has_result(clock.now()):
        response.headers["Refresh"] = f"0; url={url_for('.result', job_id=job.id)}"
    return response


@blueprint.get("/<int:job_id>/progress")
@needs(Permission.ENTER)
def progress(job_id: int) -> ResponseReturnValue:
    """The part of the page that changes, without a page around it."""
    return render_template("backoffice/jobs/progress.html", job=_own(job_id))


@blueprint.post("/<int:job_id>/cancel")
@needs(Permission.ENTER)
def cancel(job_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), CancelForm()
    job = _own(job_id)
    if not form.validate():
        return _page(job, form), 422
    with unit_of_work() as session:
        job_to_act_on(session, job_id, member.id).cancel(at=at)
    flash(gettext("Cancelled. What was already done stays as it is."), "note")
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.get("/<int:job_id>/result")
@needs(Permission.ENTER)
def result(job_id: int) -> ResponseReturnValue:
    job = _own(job_id)
    if job.result_sha256 is None:
        raise NotFound(job=job_id)
    archive: Archive = current_app.extensions["accord.archive"]
    path = archive.path(job.result_sha256)
    if job.result_until is not None:
        path = archive.passing.path(passing_name(job))
        if not job.has_result(clock.now()) or not path.exists():
            raise ResultRemoved(job=job_id)
    return _file(path, job)


def _own(job_id: int) -> Job:
    """One's own, of a kind that one may still see. Raises NotFound."""
    member = current_member()
    job = job_of(db.session(), job_id, member.id)
    kind = _kind_of(job)
    if kind is not None and not may(member, kind.permission):
        raise NotFound(job=job_id)
    return job


def _page(job: Job, form: CancelForm) -> str:
    kind = _kind_of(job)
    done = kind is not None and job.state is JobState.DONE
    return render_template(
        "backoffice/jobs/show.html",
        job=job,
        title=title_of(job),
        form=form,
        zone=seller().timezone if job.result_until else "",
        has_result=job.has_result(clock.now()),
        remarks=kind.remarks(job.facts) if kind is not None and done else (),
        origin=kind.origin(job.facts) if kind is not None else None,
    )


def _file(path: Path, job: Job) -> Response:
    """Bytes as a file to be saved."""
    response = send_file(
        path,
        mimetype=job.result_type,
        download_name=job.result_name,
        as_attachment=True,
        etag=job.result_sha256 or False,
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
    return _kinds().get(job.kind)


def _kinds() -> Mapping[str, Kind]:
    kinds: Mapping[str, Kind] = current_app.extensions["accord.jobs"]
    return kinds
