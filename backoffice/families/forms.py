"""The forms of the families."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.validators import ValidationError

from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.families.keeping import FamilyNameTaken
from backoffice.families.models import BETWEEN, LONGEST_NAME, ProductFamily
from backoffice.forms import EditForm, PostedForm, TypedText, id_in


class FamilyForm(PostedForm):
    """A new family."""

    name_fr = TypedText(_("In French"), most=LONGEST_NAME)
    name_en = TypedText(_("In English"), most=LONGEST_NAME)
    parent = SelectField(_("Within"), default="")

    def offer(self, parents: Sequence[ProductFamily], language: str) -> None:
        named = [(str(each.id), each.name.text(language)) for each in parents]
        self.parent.choices = [("", gettext("No other family")), *named]

    def validate_name_fr(self, field: TypedText) -> None:
        if not field.data and not self.name_en.data:
            raise ValidationError(gettext("Give this family a name in at least one language."))
        self._plain(field)

    def validate_name_en(self, field: TypedText) -> None:
        self._plain(field)

    def _plain(self, field: TypedText) -> None:
        if BETWEEN.strip() in (field.data or ""):
            raise ValidationError(gettext("Leave out “>”: it stands between a family and the one within it."))

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_fr.data or "", self.name_en.data or "")

    @property
    def parent_id(self) -> int | None:
        return id_in(self.parent.data)

    def refuse(self, refusal: Refusal) -> None:
        """Beside the field that it is about."""
        field = self.parent
        if isinstance(refusal, FamilyNameTaken):
            field = self.name_fr if refusal.facts["name"] == self.name_fr.data else self.name_en
        field.errors = [refusal.sentence()]


class EditFamilyForm(FamilyForm, EditForm):
    """Another name or place for a family."""

    @classmethod
    def of(cls, family: ProductFamily) -> "EditFamilyForm":
        facts = {
            "revision": family.revision,
            "name_fr": family.name.fr,
            "name_en": family.name.en,
            "parent": str(family.parent_id or ""),
        }
        return cls(formdata=None, data=facts)


class ShelvingForm(PostedForm):
    """The one button that archives a family or restores it."""
