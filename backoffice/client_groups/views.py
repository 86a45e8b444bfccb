"""Groups of clients: which there are, what they belong to, which price list is theirs."""

from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs
from backoffice.client_groups.forms import EditGroupForm, GroupForm
from backoffice.client_groups.tree import (
    GroupAboveArchived,
    GroupInUse,
    all_locked,
    archive_group,
    branches,
    group_in,
    group_shown,
    put_under,
    restore_group,
)
from backoffice.db import db
from backoffice.errors import Refusal, StaleRevision
from backoffice.language import current_language
from backoffice.pricing.forms import ActForm
from backoffice.pricing.models import ClientGroup
from backoffice.pricing.queries import groups_above, groups_offered, lists_offered
from backoffice.work import unit_of_work

Form = TypeVar("Form", bound=GroupForm)

blueprint = Blueprint("client_groups", __name__, url_prefix="/prices/groups")


@blueprint.get("")
@needs(Permission.SELL)
def index() -> ResponseReturnValue:
    return listing(offered(GroupForm(formdata=None)))


@blueprint.post("")
@needs(Permission.KEEP_CATALOGUE)
def create() -> ResponseReturnValue:
    form = offered(GroupForm())
    if not form.validate():
        return listing(form), 422
    try:
        with unit_of_work() as session:
            groups = all_locked(session)
            group = ClientGroup(name=form.name.data, price_list_id=form.price_list.chosen)
            put_under(groups, group, form.parent.chosen)
            session.add(group)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence())
        return listing(form), refusal.status
    flash(gettext("Saved."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:group_id>")
@needs(Permission.SELL)
def show(group_id: int) -> ResponseReturnValue:
    group = group_shown(db.session(), group_id)
    return group_page(group, offered(EditGroupForm.of(group), group))


@blueprint.post("/<int:group_id>")
@needs(Permission.KEEP_CATALOGUE)
def change(group_id: int) -> ResponseReturnValue:
    group = group_shown(db.session(), group_id)
    form = offered(EditGroupForm(), group)
    if not form.validate():
        return group_page(group, form), 422
    try:
        with unit_of_work() as session:
            groups = all_locked(session)
            changed = group_in(groups, group_id)
            changed.opened_as(form.revision.data)
            put_under(groups, changed, form.parent.chosen)
            changed.name, changed.price_list_id = form.name.data, form.price_list.chosen
    except Refusal as refusal:
        return refused_page(group_id, form, refusal), refusal.status
    flash(gettext("Saved. Quotes and deals keep what they already say."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:group_id>/archive")
@needs(Permission.KEEP_CATALOGUE)
def archive(group_id: int) -> ResponseReturnValue:
    at, form = clock.now(), ActForm()
    if not form.validate():
        return listing(offered(GroupForm(formdata=None)), form), 422
    try:
        with unit_of_work() as session:
            archive_group(session, group_in(all_locked(session), group_id), at=at)
    except GroupInUse as refusal:
        return said_on_page(group_id, refusal), refusal.status
    flash(gettext("Archived: it is offered no more, and can be restored."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:group_id>/restore")
@needs(Permission.KEEP_CATALOGUE)
def restore(group_id: int) -> ResponseReturnValue:
    form = ActForm()
    if not form.validate():
        return listing(offered(GroupForm(formdata=None)), form), 422
    try:
        with unit_of_work() as session:
            groups = all_locked(session)
            restore_group(groups, group_in(groups, group_id))
    except GroupAboveArchived as refusal:
        return said_on_page(group_id, refusal), refusal.status
    flash(gettext("Restored: it is offered again."), "good")
    return redirect(url_for(".index"), 303)


def offered(form: Form, group: ClientGroup | None = None) -> Form:
    """With the groups and lists that may be chosen, and those that are."""
    session = db.session()
    groups = groups_offered(session, besides=group.parent_id if group else None)
    lists = lists_offered(session, besides=group.price_list_id if group else None)
    form.offer([each for each in groups if group is None or each.id != group.id], lists)
    return form


def listing(form: GroupForm, refused: ActForm | None = None) -> str:
    return render_template(
        "backoffice/client_groups/list.html",
        branches=branches(db.session()),
        lists={each.id: each for each in lists_offered(db.session())},
        form=form,
        refused=refused,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        spoken=current_language(),
    )


def group_page(group: ClientGroup, form: EditGroupForm, *, stale: bool = False) -> str:
    return render_template(
        "backoffice/client_groups/group.html",
        group=group,
        above=[name for _key, name, _list in groups_above(db.session(), group.id)][1:],
        lists={each.id: each for each in lists_offered(db.session(), besides=group.price_list_id)},
        form=form,
        stale=stale,
        may_keep=may(current_member(), Permission.KEEP_CATALOGUE),
        spoken=current_language(),
    )


def said_on_page(group_id: int, refusal: Refusal) -> str:
    """The group as stored, and why nothing was done with it."""
    group = group_shown(db.session(), group_id)
    form = offered(EditGroupForm.of(group), group)
    form.form_errors.append(refusal.sentence())
    return group_page(group, form)


def refused_page(group_id: int, form: EditGroupForm, refusal: Refusal) -> str:
    """What was typed, and why it was not taken."""
    group = group_shown(db.session(), group_id)
    stale = isinstance(refusal, StaleRevision)
    if stale:
        form.reopen(group.revision)
    else:
        form.form_errors.append(refusal.sentence())
    return group_page(group, offered(form, group), stale=stale)
