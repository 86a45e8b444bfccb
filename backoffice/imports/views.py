"""Whole lists in and out: upload, a try, a look, the import; and the export that can be imported again."""

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.catalogue.exporting import product_rows
from backoffice.clients.exporting import client_rows
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.errors import NotFound, Refusal
from backoffice.imports.forms import ConfirmForm, MappingForm, UploadForm, as_text
from backoffice.imports.registry import IMPORT, IMPORTABLE, TRIAL, named
from backoffice.imports.running import faults_of
from backoffice.imports.sheet import Sheet
from backoffice.jobs.models import Job, JobState
from backoffice.jobs.queries import job_of, job_to_act_on, want_job
from backoffice.language import current_language
from backoffice.tabular.reading import MOST_BYTES
from backoffice.tabular.writing import MEDIA_TYPE, written
from backoffice.work import unit_of_work

ROOM = 1_100_000
"""Bytes of a posted form besides its file."""

blueprint = Blueprint("imports", __name__)


@blueprint.get("/catalogue/import")
@needs(Permission.EXCHANGE)
def products() -> ResponseReturnValue:
    return _upload_page("products", UploadForm(formdata=None))


@blueprint.post("/catalogue/import")
@needs(Permission.EXCHANGE)
def upload_products() -> ResponseReturnValue:
    return _uploaded("products")


@blueprint.get("/catalogue/products.csv")
@needs(Permission.EXCHANGE)
def products_csv() -> ResponseReturnValue:
    return _table(gettext("catalogue.csv"), product_rows(db.session()))


@blueprint.get("/clients/import")
@needs(Permission.EXCHANGE)
def clients() -> ResponseReturnValue:
    return _upload_page("clients", UploadForm(formdata=None))


@blueprint.post("/clients/import")
@needs(Permission.EXCHANGE)
def upload_clients() -> ResponseReturnValue:
    return _uploaded("clients")


@blueprint.get("/clients/clients.csv")
@needs(Permission.EXCHANGE)
def clients_csv() -> ResponseReturnValue:
    return _table(gettext("clients.csv"), client_rows(db.session()))


@blueprint.get("/imports/<int:job_id>")
@needs(Permission.EXCHANGE)
def show(job_id: int) -> ResponseReturnValue:
    job = _over(job_id)
    return _page(job, _mapping_form(job, posted=False))


@blueprint.post("/imports/<int:job_id>/columns")
@needs(Permission.EXCHANGE)
def choose_columns(job_id: int) -> ResponseReturnValue:
    """Another try, of the same file with other columns."""
    at, member, trial = clock.now(), current_member(), _over(job_id, TRIAL)
    form = _mapping_form(trial, posted=True)
    if not form.validate():
        return _page(trial, form), 422
    sheet = dict(trial.facts["sheet"])
    sheet |= {"mapping": form.mapping(len(sheet["headings"])), "numbers": form.numbers.data}
    sheet["makes_missing"] = bool(form.makes_missing and form.makes_missing.data)
    kind, digest = trial.kind, trial.input_sha256 or ""
    with unit_of_work() as session:
        again = want_job(
            session,
            kind,
            {"sheet": sheet},
            by=member.id,
            language=member.language,
            at=at,
            of=digest,
        )
    return redirect(url_for("jobs.show", job_id=again.id), 303)


@blueprint.post("/imports/<int:job_id>/confirm")
@needs(Permission.EXCHANGE)
def confirm(job_id: int) -> ResponseReturnValue:
    """The very bytes that were tried, read in the same way. Pressed twice, it is the same import."""
    at, member, trial = clock.now(), current_member(), _over(job_id, TRIAL)
    if not ConfirmForm().validate():
        return _page(trial, _mapping_form(trial, posted=False)), 422
    name, _act = named(trial.kind)
    with unit_of_work() as session:
        tried = job_to_act_on(session, job_id, member.id)
        started = tried.facts.get("import")
        if started is None:
            facts = {"sheet": tried.facts["sheet"], "trial": tried.id}
            started = want_job(
                session,
                f"{name}_{IMPORT}",
                facts,
                by=member.id,
                language=member.language,
                at=at,
                of=tried.input_sha256 or "",
            ).id
            tried.facts = tried.facts | {"import": started}
    return redirect(url_for("jobs.show", job_id=started), 303)


def _uploaded(name: str) -> ResponseReturnValue:
    """The bytes are archived first: what is tried and what is imported is what was handed over."""
    request.max_content_length = MOST_BYTES + ROOM
    at, member, form = clock.now(), current_member(), UploadForm()
    if not form.validate():
        return _upload_page(name, form), 422
    archive: Archive = current_app.extensions["accord.archive"]
    try:
        upload = form.upload()
        digest = archive.keep(as_text(upload))
        sheet = Sheet.found(lambda: archive.open(digest), upload.name, IMPORTABLE[name].subject)
    except Refusal as refusal:
        form.refuse(refusal.sentence())
        return _upload_page(name, form), 422
    with unit_of_work() as session:
        job = want_job(
            session,
            f"{name}_{TRIAL}",
            {"sheet": sheet.kept()},
            by=member.id,
            language=member.language,
            at=at,
            of=digest,
        )
    return redirect(url_for("jobs.show", job_id=job.id), 303)


def _over(job_id: int, act: str = "") -> Job:
    """A trial or import of one's own that is done. Raises NotFound."""
    job = job_of(db.session(), job_id, current_member().id)
    if job.state is not JobState.DONE or (act and named(job.kind)[1] != act):
        raise NotFound(job=job_id)
    named(job.kind)
    return job


def _mapping_form(job: Job, *, posted: bool) -> MappingForm:
    name, _act = named(job.kind)
    return MappingForm.of(Sheet.read(job.facts), IMPORTABLE[name].subject, posted=posted)


def _page(job: Job, form: MappingForm) -> str:
    name, act = named(job.kind)
    importable = IMPORTABLE[name]
    return render_template(
        "backoffice/imports/trial.html" if act == TRIAL else "backoffice/imports/done.html",
        job=job,
        title=(importable.trying if act == TRIAL else importable.importing)(job.facts),
        form=form,
        labels={column.name: str(column.label) for column in importable.subject.columns},
        sheet=Sheet.read(job.facts),
        counts=job.facts.get("counts") or {},
        missing=[str(column.label) for column in importable.subject.missing(Sheet.read(job.facts).fields)],
        faults=faults_of(db.session(), job.id),
        listed=url_for(importable.listed),
        again=url_for(f"imports.{name}"),
    )


def _upload_page(name: str, form: UploadForm) -> str:
    importable = IMPORTABLE[name]
    return render_template(
        "backoffice/imports/upload.html",
        form=form,
        name=name,
        columns=importable.subject.columns,
        spoken=current_language(),
        largest=MOST_BYTES,
        action=url_for(f"imports.upload_{name}"),
        export=url_for(f"imports.{name}_csv"),
        listed=url_for(importable.listed),
    )


def _table(file_name: str, rows: object) -> Response:
    """Streamed: however long the list, it is never in memory as a whole."""
    response = Response(stream_with_context(written(rows)), mimetype=MEDIA_TYPE)  # type: ignore[arg-type]
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response
