"""*Outgoing mail*: what leaves, or would leave if a mail server were there, exactly as it arrives."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock, delivery
from backoffice.access import Permission, current_member, needs, owned_by
from backoffice.db import db
from backoffice.notifications.forms import SendAgainForm
from backoffice.notifications.mails import style_hash
from backoffice.notifications.queries import PAGE, ShownMail, mail_of, mail_to_act_on, mails_of
from backoffice.notifications.troubles import told_to_reader
from backoffice.pages import key_of, seller
from backoffice.settings import Settings
from backoffice.work import Wiring, unit_of_work

blueprint = Blueprint("outgoing", __name__, url_prefix="/mail")

# The mail is shown apart from everything of ours; only its links may lead out, to a tab of their own.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"


@blueprint.get("")
@needs(Permission.SEE_MAIL)
def listing() -> ResponseReturnValue:
    found = mails_of(db.session(), owned_by(current_member()), before=request.args.get("before", type=key_of))
    settings: Settings = current_app.extensions["accord"]
    return render_template(
        "backoffice/notifications/listing.html",
        mails=[(mail, delivery.subject_of(mail)) for mail in found[:PAGE]],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        newest=request.args.get("before") is None,
        delivers=settings.mail is not None,
        seller=seller(),
    )


@blueprint.get("/<int:mail_id>")
@needs(Permission.SEE_MAIL)
def mail(mail_id: int) -> ResponseReturnValue:
    return _mail_page(_shown(mail_id), 200)


@blueprint.get("/<int:mail_id>/html")
@needs(Permission.SEE_MAIL)
def html(mail_id: int) -> ResponseReturnValue:
    shown = _shown(mail_id)
    body = delivery.composed(shown.mail, seller(), shown.link).html
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style_hash(body)}; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'self'; sandbox {SANDBOX}"
    )
    return response


@blueprint.post("/<int:mail_id>/send-again")
@needs(Permission.SEE_MAIL)
def send_again(mail_id: int) -> ResponseReturnValue:
    at, seen = clock.now(), owned_by(current_member())
    if not SendAgainForm().validate():
        return _mail_page(_shown(mail_id), 422)
    with unit_of_work() as session:
        mail_to_act_on(session, mail_id, seen).send_again(at)
    wiring: Wiring = current_app.extensions["accord.work"]
    if wiring.nudge is not None:
        wiring.nudge("outgoing_mails", mail_id)
    flash(gettext("The e-mail will be sent again in a moment."), "good")
    return redirect(url_for("outgoing.mail", mail_id=mail_id), 303)


def _shown(mail_id: int) -> ShownMail:
    return mail_of(db.session(), mail_id, owned_by(current_member()))


def _mail_page(shown: ShownMail, status: int) -> ResponseReturnValue:
    page = render_template(
        "backoffice/notifications/mail.html",
        mail=shown.mail,
        trouble=told_to_reader(shown.mail.last_error),
        document=shown.document,
        words=delivery.composed(shown.mail, seller(), shown.link),
        link=delivery.address_in(shown.mail, shown.link),
        quote_id=None if shown.link is None else shown.link.quote_id,
        form=SendAgainForm(),
        seller=seller(),
        sandbox=SANDBOX,
    )
    return page, status
