"""Where a price comes from; a product's dated prices; what prices a client's products."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, owned_by
from backoffice.catalogue.queries import product_of
from backoffice.clients.queries import client_shown, client_to_act_on
from backoffice.clients.views import known_to
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.language import current_language
from backoffice.ledger.shown import deal_of_line
from backoffice.opportunities.queries import deal_shown, deal_to_act_on
from backoffice.pages import seller
from backoffice.pricing.dated import add_price, price_to_act_on
from backoffice.pricing.deals import currency_of, price_today, priced_line, take_price
from backoffice.pricing.forms import ActForm, ProductPriceForm, TakePriceForm, TermsForm
from backoffice.pricing.queries import dated_prices_of, groups_offered, lists_offered, terms_of
from backoffice.pricing.terms import change_terms
from backoffice.pricing.waterfall import story_of
from backoffice.work import unit_of_work

blueprint = Blueprint("pricing", __name__)


@blueprint.get("/lines/<uuid:line_uuid>/price")
@needs(Permission.SELL)
def explanation(line_uuid: UUID) -> ResponseReturnValue:
    return explanation_page(line_uuid, TakePriceForm(formdata=None))


@blueprint.post("/lines/<uuid:line_uuid>/price")
@needs(Permission.SELL)
def take(line_uuid: UUID) -> ResponseReturnValue:
    form, visible = TakePriceForm(), owned_by(current_member())
    if not form.validate():
        return explanation_page(line_uuid, form), 422
    with unit_of_work() as session:
        deal = deal_to_act_on(session, deal_of_line(session, line_uuid, visible), visible)
        line = priced_line(deal, line_uuid)
        deal.opened_as(form.revision.data)
        take_price(session, deal, line, on=today())
    flash(gettext("The line has today’s price."), "good")
    return redirect(url_for(".explanation", line_uuid=line_uuid), 303)


@blueprint.get("/catalogue/<int:product_id>/prices")
@needs(Permission.SELL)
def of_product(product_id: int) -> ResponseReturnValue:
    return product_page(product_id, ProductPriceForm(formdata=None, data={"valid_from": today()}))


@blueprint.post("/catalogue/<int:product_id>/prices")
@needs(Permission.KEEP_CATALOGUE)
def add(product_id: int) -> ResponseReturnValue:
    form = ProductPriceForm()
    if not form.validate():
        return product_page(product_id, form), 422
    try:
        with unit_of_work() as session:
            product = product_of(session, product_id)
            add_price(session, product, form.price, form.days)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence())
        return product_page(product_id, form), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".of_product", product_id=product_id), 303)


@blueprint.post("/prices/dated/<int:price_id>/end")
@needs(Permission.KEEP_CATALOGUE)
def end(price_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ActForm()
    if not form.validate():
        product_id = price_to_act_on(db.session(), price_id).product_id
        return product_page(product_id, ProductPriceForm(formdata=None), refused=form), 422
    with unit_of_work() as session:
        price = price_to_act_on(session, price_id)
        price.end(at)
    flash(gettext("Ended: it decides no price any more."), "good")
    return redirect(url_for(".of_product", product_id=price.product_id), 303)


@blueprint.get("/clients/<int:client_id>/prices")
@needs(Permission.SELL)
def of_client(client_id: int) -> ResponseReturnValue:
    client = client_shown(db.session(), client_id, known_to())
    facts = {"revision": client.revision, "group": client.group_id, "price_list": client.price_list_id}
    return client_page(client_id, TermsForm(formdata=None, data=facts))


@blueprint.post("/clients/<int:client_id>/prices")
@needs(Permission.KEEP_CATALOGUE)
def change(client_id: int) -> ResponseReturnValue:
    form = offered(TermsForm(), client_id)
    if not form.validate():
        return client_page(client_id, form), 422
    try:
        with unit_of_work() as session:
            client = client_to_act_on(session, client_id, known_to())
            client.opened_as(form.revision.data)
            change_terms(session, client, form.group.chosen, form.price_list.chosen)
    except StaleRevision as refusal:
        form.reopen(client_shown(db.session(), client_id, known_to()).revision)
        return client_page(client_id, form, stale=True), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for("clients.show", client_id=client_id), 303)


def today() -> date:
    return clock.today(seller().timezone)


def explanation_page(line_uuid: UUID, form: TakePriceForm) -> str:
    """Where the line's price comes from, and what it would be today."""
    session, visible = db.session(), owned_by(current_member())
    deal = deal_shown(session, deal_of_line(session, line_uuid, visible), visible)
    line = priced_line(deal, line_uuid)
    form.revision.reset(deal.revision)
    stored = line.explanation
    now = price_today(session, deal, line, on=today())
    return render_template(
        "backoffice/pricing/explanation.html",
        deal=deal,
        line=line,
        story=story_of(stored, line.unit_price, timezone=seller().timezone) if stored else None,
        now=now,
        differs=now is not None and (now.result != line.unit_price or not stored),
        currency=currency_of(session, deal.id),
        form=form,
        spoken=current_language(),
    )


def product_page(product_id: int, form: ProductPriceForm, refused: ActForm | None = None) -> str:
    session = db.session()
    return render_template(
        "backoffice/pricing/product.html",
        product=product_of(session, product_id),
        prices=dated_prices_of(session, product_id),
        form=form,
        refused=refused,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        today=today(),
        currency=seller().currency,
        spoken=current_language(),
    )


def offered(form: TermsForm, client_id: int) -> TermsForm:
    """With the groups and lists that may be chosen, and those that are."""
    session = db.session()
    client = client_shown(session, client_id, known_to())
    groups = groups_offered(session, besides=client.group_id)
    form.offer(groups, lists_offered(session, besides=client.price_list_id))
    return form


def client_page(client_id: int, form: TermsForm, *, stale: bool = False) -> str:
    session = db.session()
    client = client_shown(session, client_id, known_to())
    return render_template(
        "backoffice/pricing/client.html",
        client=client,
        terms=terms_of(session, client, on=today()),
        form=offered(form, client_id),
        stale=stale,
        spoken=current_language(),
    )
