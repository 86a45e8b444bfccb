"""*Today*: what clients did, what is due and what is owed, each with the one act that comes next."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, may, needs, owned_by, owner, sees_all
from backoffice.agenda.models import Task
from backoffice.db import db
from backoffice.language import current_language
from backoffice.pages import seller
from backoffice.paging import SIZE, Place
from backoffice.today.day import Section, day_of, ordering_of, section_of
from backoffice.today.sight import Sight

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
@needs(Permission.ENTER)
def home() -> ResponseReturnValue:
    """An accountant begins with the invoices."""
    sells = may(current_member(), Permission.SELL)
    return redirect(url_for(".show" if sells else "invoices.index"), 303)


@blueprint.get("/today")
@needs(Permission.SELL)
def show() -> ResponseReturnValue:
    seen, owner = sight(), seller()
    return render_template(
        "backoffice/today/show.html",
        day=day_of(db.session(), seen, owner.currency),
        first_name=current_member().name.partition(" ")[0],
        **shared(seen),
    )


@blueprint.get("/today/<any(clients, tasks, quiet, drafts, overdue):section>")
@needs(Permission.SELL)
def all_of(section: str) -> ResponseReturnValue:
    """Everything of one section, page by page."""
    seen, wanted = sight(), Section(section)
    place = Place.read(request.args, ordering_of(wanted, seen))
    page = section_of(db.session(), wanted, seen, place, size=SIZE)
    return render_template("backoffice/today/section.html", page=page, section=section, **shared(seen))


def sight() -> Sight:
    """Managers see everybody's day, or with ``?whose=mine`` their own; reps their own."""
    member = current_member()
    all_of_it = sees_all(member) and request.args.get("whose") != "mine"
    return Sight(
        visible=owned_by(member, walking=True) if all_of_it else owner(member.id, walking=True),
        to_do=sa.true() if all_of_it else Task.assignee_id == member.id,
        names=all_of_it,
        at=clock.now(),
        zone=seller().timezone,
    )


def shared(seen: Sight) -> dict[str, object]:
    return {
        "sight": seen,
        "chooses": sees_all(current_member()),
        "arguments": {"whose": "mine"} if request.args.get("whose") == "mine" else {},
        "seller": seller(),
        "spoken": current_language(),
    }
