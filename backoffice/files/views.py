"""Files of a deal, uploaded and taken away."""

from io import BytesIO

from flask import Blueprint, Response, current_app, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.db import db
from backoffice.documents.archive import Archive, ArchiveDamaged, NotArchived
from backoffice.errors import NotFound
from backoffice.files.forms import FilesForm, HideForm, make_room
from backoffice.files.keeping import (
    Kept,
    add_files,
    archive_file,
    file_shown,
    file_to_act_on,
    restore_file,
)
from backoffice.files.limits import LARGEST, MOST
from backoffice.files.models import StoredFile
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.opportunities.views import load, render_working_page
from backoffice.work import unit_of_work

POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

blueprint = Blueprint("files", __name__)


@blueprint.post("/opportunities/<int:opportunity_id>/files")
@needs(Permission.SELL)
def add(opportunity_id: int) -> ResponseReturnValue:
    make_room(largest=LARGEST, most=MOST)
    at, member, page, form = clock.now(), current_member(), load(opportunity_id), FilesForm()
    if not form.validate():
        return render_working_page(page, upload=form), 422
    archive: Archive = current_app.extensions["accord.archive"]
    kept = [Kept(upload, archive.keep(upload.data)) for upload in form.files.data]
    with unit_of_work() as session:
        deal = deal_to_act_on(session, opportunity_id, owned_by(member))
        add_files(session, deal, kept, by=member.id, at=at)
    flash(gettext("Saved."), "good")
    return to_files(opportunity_id)


@blueprint.get("/files/<int:file_id>")
@needs(Permission.SELL)
def show(file_id: int) -> ResponseReturnValue:
    return taken_away(file_shown(db.session(), file_id, owned_by(current_member())))


@blueprint.post("/files/<int:file_id>/archive")
@needs(Permission.SELL)
def archive(file_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), HideForm()
    deal_id = file_shown(db.session(), file_id, owned_by(member)).opportunity_id
    if not form.validate():
        return render_working_page(load(deal_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_act_on(session, deal_id, owned_by(member))
        archive_file(deal, file_to_act_on(session, file_id, deal.id), by=member.id, at=at)
    return to_files(deal_id)


@blueprint.post("/files/<int:file_id>/restore")
@needs(Permission.SELL)
def restore(file_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), HideForm()
    deal_id = file_shown(db.session(), file_id, owned_by(member)).opportunity_id
    if not form.validate():
        return render_working_page(load(deal_id), refused=form), 422
    with unit_of_work() as session:
        deal = deal_to_act_on(session, deal_id, owned_by(member))
        restore_file(deal, file_to_act_on(session, file_id, deal.id), by=member.id, at=at)
    return to_files(deal_id)


def taken_away(file: StoredFile) -> Response:
    """Its bytes, never shown within the site: it comes from outside. Raises NotFound when the archive has lost them."""
    archive: Archive = current_app.extensions["accord.archive"]
    try:
        data = archive.read(file.sha256)
    except (NotArchived, ArchiveDamaged, OSError):
        current_app.logger.exception("file %d cannot be read from the archive", file.id)
        raise NotFound(file=file.id) from None
    response: Response = send_file(
        BytesIO(data),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        etag=file.sha256,
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = POLICY
    return response


def to_files(opportunity_id: int) -> ResponseReturnValue:
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="files"), 303)
