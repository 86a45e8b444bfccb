"""The pages before one is signed in: password, second step, forgotten password; and signing out."""

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import access, clock
from backoffice.db import db
from backoffice.errors import NotFound, Refusal
from backoffice.language import current_language
from backoffice.pages import FOR_EVER
from backoffice.settings import Settings
from backoffice.staff import resetting, security, signing_in, throttle
from backoffice.staff.addresses import normal
from backoffice.staff.forms import CodeForm, ForgottenForm, NewPasswordForm, SignInForm, SignOutForm
from backoffice.staff.models import StaffMember
from backoffice.staff.queries import member_of_link, photo_named
from backoffice.staff.refusals import (
    CodeNotRight,
    NotRight,
    StepExpired,
    TooManyAttempts,
)
from backoffice.staff.tokens import bound_to, read_reset_token

blueprint = Blueprint("staff", __name__)
LONGEST_TYPED = 254


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if access.member_or_none() is not None:
        return redirect(_onward(), 303)
    return _sign_in_page(SignInForm(formdata=None), 200)


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    at, form, before = clock.now(), SignInForm(), access.member_or_none()
    if not form.validate():
        return _sign_in_page(form, 422)
    email = normal(form.email.data)
    try:
        signed_in = signing_in.sign_in(
            email=email,
            password=form.password.data,
            guards=throttle.sign_in_guards(email, client_address(), key=_settings().secret_keys[0]),
            user_agent=request.user_agent.string,
            instead_of=before.session_id if before else None,
            at=at,
        )
    except (NotRight, TooManyAttempts) as refusal:
        return refused(form, refusal, _sign_in_page)
    if signed_in.begun is None:
        security.await_second_step(signed_in.member)
        return redirect(url_for("staff.second_step", next=request.args.get("next")), 303)
    security.open_browser_session(signed_in.member, signed_in.begun)
    return redirect(_onward(), 303)


@blueprint.get("/sign-in/code")
def second_step() -> ResponseReturnValue:
    if security.awaited() is None:
        return redirect(url_for("staff.sign_in", next=request.args.get("next")), 303)
    return _code_page(CodeForm(formdata=None), 200)


@blueprint.post("/sign-in/code")
def give_code() -> ResponseReturnValue:
    at, form, account = clock.now(), CodeForm(), security.awaited()
    if account is None:
        return _from_the_beginning()
    if not form.validate():
        return _code_page(form, 422)
    try:
        member, begun = signing_in.give_code(
            account=account,
            code=form.code.data or "",
            recovery_code=(form.recovery_code.data or "").strip(),
            guards=throttle.code_guards(account, key=_settings().secret_keys[0]),
            user_agent=request.user_agent.string,
            at=at,
        )
    except StepExpired:
        return _from_the_beginning()
    except (CodeNotRight, TooManyAttempts) as refusal:
        return refused(form, refusal, _code_page)
    security.open_browser_session(member, begun)
    return redirect(_onward(), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    at, form, member = clock.now(), SignOutForm(), access.member_or_none()
    if member is None:
        return redirect(url_for("staff.sign_in"), 303)
    if not form.validate():
        return render_template("backoffice/staff/sign_out.html", form=form), 422
    signing_in.sign_out(member.session_id, at=at)
    security.close_browser_session()
    flash(gettext("You are signed out."), "good")
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.get("/forgotten-password")
def forgotten() -> ResponseReturnValue:
    return _forgotten_page(ForgottenForm(formdata=None), 200)


@blueprint.post("/forgotten-password")
def ask_reset() -> ResponseReturnValue:
    at, form = clock.now(), ForgottenForm()
    if not form.validate():
        return _forgotten_page(form, 422)
    email = normal(form.email.data)[:LONGEST_TYPED]
    guards = throttle.reset_guards(email, client_address(), key=_settings().secret_keys[0])
    try:
        resetting.ask(email=email, language=current_language(), guards=guards, at=at)
    except TooManyAttempts as refusal:
        return refused(form, refusal, _forgotten_page)
    flash(
        gettext(
            "If this address has an account, an e-mail with a link is on its way. The link lasts one hour."
        ),
        "good",
    )
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.get("/reset/<token>")
def reset(token: str) -> ResponseReturnValue:
    member = _whose(token)
    return _reset_page(NewPasswordForm(formdata=None), member, token, 200)


@blueprint.post("/reset/<token>")
def set_password(token: str) -> ResponseReturnValue:
    at, member = clock.now(), _whose(token)
    form = NewPasswordForm()
    form.password.email = member.email
    if not form.validate():
        return _reset_page(form, member, token, 422)
    hashed, key = security.hashed(form.password.data), _settings().secret_keys[0]
    (guard,) = throttle.sign_in_guards(member.email, None, key=key)
    resetting.reset(member_id=member.id, bound=bound_to(member), password=hashed, sign_in_guard=guard, at=at)
    security.close_browser_session()
    flash(gettext("You have a new password. Sign in with it."), "good")
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.get("/photo-<digest>.jpg")
def photo(digest: str) -> ResponseReturnValue:
    """Of somebody who is with us, named by its content: the client's page shows it too."""
    response = Response(photo_named(db.session(), digest), mimetype="image/jpeg")
    response.headers["Cache-Control"] = FOR_EVER
    return response


def client_address() -> str | None:
    """The sender's network address for the counters: the direct peer, or what TRUSTED_PROXIES vouch for.

    ``create_app`` has installed ProxyFix for exactly that number; no header is read here.
    """
    return request.remote_addr or None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["accord"]
    return settings


def _onward() -> str:
    return access.local_address(request.args.get("next"))


def _whose(token: str) -> StaffMember:
    """Whoever the mail was for, while its link is good. Raises NotFound, ResetLinkClosed."""
    found = read_reset_token(token, _settings().secret_keys)
    if found is None:
        raise NotFound
    member = member_of_link(db.session(), *found)
    g.language = member.language
    return member


def _from_the_beginning() -> ResponseReturnValue:
    flash(StepExpired().sentence(), "warn")
    return redirect(url_for("staff.sign_in", next=request.args.get("next")), 303)


def refused(form: Any, refusal: Refusal, page: Callable[[Any, int], Response]) -> Response:
    form.form_errors.append(refusal.sentence())
    answer = page(form, refusal.status)
    if isinstance(refusal, TooManyAttempts):
        answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


def _sign_in_page(form: SignInForm, status: int) -> Response:
    action = url_for("staff.enter", next=request.args.get("next"))
    return make_response(render_template("security/login_user.html", form=form, action=action), status)


def _code_page(form: CodeForm, status: int) -> Response:
    action = url_for("staff.give_code", next=request.args.get("next"))
    return make_response(render_template("security/second_step.html", form=form, action=action), status)


def _forgotten_page(form: ForgottenForm, status: int) -> Response:
    delivers = _settings().mail is not None
    page = render_template("security/forgotten.html", form=form, delivers=delivers)
    return make_response(page, status)


def _reset_page(form: NewPasswordForm, member: StaffMember, token: str, status: int) -> Response:
    return make_response(
        render_template("security/reset.html", form=form, member=member, token=token), status
    )
