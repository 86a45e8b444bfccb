"""The demonstration in the settings: loaded into an empty installation, removed as a whole."""

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.demonstration import loading, marks, showing
from backoffice.demonstration.forms import LoadForm, RemoveForm, removal_word
from backoffice.demonstration.removing import contents, remove_demonstration
from backoffice.errors import Conflict
from backoffice.seller.models import ONLY, Seller
from backoffice.settings import Settings
from backoffice.staff.security import close_browser_session
from backoffice.welcome.code import IN_SESSION, set_up_code
from backoffice.work import unit_of_work

blueprint = Blueprint("demonstration", __name__, url_prefix="/settings/demonstration")


class NotInProduction(Conflict):
    def sentence(self) -> str:
        return gettext(
            "There is no demonstration in production: invented clients have no place among real ones."
        )


@blueprint.get("")
@needs(Permission.SET_UP)
def show() -> ResponseReturnValue:
    return demonstration_page()


@blueprint.post("/load")
@needs(Permission.SET_UP)
def load() -> ResponseReturnValue:
    form = LoadForm()
    if not form.validate():
        return demonstration_page(loads=form), 422
    if configured().production:
        raise NotInProduction
    loading.load_instead()
    flash(gettext("The demonstration is loaded. Look around; nothing of it is real."), "good")
    return redirect(url_for(".show"), 303)


@blueprint.post("/remove")
@needs(Permission.SET_UP)
def remove() -> ResponseReturnValue:
    form = RemoveForm()
    if not form.validate():
        return demonstration_page(removes=form), 422
    with marks.alone():
        with unit_of_work() as open_session:
            remove_demonstration(open_session)
        marks.forget()
    close_browser_session()
    session[IN_SESSION] = set_up_code(configured().secret_keys[0])
    return redirect(url_for("welcome.show"), 303)


def demonstration_page(*, loads: LoadForm | None = None, removes: RemoveForm | None = None) -> str:
    owner = db.session.get(Seller, ONLY)
    shown = owner is not None and owner.demonstration
    return render_template(
        "backoffice/settings/demonstration.html",
        seller=owner,
        demonstration=shown,
        contents=contents(db.session()) if shown else None,
        accounts=showing.facts()["accounts"] if shown and not configured().production else [],
        loadable=not shown and not configured().production and not loading.has_own_data(db.session()),
        production=configured().production,
        loads=loads or LoadForm(formdata=None),
        removes=removes or RemoveForm(formdata=None),
        word=removal_word(),
    )


def configured() -> Settings:
    settings: Settings = current_app.extensions["accord"]
    return settings
