"""The forms of those who look after people."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField

from backoffice.forms import PostedForm, id_in
from backoffice.invitations.forms import role_choices


class RoleForm(PostedForm):
    """``seen_version``: the role that the page showed."""

    seen_version = HiddenField()
    role = SelectField(_("Role"), choices=role_choices)


class LeaveForm(PostedForm):
    """``taker`` is left empty when nothing is to be handed over."""

    taker = SelectField(_("Who takes over"), choices=[], validate_choice=False)

    @property
    def taker_id(self) -> int | None:
        return id_in(self.taker.data)


class TakenOffForm(PostedForm):
    """Only the token."""
