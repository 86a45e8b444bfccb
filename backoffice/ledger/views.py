"""The lines of a deal's working paper: saved together by a form, or one by one as a script sends them."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.bundles.composing import BundleRefused
from backoffice.catalogue.queries import NotOnSale, products_meant
from backoffice.db import db
from backoffice.errors import NotFound, StaleRevision
from backoffice.forms import PostedForm
from backoffice.language import current_language
from backoffice.ledger.editing import (
    LineGone,
    NewLine,
    PlaceGone,
    Whose,
    add_line,
    added_to,
    arrange,
    duplicate_line,
    offered_otherwise,
    offers_in,
    save_lines,
)
from backoffice.ledger.forms import ArrangeForm
from backoffice.ledger.several import NothingTyped, UnknownReferences
from backoffice.ledger.shown import Ledger, ledger_of, refuse_foreign
from backoffice.ledger.written import Row, Writing
from backoffice.money import Vat
from backoffice.opportunities import arranging, lines
from backoffice.opportunities.forms import LinesForm
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.opportunities.numbers import UnknownUnit
from backoffice.opportunities.pages import WorkingPage
from backoffice.opportunities.queries import deal_to_act_on, vat_rates_in_force
from backoffice.opportunities.views import load, render_working_page
from backoffice.pages import seller
from backoffice.typed import NegativeNumber, NotANumber, NumberTooLarge, TooManyDecimals
from backoffice.vat.queries import VatHasEnded
from backoffice.work import unit_of_work

blueprint = Blueprint("ledger", __name__)

REFUSED_ADDING = (
    NotOnSale, BundleRefused, VatHasEnded, lines.NoVatRate, UnknownReferences, NothingTyped, UnknownUnit, NotANumber,
    NegativeNumber, TooManyDecimals, NumberTooLarge,
)  # fmt: skip
ROWS_OF_SCRIPTS = 1_000_000
"""Where the numbers of rows begin that a script puts on the page: no form that was shown whole has so many."""


@blueprint.post("/opportunities/<int:opportunity_id>/lines")
@needs(Permission.SELL)
def save(opportunity_id: int) -> ResponseReturnValue:
    form, page = LinesForm(), load(opportunity_id)
    form.offer(page.rates, page.vats, currency=page.currency)
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
    except (lines.TooManyLines, lines.QuantityNotOffered) as refusal:
        form.form_errors.append(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    except REFUSED_ADDING as refusal:
        form.refuse_adding(refusal.sentence())
        return render_working_page(load(opportunity_id), ledger=form), 422
    act, key = form.act
    if act == "open":
        return redirect(url_for("lines.show", line_uuid=key), 303)
    flash(gettext("Saved."), "good")
    return back(opportunity_id)


def change_lines(session: Session, deal: Opportunity, form: LinesForm, product_id: int | None) -> None:
    """All that was typed, then what the pressed button means."""
    act, key = form.act
    language = form.edited_language
    on = clock.today(seller().timezone)
    save_lines(session, deal, form.edits(), language, typist=typist(), on=on)
    match act, key:
        case (("product" | "several" | "free" | "section" | "note"), _):
            new = NewLine(
                kind=act,
                words=(form.several.data if act == "several" else form.adding.data) or "",
                spoken=current_language(),
                language=language,
                product_id=product_id,
                vat=form.usual_vat,
                on=on,
            )
            added_to(session, deal, new)
        case "remove", UUID():
            arranging.remove(deal, key, at=clock.now())
        case "duplicate", UUID():
            arranging.duplicate(deal, key)
        case (("up" | "down"), UUID()):
            arranging.move(deal, key, by=-1 if act == "up" else 1)


@blueprint.post("/opportunities/<int:opportunity_id>/lines/arrangement")
@needs(Permission.SELL)
def change_arrangement(opportunity_id: int) -> ResponseReturnValue:
    """As a script sends it: a line is added, duplicated, moved, removed or brought back."""
    form, which = ArrangeForm(), whose(opportunity_id)
    refuse_foreign(db.session(), which)
    form.look_up(products_meant(db.session(), form.adding.data or "") if form.is_looking else [])
    if not form.validate():
        return complaints(form), 422
    try:
        with unit_of_work() as session:
            shown = acted_on(session, form, which)
    except (lines.TooManyLines, LineGone, PlaceGone, *REFUSED_ADDING) as refusal:
        form.form_errors.append(refusal.sentence())
        return complaints(form), refusal.status
    return parts(opportunity_id, shown)


def acted_on(session: Session, form: ArrangeForm, which: Whose) -> list[UUID | None]:
    """Does it, and gives the lines that are new on the page or offered otherwise than before."""
    before = offers_in(session, which)
    new = [line.uuid for line in act_on_lines(session, form, which)]
    return [*new, *offered_otherwise(before, offers_in(session, which))]


def act_on_lines(session: Session, form: ArrangeForm, which: Whose) -> list[OpportunityLine]:
    """The lines that are new on the page."""
    act, key, new = form.act.data, form.key, form.identity
    if act == "duplicate" and key is not None:
        return duplicate_line(session, which, key, new=new)
    if act in {"product", "several", "free", "section", "note"}:
        return add_line(session, which, form.new_line(usual_vat(session), on=clock.today(seller().timezone)))
    if key is None:
        raise NotFound(line=form.line.data)
    return arrange(session, which, act, key, before=form.place, optional=form.wants_option, at=clock.now())


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
    typed.offer(page.rates, page.vats, currency=page.currency)
    return render_working_page(page, ledger=typed, stale="lines", gone=typed.without_line(page.stored))


def typist() -> lines.Typist:
    return lines.Typist(current_member().name, clock.now())


def whose(opportunity_id: int) -> Whose:
    return Whose(deal_id=opportunity_id, visible=owned_by(current_member()))


def ledger_shown(opportunity_id: int, uuids: Sequence[UUID]) -> Ledger:
    return ledger_of(db.session(), whose(opportunity_id), uuids, clock.today(seller().timezone))


def usual_vat(session: Session) -> Vat | None:
    return lines.usual_vat(rates_in_force(session))


def rates_in_force(session: Session) -> list[Vat]:
    owner = seller()
    return vat_rates_in_force(session, owner, clock.today(owner.timezone))


def parts(opportunity_id: int, uuids: Sequence[UUID | None], *, conflict: bool = False) -> str:
    """The rows asked for, as stored, and the sums of all; ``conflict``: somebody else changed the row meanwhile."""
    ledger = ledger_shown(opportunity_id, [uuid for uuid in uuids if uuid is not None])
    shown = [line for line in ledger.stored.values() if line.removed_at is None]
    writing = Writing(ledger.rates, ledger.edited_language, ledger.currency)
    rows = [Row(line, ROWS_OF_SCRIPTS + line.id, writing) for line in shown]
    return render_template(
        "backoffice/ledger/parts.html", page=ledger, rows=rows, conflict=conflict, spoken=current_language()
    )


def complaints(form: PostedForm) -> str:
    """What is wrong with what was typed, by field."""
    return render_template("backoffice/ledger/complaints.html", form=form)


def back(opportunity_id: int) -> ResponseReturnValue:
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id, _anchor="lines"), 303)
