"""The form of a group of clients."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from backoffice.forms import EditForm, PostedForm, TypedText
from backoffice.pricing.forms import Choice, list_choices
from backoffice.pricing.models import LONGEST_NAME, ClientGroup, PriceList


class GroupForm(PostedForm):
    name = TypedText(_("Name"), most=LONGEST_NAME, required=_("Enter the name of the group."))
    parent = Choice(_("Belongs to"))
    price_list = Choice(_("Price list"))

    def offer(self, groups: Sequence[ClientGroup], lists: Sequence[PriceList]) -> None:
        self.parent.offer(gettext("No other group"), [(each.id, each.name) for each in groups])
        self.price_list.offer(gettext("None: that of the group above, or the catalogue"), list_choices(lists))


class EditGroupForm(EditForm, GroupForm):
    @classmethod
    def of(cls, group: ClientGroup) -> "EditGroupForm":
        stored = {
            "revision": group.revision,
            "name": group.name,
            "parent": group.parent_id,
            "price_list": group.price_list_id,
        }
        return cls(formdata=None, data=stored)
