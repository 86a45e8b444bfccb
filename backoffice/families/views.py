"""The families of the catalogue: adding, renaming, putting one within another, archiving."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, needs
from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.families.forms import EditFamilyForm, FamilyForm, ShelvingForm
from backoffice.families.keeping import (
    FamilyNameTaken,
    FamilyTooDeep,
    describe_family,
    families_listed,
    family_among,
    family_shown,
    locked_families,
    parents_offered,
)
from backoffice.families.models import ProductFamily
from backoffice.language import current_language
from backoffice.work import unit_of_work

blueprint = Blueprint("families", __name__, url_prefix="/catalogue/families")


@blueprint.get("")
@needs(Permission.KEEP_CATALOGUE)
def index() -> ResponseReturnValue:
    return listing(FamilyForm(formdata=None))


@blueprint.post("/new")
@needs(Permission.KEEP_CATALOGUE)
def add() -> ResponseReturnValue:
    form = FamilyForm()
    form.offer(parents_offered(db.session()), current_language())
    if not form.validate():
        return listing(form), 422
    try:
        with unit_of_work() as session:
            family = ProductFamily()
            describe_family(locked_families(session), family, form.name, form.parent_id)
            session.add(family)
    except (FamilyNameTaken, FamilyTooDeep) as refusal:
        form.refuse(refusal)
        return listing(form), 422
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:family_id>")
@needs(Permission.KEEP_CATALOGUE)
def edit(family_id: int) -> ResponseReturnValue:
    return editing(family_id, EditFamilyForm.of(family_shown(db.session(), family_id)))


@blueprint.post("/<int:family_id>")
@needs(Permission.KEEP_CATALOGUE)
def save(family_id: int) -> ResponseReturnValue:
    form = EditFamilyForm()
    offer_parents(form, family_id)
    if not form.validate():
        return editing(family_id, form), 422
    try:
        with unit_of_work() as session:
            families = locked_families(session)
            family = family_among(families, family_id)
            family.opened_as(form.revision.data)
            describe_family(families, family, form.name, form.parent_id)
    except (FamilyNameTaken, FamilyTooDeep) as refusal:
        form.refuse(refusal)
        return editing(family_id, form), 422
    except StaleRevision:
        form.reopen(family_shown(db.session(), family_id).revision)
        return editing(family_id, form, stale=True), 409
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:family_id>/archive")
@needs(Permission.KEEP_CATALOGUE)
def archive(family_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ShelvingForm()
    if not form.validate():
        return listing(FamilyForm(formdata=None), form), 422
    with unit_of_work() as session:
        family_among(locked_families(session), family_id).archive(at=at)
    flash(gettext("The family is no longer offered. Products that are in it stay in it."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:family_id>/restore")
@needs(Permission.KEEP_CATALOGUE)
def restore(family_id: int) -> ResponseReturnValue:
    form = ShelvingForm()
    if not form.validate():
        return listing(FamilyForm(formdata=None), form), 422
    with unit_of_work() as session:
        family_among(locked_families(session), family_id).restore()
    flash(gettext("The family is offered again."), "good")
    return redirect(url_for(".index"), 303)


def offer_parents(form: FamilyForm, family_id: int) -> None:
    session = db.session()
    form.offer(parents_offered(session, family_shown(session, family_id)), current_language())


def listing(form: FamilyForm, refused: ShelvingForm | None = None) -> str:
    form.offer(parents_offered(db.session()), current_language())
    return render_template(
        "backoffice/families/list.html", families=families_listed(db.session()), form=form, refused=refused
    )


def editing(family_id: int, form: FamilyForm, *, stale: bool = False) -> str:
    offer_parents(form, family_id)
    family = family_shown(db.session(), family_id)
    return render_template("backoffice/families/edit.html", family=family, form=form, stale=stale)
