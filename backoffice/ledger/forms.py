"""What a script sends of the ledger: one row, or what is to be done with the rows."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from backoffice.catalogue.models import Product
from backoffice.forms import EditForm, PostedForm, TypedParagraphs, TypedText, id_in
from backoffice.language import current_language
from backoffice.ledger.editing import NewLine
from backoffice.money import Vat
from backoffice.opportunities.forms import LineFields, uuid_in
from backoffice.opportunities.models import OpportunityLine
from backoffice.opportunities.numbers import LONGEST_LIST, LONGEST_NAME
from backoffice.opportunities.written import vat_choices


class RowForm(LineFields, EditForm):
    """What a row of the ledger says. ``revision`` is the line's."""

    language = HiddenField()

    def offer(self, line: OpportunityLine, rates: list[Vat], *, currency: str) -> None:
        """The VAT rates in force, and the line's own. What kind of line it is does not come from the reader."""
        self.meant_in = currency
        self.kind.data, self.uuid.data = line.kind.value, str(line.uuid)
        own = line.priced.vat if line.is_item else None
        self.vat.choices = vat_choices([*rates, *([own] if own is not None and own not in rates else [])])
        if not line.is_item:
            for name in ("quantity", "unit_price", "discount", "vat"):
                delattr(self, name)
            delattr(self, "name" if self.is_note else "description")

    @property
    def edited_language(self) -> str:
        return "en" if self.language.data == "en" else "fr"


class ArrangeForm(PostedForm):
    """An act on the ledger as a script sends it: add, duplicate, up, down, to, remove or restore."""

    act = HiddenField()
    line = HiddenField()
    before = HiddenField()
    after = HiddenField()
    new = HiddenField()
    optional = HiddenField()
    product = HiddenField()
    language = HiddenField()
    found: int | None = None
    not_found = ""
    adding = TypedText(_("Add a product"), most=LONGEST_NAME)
    several = TypedParagraphs(_("Several products"), most=LONGEST_LIST)

    def validate_adding(self, field: TypedText) -> None:
        if self.act.data in {"free", "section", "note"} and not field.data:
            raise ValidationError(gettext("Type its name first."))
        if self.is_looking and self.found is None:
            raise ValidationError(self.not_found)

    @property
    def is_looking(self) -> bool:
        """Whether words were typed, and no product picked."""
        return bool(self.act.data == "product" and id_in(self.product.data) is None)

    def look_up(self, meant: Sequence[Product]) -> None:
        """The products that the typed words may mean."""
        self.found = meant[0].id if len(meant) == 1 else None
        self.not_found = (
            gettext("Several products match these words. Choose one in the list.")
            if meant
            else gettext("No product matches these words. Check them, or add a free line instead.")
        )

    @property
    def key(self) -> UUID | None:
        return uuid_in(self.line.data)

    @property
    def place(self) -> UUID | None:
        """Before which line; None for the end."""
        return uuid_in(self.before.data)

    @property
    def wants_option(self) -> bool | None:
        """What the line is to be; None for the other than it is."""
        return {"yes": True, "no": False}.get(self.optional.data or "")

    @property
    def identity(self) -> UUID | None:
        """That a new line gets: sent twice, it is made once."""
        return uuid_in(self.new.data)

    def new_line(self, vat: Vat | None, *, on: date) -> NewLine:
        return NewLine(
            kind=self.act.data,
            words=(self.several.data if self.act.data == "several" else self.adding.data) or "",
            spoken=current_language(),
            language="en" if self.language.data == "en" else "fr",
            product_id=id_in(self.product.data) or self.found,
            vat=vat,
            on=on,
            after=uuid_in(self.after.data),
            uuid=self.identity,
        )
