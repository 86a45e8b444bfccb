"""The facts of a deal, each changed where it is read."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.errors import StaleRevision
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.opportunities.views import load, render_working_page
from backoffice.particulars.forms import FACTS
from backoffice.work import unit_of_work

blueprint = Blueprint("particulars", __name__)


@blueprint.post(
    "/opportunities/<int:opportunity_id>/<any(expected, amount, probability, source, notes):fact>"
)
@needs(Permission.SELL)
def change(opportunity_id: int, fact: str) -> ResponseReturnValue:
    form, page = FACTS[fact](), load(opportunity_id)
    if not form.validate():
        return render_working_page(page, facts={fact: form}), 422
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, owned_by(current_member()))
            deal.opened_as(form.revision.data)
            form.change(deal)
    except StaleRevision as refusal:
        page = load(opportunity_id)
        form.reopen(page.deal.revision)
        return render_working_page(page, facts={fact: form}), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="facts"), 303)
