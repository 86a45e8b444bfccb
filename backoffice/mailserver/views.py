"""How e-mails leave: what the environment says, and a test."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, needs
from backoffice.db import db
from backoffice.mailserver.forms import TrialForm
from backoffice.mailserver.trial import late_mails, send_trial
from backoffice.notifications.smtp import Correspondent
from backoffice.pages import seller
from backoffice.settings import MailSettings, Settings

blueprint = Blueprint("mailserver", __name__, url_prefix="/settings/mail")


@blueprint.get("")
@needs(Permission.SET_UP)
def show() -> ResponseReturnValue:
    return mail_page(TrialForm(formdata=None))


@blueprint.post("")
@needs(Permission.SET_UP)
def test() -> ResponseReturnValue:
    at, member, form, server, name = (
        clock.now(),
        current_member(),
        TrialForm(),
        configured(),
        seller().shown_name,
    )
    if not form.validate():
        return mail_page(form), 422
    if server is None:
        flash(gettext("No mail server is set up: nothing was sent."), "warn")
        return redirect(url_for(".show"), 303)
    db.session.rollback()  # no transaction stays open while a server is waited for
    to = Correspondent(name=member.name, address=member.email)
    trouble = send_trial(server, current_app.extensions["mail"], to=to, seller=name, at=at)
    if trouble is None:
        flash(
            gettext("The mail server has taken the test e-mail to %(address)s.", address=member.email), "good"
        )
    else:
        flash(f"{trouble.sentence} {trouble.quoted}".strip(), "stop")
    return redirect(url_for(".show"), 303)


def mail_page(form: TrialForm) -> str:
    return render_template(
        "backoffice/settings/mail.html",
        form=form,
        server=configured(),
        security=security_of(configured()),
        address=current_member().email,
        late=late_mails(db.session(), clock.now()),
    )


def configured() -> MailSettings | None:
    settings: Settings = current_app.extensions["accord"]
    return settings.mail


def security_of(server: MailSettings | None) -> str:
    if server is None:
        return ""
    if server.use_ssl:
        return gettext("TLS from the first byte")
    return gettext("STARTTLS") if server.use_tls else gettext("None: e-mails travel in clear text")
