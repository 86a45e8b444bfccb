"""Writing into a deal's history."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.opportunities.views import load, render_working_page
from backoffice.pages import seller
from backoffice.timeline.forms import ANSWERED, NOTE, NoteForm
from backoffice.timeline.writing import CallToCome, recorded_call, written_note
from backoffice.work import unit_of_work

blueprint = Blueprint("timeline", __name__)


@blueprint.post("/opportunities/<int:opportunity_id>/history")
@needs(Permission.SELL)
def write(opportunity_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), NoteForm()
    held_at = None
    if not form.validate():
        return render_working_page(load(opportunity_id), note=form), 422
    if form.kind.data != NOTE:
        held_at = form.moment(seller().timezone)
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, owned_by(member))
            if form.kind.data == NOTE:
                entry = written_note(deal.id, form.words.data, by=member.id, at=at)
            else:
                answered = form.kind.data == ANSWERED
                entry = recorded_call(
                    deal.id, form.words.data, answered=answered, held_at=held_at, by=member.id, at=at
                )
            session.add(entry)
    except CallToCome as refusal:
        form.held_on.errors = [refusal.sentence()]
        return render_working_page(load(opportunity_id), note=form), refusal.status
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="history"), 303)
