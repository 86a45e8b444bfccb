"""The lines of a deal's working paper, saved together."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.catalogue.queries import NotOnSale, product_on_sale, products_meant
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.opportunities import lines
from backoffice.opportunities.forms import LinesForm
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.opportunities.views import load, render_working_page
from backoffice.work import unit_of_work

blueprint = Blueprint("ledger", __name__)


@blueprint.post("/opportunities/<int:opportunity_id>/lines")
@needs(Permission.SELL)
def save(opportunity_id: int) -> ResponseReturnValue:
    form, page = LinesForm(), load(opportunity_id)
    form.offer(page.rates, page.vats)
    product_id = product_to_add(form)
    if not form.validate() or form.matches:
        return render_working_page(page, ledger=form), 422
    try:
        with unit_of_work() as session:
            deal = deal_to_act_on(session, opportunity_id, owned_by(current_member()))
            deal.opened_as(form.revision.data)
            change_lines(session, deal, form, product_id)
    except StaleRevision:
        return render_stale_ledger(load(opportunity_id), form), 409
    except lines.TooManyLines as refusal:
        form.form_errors.append(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    except (NotOnSale, lines.NoVatRate) as refusal:
        form.refuse_adding(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    flash(gettext("Saved."), "good")
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="lines"), 303)


def change_lines(session: Session, deal: Opportunity, form: LinesForm, product_id: int | None) -> None:
    """All that was typed, then what the pressed button means."""
    act, key = form.act
    language = form.edited_language
    lines.apply(deal, form.edits(), language)
    match act, key:
        case "product", _ if product_id is not None:
            lines.add_product(deal, product_on_sale(session, product_id))
        case "free", _:
            lines.add_free_line(deal, form.adding.data, language, form.usual_vat)
        case "section", _:
            lines.add_section(deal, form.adding.data, language)
        case "remove", UUID():
            lines.remove(deal, key)
        case (("up" | "down"), UUID()):
            lines.move(deal, key, by=-1 if act == "up" else 1)


def product_to_add(form: LinesForm) -> int | None:
    """The product that was picked, or the one that the typed words mean; several are put on the form to choose from."""
    act, _key = form.act
    if act != "product" or form.chosen_product is not None:
        return form.chosen_product
    found = products_meant(db.session(), form.adding.data or "")
    if len(found) == 1:
        return found[0].id
    form.offer_matches(found)
    return None


def render_stale_ledger(page: WorkingPage, typed: LinesForm) -> str:
    """What was typed, ready to be saved over what somebody else stored meanwhile, and that beside it."""
    typed.reopen(page.deal.revision)
    typed.offer(page.rates, page.vats)
    return render_working_page(page, ledger=typed, stale="lines", gone=typed.without_line(page.stored))
