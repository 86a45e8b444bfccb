"""The form that merges two clients."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from backoffice.clients.models import Client
from backoffice.forms import EditForm, Revision, id_in
from backoffice.language import moment
from backoffice.merging.differences import TRAITS, Difference, Side
from backoffice.merging.merge import Opened


class Pick(RadioField):
    """One of two; a trait that does not differ is not asked, and then ``THIS`` says the same as ``OTHER``."""

    def __init__(
        self, label: Any = "", *, sides: Sequence[Side] = (Side.THIS, Side.OTHER), **given: Any
    ) -> None:
        self.sides = sides
        choices = [SelectChoice(side.value, "") for side in sides]
        super().__init__(label, choices=choices, default=sides[0].value, **given)
        self.type = "RadioField"  # drawn as what it is

    def say(self, words: Sequence[Any]) -> None:
        """What each choice means, in the order of the sides."""
        self.choices = [SelectChoice(side.value, said) for side, said in zip(self.sides, words, strict=True)]


class MergeForm(EditForm):
    """``revision`` is of the client whose page it began on; ``other`` the id of the second."""

    other = HiddenField()
    other_revision = Revision()
    stays = Pick(_("Which one stays"))
    kind = Pick(_("Type"))
    name = Pick(_("Name"))
    registration = Pick(_("SIREN, SIRET and VAT number"))
    email = Pick(_("E-mail"))
    phone = Pick(_("Telephone"))
    language = Pick(_("Language"))
    billing = Pick(_("Billing address"))
    delivery = Pick(_("Delivery address"))
    payment_days = Pick(_("Days to pay"))
    owner = Pick(_("Looked after by"))
    notes = Pick(_("Internal notes"), sides=(Side.BOTH, Side.THIS, Side.OTHER))

    @property
    def other_id(self) -> int | None:
        return id_in(self.other.data)

    def show(
        self, this: Client, other: Client, found: Sequence[Difference], *, typed: bool, timezone: str
    ) -> None:
        """Put both clients on the form: what each choice means, and unless it was ``typed``, the usual one."""
        self.revision.reset(this.revision)
        self.other_revision.reset(other.revision)
        self.other.data = str(other.id)
        self.stays.say([_entry(this, timezone), _entry(other, timezone)])
        nothing = _("nothing")
        self.notes.say([_("Both, one after the other"), this.notes or nothing, other.notes or nothing])
        for difference in found:
            field = self[difference.name]
            field.say([difference.this, difference.other])
            if not typed:
                field.data = difference.usual.value

    def opened(self, this_id: int) -> Opened:
        """What was picked, once valid."""
        return Opened(
            this_id=this_id,
            this_revision=self.revision.data,
            other_id=self.other_id or 0,
            other_revision=self.other_revision.data,
            stays=Side(self.stays.data),
            picks={name: Side(self[name].data) for name in TRAITS},
            notes=Side(self.notes.data),
        )


def _entry(client: Client, timezone: str) -> str:
    """Two entries of one name are told apart by when they were made."""
    return gettext(
        "%(name)s, entered on %(moment)s", name=client.name, moment=moment(client.created_at, timezone)
    )
