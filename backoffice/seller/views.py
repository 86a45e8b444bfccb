"""The settings: what the firm says of itself, one page per subject."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.documents.appearance import HOUSE_COLOUR
from backoffice.errors import Refusal, StaleRevision
from backoffice.pages import brand_address, logo_address
from backoffice.seller.colours import NotAColour, normal
from backoffice.seller.forms import IdentityForm, LookForm, MentionsForm, SellerForm, TermsForm, VatForm
from backoffice.seller.logos import LARGEST
from backoffice.seller.looks import look_of
from backoffice.seller.models import ONLY, Seller, Step
from backoffice.seller.overview import subjects
from backoffice.seller.refusals import NotSetUp
from backoffice.seller.setting_up import SellerIncomplete, change_seller
from backoffice.work import unit_of_work

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

FORMS: dict[str, type[SellerForm]] = {
    "identity": IdentityForm,
    "vat": VatForm,
    "look": LookForm,
    "terms": TermsForm,
    "mentions": MentionsForm,
}
SUBJECT = f"/<any({', '.join(FORMS)}):subject>"
FORM_BESIDES = 100_000
"""What a form may weigh besides its picture, in bytes."""


@blueprint.get("")
@needs(Permission.SET_UP)
def index() -> ResponseReturnValue:
    owner = seller_or_none()
    if owner is None:
        raise NotSetUp
    return render_template("backoffice/settings/index.html", subjects=subjects(owner), seller=owner)


@blueprint.get(SUBJECT)
@needs(Permission.SET_UP)
def show(subject: str) -> ResponseReturnValue:
    return opened_page(subject)


@blueprint.post(SUBJECT)
@needs(Permission.SET_UP)
def save(subject: str) -> ResponseReturnValue:
    return saved(subject)


def saved(subject: str) -> ResponseReturnValue:
    """Store what was sent; in the first run, go on."""
    request.max_content_length = LARGEST + FORM_BESIDES
    form = FORMS[subject]()
    form.know(seller_or_none())
    if not form.validate():
        return subject_page(subject, form), 422
    try:
        with unit_of_work() as session:
            seller = change_seller(session, form.facts(), revision=form.revision.data)
            if is_first_run():
                seller.step_taken(form.step)
    except StaleRevision as refusal:
        stored = seller_or_none()
        form.reopen(stored.revision if stored else 0)
        return subject_page(subject, form, stale=stored), refusal.status
    except SellerIncomplete as incomplete:
        return redirect(url_for(".show", subject="identity", missing=",".join(incomplete.missing)), 303)
    except Refusal as refusal:
        form.refuse(refusal)
        return subject_page(subject, form), refusal.status
    if is_first_run():
        return redirect(next_step(form.step), 303)
    flash(gettext("Saved. It holds for new papers; those that exist stay as they are."), "good")
    return redirect(url_for(".show", subject=subject), 303)


@blueprint.get("/look/colour")
@needs(Permission.SET_UP)
def colour() -> ResponseReturnValue:
    """What becomes of a colour, while it is being chosen: a fragment that names the style sheet to try it on."""
    try:
        chosen = normal(request.args.get("value", ""))
    except NotAColour:
        chosen = HOUSE_COLOUR
    return render_template(
        "backoffice/settings/colour.html", look=look_of(chosen), sheet=brand_address(chosen)
    )


def is_first_run() -> bool:
    """Whether the page is, or the form was sent from, a step of the first run."""
    return request.blueprint == "welcome"


def seller_or_none() -> Seller | None:
    return db.session.get(Seller, ONLY)


def opened_page(subject: str) -> str:
    """As stored. Raises NotSetUp: the identity comes first."""
    owner = seller_or_none()
    if owner is None and subject != Step.IDENTITY:
        raise NotSetUp
    return subject_page(subject, FORMS[subject].of(owner))


def subject_page(subject: str, form: SellerForm, *, stale: Seller | None = None) -> str:
    """The subject in the frame that it is read in: the settings, or the first run."""
    owner = seller_or_none()
    frame = "welcome" if is_first_run() else "settings"
    shown = owner.colour if owner else HOUSE_COLOUR
    return render_template(
        f"backoffice/settings/{subject}.html",
        frame=f"backoffice/{frame}/frame.html",
        form=form,
        step=form.step,
        seller=owner,
        action=url_for("welcome.take", step=subject)
        if is_first_run()
        else url_for("settings.save", subject=subject),
        differing=form.differing(stale) if stale else [],
        look=look_of(shown) if subject == "look" else None,
        logo=logo_address(owner) if owner else None,
        brand_address=brand_address(shown) if subject == "look" else None,
    )


def next_step(step: Step) -> str:
    """Where the first run goes on."""
    following = step.following
    return url_for("welcome.step", step=following.value) if following else url_for("welcome.done")
