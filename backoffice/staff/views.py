"""The pages of signing in and out."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import access, clock
from backoffice.errors import Refusal
from backoffice.settings import Settings
from backoffice.staff import security, signing_in, throttle
from backoffice.staff.addresses import normal
from backoffice.staff.forms import SignInForm, SignOutForm
from backoffice.staff.refusals import NotRight, TooManyAttempts

blueprint = Blueprint("staff", __name__)


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
        member, begun = signing_in.sign_in(
            email=email,
            password=form.password.data,
            guards=throttle.sign_in_guards(email, client_address(), key=_settings().secret_keys[0]),
            user_agent=request.user_agent.string,
            instead_of=before.session_id if before else None,
            at=at,
        )
    except (NotRight, TooManyAttempts) as refusal:
        return _refused(form, refusal)
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


def _refused(form: SignInForm, refusal: Refusal) -> Response:
    form.form_errors.append(refusal.sentence())
    page = _sign_in_page(form, refusal.status)
    if isinstance(refusal, TooManyAttempts):
        page.headers["Retry-After"] = str(refusal.seconds)
    return page


def _sign_in_page(form: SignInForm, status: int) -> Response:
    action = url_for("staff.enter", next=request.args.get("next"))
    return make_response(render_template("security/login_user.html", form=form, action=action), status)
