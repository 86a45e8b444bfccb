"""The first run: who administers, who sells, how its papers look, and what to do next."""

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from backoffice import access, clock
from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.language import current_language
from backoffice.numbering.views import opened_page as numbering_opened
from backoffice.numbering.views import saved as numbering_saved
from backoffice.seller.models import Step
from backoffice.seller.overview import subjects
from backoffice.seller.refusals import NotSetUp
from backoffice.seller.views import opened_page, saved, seller_or_none
from backoffice.settings import Settings
from backoffice.staff.models import Role
from backoffice.staff.refusals import TooManyAttempts
from backoffice.staff.security import hashed, open_browser_session
from backoffice.staff.views import client_address
from backoffice.welcome.beginning import FirstAccount, check_code
from backoffice.welcome.beginning import begin as begin_with
from backoffice.welcome.code import IN_SESSION, code_guards
from backoffice.welcome.forms import BeginForm
from backoffice.welcome.next_acts import next_acts
from backoffice.welcome.queries import is_untouched
from backoffice.welcome.refusals import WrongCode

blueprint = Blueprint("welcome", __name__, url_prefix="/welcome")
STEP = f"/<any({', '.join(Step)}):step>"


@blueprint.get("")
def show() -> ResponseReturnValue:
    """The beginning, or wherever it has come to."""
    member = access.member_or_none()
    if is_untouched(db.session()):
        return begin_page(BeginForm(formdata=None, data={"code": session.get(IN_SESSION, "")}), 200)
    if member is None:
        return redirect(url_for("staff.sign_in"), 303)
    owner = seller_or_none()
    if member.role is not Role.ADMIN:
        return redirect(access.HOME, 303)
    if owner is not None and owner.first_run is None:
        return redirect(url_for("settings.index"), 303)
    return redirect(url_for(".step", step=owner.first_run if owner else Step.IDENTITY), 303)


@blueprint.post("")
def begin() -> ResponseReturnValue:
    at, form, settings = clock.now(), BeginForm(), configured()
    key = settings.secret_keys[0]
    if not form.validate():
        return begin_page(form, 422)
    try:
        check_code(form.code.data, key=key, guards=code_guards(client_address(), key=key), at=at)
        account = FirstAccount(
            name=form.name.data,
            email=form.email.data,
            language=current_language(),
            password=hashed(form.password.data),
        )
        member, begun = begin_with(account, user_agent=request.user_agent.string, at=at)
    except WrongCode as refusal:
        form.code.errors = [refusal.sentence()]
        return begin_page(form, refusal.status)
    except TooManyAttempts as refusal:
        return refused(form, refusal)
    open_browser_session(member, begun)
    return redirect(url_for(".step", step=Step.IDENTITY), 303)


@blueprint.get(STEP)
@needs(Permission.SET_UP)
def step(step: str) -> ResponseReturnValue:
    return numbering_opened() if step == Step.NUMBERING else opened_page(step)


@blueprint.post(STEP)
@needs(Permission.SET_UP)
def take(step: str) -> ResponseReturnValue:
    return numbering_saved() if step == Step.NUMBERING else saved(step)


@blueprint.get("/done")
@needs(Permission.SET_UP)
def done() -> ResponseReturnValue:
    owner = seller_or_none()
    if owner is None:
        raise NotSetUp
    return render_template(
        "backoffice/welcome/done.html",
        step=None,
        seller=owner,
        acts=next_acts(),
        lacking=[each for each in subjects(owner) if each.lacks],
    )


def refused(form: BeginForm, refusal: TooManyAttempts) -> Response:
    form.form_errors.append(refusal.sentence())
    page = make_response(*begin_page(form, refusal.status))
    page.headers["Retry-After"] = str(refusal.seconds)
    return page


def begin_page(form: BeginForm, status: int) -> tuple[str, int]:
    return render_template("backoffice/welcome/begin.html", form=form, step=None), status


def configured() -> Settings:
    settings: Settings = current_app.extensions["accord"]
    return settings
