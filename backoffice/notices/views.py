"""The bell of every page, and the notices behind it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, owned_by
from backoffice.db import db
from backoffice.language import nearmoment
from backoffice.navigation import bell_of
from backoffice.notices import queries, reading, sentences
from backoffice.notices.forms import OpenForm, ReadAllForm
from backoffice.notices.models import Notice, NoticeKind
from backoffice.pages import seller
from backoffice.paging import Place
from backoffice.work import unit_of_work

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("")
@needs(Permission.ENTER)
def index() -> ResponseReturnValue:
    return _page()


@blueprint.get("/bell")
@needs(Permission.ENTER)
def ring() -> ResponseReturnValue:
    """What an open page asks again and again: nothing but the guard's one statement while nothing has changed."""
    member = current_member()
    bell = bell_of(member)
    if request.if_none_match.contains_weak(bell.tag):
        response = Response(status=304)
    else:
        newest = queries.newest_unread(db.session(), member.id) if bell.unread else None
        said = sentences.sentence_of(newest) if newest is not None else ""
        response = Response(render_template("backoffice/notices/ring.html", said=said))
    response.set_etag(bell.tag, weak=True)
    return response


@blueprint.post("/<int:notice_id>/open")
@needs(Permission.ENTER)
def open_one(notice_id: int) -> ResponseReturnValue:
    """One click: it is read, and one is where it happened."""
    at, member, form = clock.now(), current_member(), OpenForm()
    queries.own_notice(db.session(), notice_id, member.id)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        notice = reading.read_one(session, notice_id, member.id, at=at)
    place = place_of(queries.listed(db.session(), notice, owned_by(member)))
    if place is None:
        flash(gettext("A colleague looks after this opportunity now."), "note")
    return redirect(place or url_for(".index"), 303)


@blueprint.post("/read")
@needs(Permission.ENTER)
def read_all() -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), ReadAllForm()
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        count = reading.read_shown(session, member.id, form.ids, older_than=form.older_than, at=at)
    flash(ngettext("%(num)s notice marked as read.", "%(num)s notices marked as read.", count), "good")
    return redirect(url_for(".index"), 303)


def place_of(listed: queries.Listed) -> str | None:
    """Where what it tells of is; None for what its reader may not open, or no longer."""
    notice, facts = listed.notice, listed.notice.facts
    if notice.kind is NoticeKind.HANDED_OVER and facts["count"] > 1:
        return url_for("opportunities.index") if may(current_member(), Permission.SELL) else None
    if not listed.leads:
        return None
    match notice.kind:
        case NoticeKind.TASK_ASSIGNED:
            return url_for("agenda.show", task_id=facts["task_id"])
        case NoticeKind.MAIL_UNDELIVERED:
            return url_for("outgoing.mail", mail_id=facts["mail_id"])
        case _:
            return url_for("opportunities.show", opportunity_id=notice.opportunity_id)


def _page(refused: OpenForm | ReadAllForm | None = None, status: int = 200) -> ResponseReturnValue:
    member, zone = current_member(), seller().timezone
    place = Place.read(request.args, queries.LATEST)
    page = queries.notices_of(db.session(), member.id, owned_by(member), place)
    unread = [each.notice.id for each in page.rows if each.notice.read_at is None]
    today = clock.day_of(clock.now(), zone)
    return (
        render_template(
            "backoffice/notices/list.html",
            page=page,
            rows=[_row(each, nearmoment(each.notice.created_at, today, zone)) for each in page.rows],
            newest=page.previous is None,
            shown=",".join(map(str, unread)),
            older=page.rows[-1].notice.id if page.following else "",
            wrong=refused,
        ),
        status,
    )


def _row(listed: queries.Listed, when: str) -> dict[str, Any]:
    notice: Notice = listed.notice
    return {
        "notice": notice,
        "when": when,
        "sentence": sentences.sentence_of(notice),
        "subject": sentences.subject_of(notice),
        "words": sentences.words_of(notice),
        "place": place_of(listed),
        "mail_id": notice.facts["mail_id"] if listed.can_send else None,
        "quote_id": listed.quote_to_readdress,
    }
