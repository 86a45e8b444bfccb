"""Who has a link to a quote: a list, one more, once more, no more."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.db import db
from backoffice.forms import PostedForm
from backoffice.links.forms import AgainForm, LinkForm, RecipientForm
from backoffice.links.giving import give_link, revoke_link, send_again
from backoffice.links.queries import links_of, quote_of_link
from backoffice.opportunities.queries import deal_shown
from backoffice.opportunities.views import address_of
from backoffice.pages import seller
from backoffice.quotes.papers import deal_of_quote, quote_shown
from backoffice.quotes.refusals import NoRecipient
from backoffice.work import unit_of_work

blueprint = Blueprint("links", __name__)


@blueprint.get("/quotes/<int:quote_id>/links")
@needs(Permission.SELL)
def index(quote_id: int) -> ResponseReturnValue:
    return listing(quote_id, RecipientForm(formdata=None))


@blueprint.post("/quotes/<int:quote_id>/links")
@needs(Permission.SELL)
def give(quote_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), RecipientForm()
    deal_of_quote(db.session(), quote_id, owned_by(member))
    if not form.validate():
        return listing(quote_id, form), 422
    try:
        with unit_of_work() as session:
            give_link(session, quote_id, form.recipient(), channel=form.channel, by=member.id, at=at)
    except NoRecipient as refusal:
        form.email.errors = [refusal.sentence()]
        return listing(quote_id, form), refusal.status
    flash(gettext("The link is ready."), "good")
    return redirect(url_for(".index", quote_id=quote_id), 303)


@blueprint.post("/links/<int:link_id>/send-again")
@needs(Permission.SELL)
def again(link_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), AgainForm()
    quote_id = quote_of_link(db.session(), link_id, owned_by(member))
    if not form.validate():
        return listing(quote_id, RecipientForm(formdata=None), form), 422
    with unit_of_work() as session:
        send_again(session, quote_id, link_id, times=form.times.data or 0, by=member.id, at=at)
    flash(gettext("The link will be sent again in a moment."), "good")
    return redirect(url_for(".index", quote_id=quote_id), 303)


@blueprint.post("/links/<int:link_id>/revoke")
@needs(Permission.SELL)
def revoke(link_id: int) -> ResponseReturnValue:
    at, member, form = clock.now(), current_member(), LinkForm()
    quote_id = quote_of_link(db.session(), link_id, owned_by(member))
    if not form.validate():
        return listing(quote_id, RecipientForm(formdata=None), form), 422
    with unit_of_work() as session:
        revoke_link(session, quote_id, link_id, by=member.id, at=at)
    flash(gettext("The link is revoked: it opens nothing any more."), "good")
    return redirect(url_for(".index", quote_id=quote_id), 303)


def listing(quote_id: int, form: RecipientForm, refused: PostedForm | None = None) -> str:
    visible = owned_by(current_member())
    deal = deal_shown(db.session(), deal_of_quote(db.session(), quote_id, visible), visible)
    at = clock.now()
    return render_template(
        "backoffice/links/list.html",
        deal=deal,
        quote=quote_shown(db.session(), quote_id),
        links=[(given, address_of(given.link)) for given in links_of(db.session(), quote_id)],
        form=form,
        refused=refused,
        at=at,
        timezone=seller().timezone,
    )
