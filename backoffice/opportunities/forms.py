"""The forms of a deal's working paper."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import TextArea

from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import SHOWN as PRODUCTS_SHOWN
from backoffice.forms import (
    EditForm,
    PostedForm,
    Revision,
    Spoken,
    TypedNumber,
    TypedParagraphs,
    TypedText,
    id_in,
    in_own_currency,
)
from backoffice.money import Vat
from backoffice.opportunities.lines import LineEdit, usual_vat
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.opportunities.numbers import (
    LONGEST_DESCRIPTION,
    LONGEST_LIST,
    LONGEST_NAME,
    MOST_LINES,
    discount,
    price,
    quantity,
)
from backoffice.opportunities.written import (
    vat_choices,
    vat_code,
    written_discount,
    written_price,
    written_quantity,
)

ON_A_LINE = frozenset({"remove", "up", "down", "duplicate", "open"})
ACTS = frozenset({"save", "product", "free", "section", "note", "several"}) | ON_A_LINE


def uuid_in(text: str | None) -> UUID | None:
    """None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


class LineFields:
    """One line of the ledger. A section has only its name, a note only its text.

    ``meant_in``: the currency of its amounts, to be told before they are validated.
    """

    meant_in: str
    uuid = HiddenField()
    kind = HiddenField()
    name = TypedText(_("Item"), most=LONGEST_NAME, required=_("Give this line a name."), widget=TextArea())
    description = TypedParagraphs(_("Description"), most=LONGEST_DESCRIPTION)
    quantity = TypedNumber(_("Quantity"), reading=quantity, writing=written_quantity)
    unit_price = TypedNumber(
        _("Unit price excl. VAT"), reading=price, writing=written_price, validators=[in_own_currency]
    )
    discount = TypedNumber(
        _("Discount"),
        reading=discount,
        writing=lambda given: written_discount(*given),
        validators=[in_own_currency],
    )
    vat = SelectField(_("VAT"), validate_choice=True)

    @property
    def is_section(self) -> bool:
        return bool(self.kind.data == LineKind.SECTION)

    @property
    def is_note(self) -> bool:
        return bool(self.kind.data == LineKind.NOTE)

    @property
    def key(self) -> UUID | None:
        return uuid_in(self.uuid.data)

    def as_edit(self, key: UUID) -> LineEdit:
        if self.is_section:
            return LineEdit(uuid=key, name=self.name.data)
        if self.is_note:
            return LineEdit(uuid=key, description=self.description.data)
        figure, unit = self.quantity.data or (None, None)
        category, _colon, rate = self.vat.data.partition(":")
        return LineEdit(
            uuid=key,
            name=self.name.data,
            description=self.description.data,
            quantity=figure,
            unit=unit,
            unit_price=self.unit_price.data,
            discount=self.discount.data,
            vat=Vat(category, Decimal(rate)),
        )


class LineForm(LineFields, Form):
    """A row of the whole ledger."""

    Meta = Spoken

    def validate(self, extra_validators: Any = None) -> bool:
        if self.key is None:
            return True  # forged: it names no line, so it changes none
        if self.is_section:
            return bool(self.name.validate(self))
        if self.is_note:
            return bool(self.description.validate(self))
        return bool(super().validate(extra_validators))


class LinesForm(EditForm):
    """The whole ledger, with a row to add to it. ``language`` is the one that its words were shown in."""

    language = HiddenField()
    lines = FieldList(FormField(LineForm), label=_("Lines"), max_entries=MOST_LINES + 1)
    adding = TypedText(_("Add a product"), most=LONGEST_NAME)
    several = TypedParagraphs(_("Several products"), most=LONGEST_LIST)
    product = HiddenField()
    matches: list[Product]
    usual_vat: Vat | None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.matches, self.unmatched, self.more_match = [], False, False
        once = {
            entry.form.key: entry for entry in reversed(self.lines.entries)
        }  # forged: the same line twice
        self.lines.entries = [entry for entry in self.lines.entries if once[entry.form.key] is entry]

    def offer(self, rates: Sequence[Vat], stored: Mapping[UUID, Vat], *, currency: str) -> None:
        """The VAT rates in force for every line, and the one that a line already has."""
        usual = vat_choices(rates)
        known = {code for code, _label in usual}
        for entry in self.lines:
            own = stored.get(entry.form.key)
            extra = vat_choices([own]) if own is not None and vat_code(own) not in known else []
            entry.form.vat.choices = usual + extra
            entry.form.meant_in = currency
        self.usual_vat = usual_vat(rates)

    def offer_matches(self, products: Sequence[Product]) -> None:
        """Nothing, or too much, answers to the typed words: say so, and show what does."""
        self.matches = list(products[:PRODUCTS_SHOWN])
        self.unmatched, self.more_match = not products, len(products) > PRODUCTS_SHOWN

    def refuse_adding(self, sentence: str) -> None:
        """Say beside the row to add why nothing was added; all that was typed stays."""
        self.adding.errors = [sentence]

    def without_line(self, stored: Mapping[UUID, OpportunityLine]) -> list[LineForm]:
        """Typed lines that somebody removed meanwhile; they leave the form, so that the rest can be saved."""
        gone = [entry for entry in self.lines.entries if entry.form.key not in stored]
        self.lines.entries = [entry for entry in self.lines.entries if entry.form.key in stored]
        return [entry.form for entry in gone]

    def validate_adding(self, field: TypedText) -> None:
        act, _key = self.act
        if act in {"free", "section", "note"} and not field.data:
            raise ValidationError(gettext("Type its name first."))
        if act == "product" and self.chosen_product is None and not self.matches:
            if not field.data:
                raise ValidationError(gettext("Type the first letters of a product, or its reference."))
            if self.unmatched:
                raise ValidationError(
                    gettext("No product matches these words. Check them, or add a free line instead.")
                )

    def validate_lines(self, field: FieldList) -> None:
        if len(field.entries) > MOST_LINES:
            raise ValidationError(
                gettext(
                    "A quote can have at most %(most)s lines. Remove some before you add others.",
                    most=MOST_LINES,
                )
            )

    @property
    def act(self) -> tuple[str, UUID | None]:
        """What the pressed button means, and the line that it stands on. Enter and an unknown button save."""
        name, _colon, key = request.form.get("act", "").partition(":")
        line = uuid_in(key)
        if name not in ACTS or (name in ON_A_LINE and line is None):
            name, line = "save", None
        if name == "save" and (self.adding.data or self.chosen_product):
            return "product", None
        return name, line

    @property
    def chosen_product(self) -> int | None:
        """Picked in the list while typing, or by a button of the matches shown."""
        return id_in(request.form.get("match") or self.product.data)

    @property
    def edited_language(self) -> str:
        return "en" if self.language.data == "en" else "fr"

    def edits(self) -> list[LineEdit]:
        forms = [entry.form for entry in self.lines]
        return [form.as_edit(form.key) for form in forms if form.key is not None]

    @property
    def rows(self) -> list[LineForm]:
        """As typed."""
        return [entry.form for entry in self.lines]

    @classmethod
    def opened(cls, *, revision: int, language: str) -> "LinesForm":
        """The form around rows that are shown as stored, to be edited in ``language``."""
        return cls(formdata=None, data={"revision": revision, "language": language})


def row_of(line: OpportunityLine, language: str, currency: str) -> dict[str, Any]:
    """What stands in the fields of a stored line."""
    return {
        "uuid": str(line.uuid),
        "kind": line.kind.value,
        "name": line.name.text(language),
        "description": line.description.text(language),
        "quantity": (line.quantity, line.unit),
        "unit_price": line.unit_price,
        "discount": (line.reduction, currency),
        "vat": vat_code(line.priced.vat),
    }


class MoveForm(PostedForm):
    """Moving a deal to another phase."""

    revision = Revision()
    phase = IntegerField(_("Phase"), validators=[InputRequired(_("Choose one."))])
