"""The forms of what a deal says besides its lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.clients.finding import SHOWN as CLIENTS_SHOWN
from backoffice.clients.finding import FoundClient
from backoffice.clients.forms import TypedEmail
from backoffice.clients.models import ClientKind, Standing
from backoffice.clients.opening import ClientFacts
from backoffice.db import Address
from backoffice.forms import (
    Day,
    EditForm,
    TypedNotes,
    TypedNumber,
    TypedText,
    id_in,
)
from backoffice.language import percent
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.numbers import LONGEST_DESCRIPTION, percentage
from backoffice.opportunities.opening import DealFacts, Place
from backoffice.particulars.amounts import estimate, written_estimate

BUYERS = {
    "company": (ClientKind.COMPANY, Standing.PROFESSIONAL),
    "consumer": (ClientKind.PERSON, Standing.CONSUMER),
    "trader": (ClientKind.PERSON, Standing.PROFESSIONAL),
    "public_body": (ClientKind.PUBLIC_BODY, Standing.PROFESSIONAL),
}
"""How a client made on the fly buys; nothing is supposed of a person."""


def chance(text: str, language: str) -> Decimal | None:
    """A percentage, or nothing for the phase's."""
    return percentage(text, language) if text.strip() else None


class OwnerField(SelectField):
    """Somebody who sells."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, coerce=int, validate_choice=True, **given)


class DealForm(EditForm):
    """What a deal says besides its lines. The client is typed: a name that stands for one client, or picked."""

    title = TypedText(_("Title"), most=160, required=_("Give the opportunity a title."))
    client = TypedText(_("Client"), most=160)
    client_id = StringField()  # written by the type-ahead beside its field, not among the hidden ones
    contact_id = SelectField(_("Contact"), coerce=int, validate_choice=True)
    source = TypedText(_("Source"), most=80)
    expected_on = Day(_("Order expected on"))
    estimate = TypedNumber(_("Estimated amount excl. VAT"), reading=estimate, writing=written_estimate)
    notes = TypedNotes(_("Internal notes"), most=LONGEST_DESCRIPTION)
    client_matches: Sequence[FoundClient] = ()
    more_clients_match = False
    is_client_unclear = False

    @property
    def makes_client(self) -> bool:
        """Whether the typed name is that of a client to be made."""
        return False

    @property
    def chosen_client(self) -> int | None:
        """Chosen by a button of the matches shown."""
        return id_in(request.form.get("match"))

    @property
    def picked_client(self) -> int | None:
        """Picked in the list while typing, or whom the page was opened for: the name may have been changed since."""
        return id_in(self.client_id.data)

    def facts(self) -> DealFacts:
        return DealFacts(
            title=self.title.data,
            contact_id=self.contact_id.data or None,
            source=self.source.data or "",
            expected_on=self.expected_on.data,
            notes=self.notes.data or "",
            estimate=self.estimate.data,
        )

    def offer_contacts(self, contacts: list[tuple[int, str]]) -> None:
        """The first contact is meant unless another is chosen; a private client has none."""
        self.contact_id.choices = [*contacts, (0, _("None"))]
        if self.contact_id.data is None:
            self.contact_id.data = contacts[0][0] if contacts else 0

    def fix_client(self, name: str) -> None:
        """A deal keeps its client."""
        self.client.data = name

    def mean_client(self, client: FoundClient | None) -> None:
        """Whom the deal is for. The contact chosen for another, whom the page was opened for, is forgotten."""
        if client is None or client.id != self.picked_client:
            self.contact_id.data = None
        self.client_id.data = str(client.id) if client is not None else ""
        if client is not None:
            self.client.data = client.name

    def offer_clients(self, found: Sequence[FoundClient]) -> None:
        """Nobody, or more than one, answers to the typed words: say so, and show who does."""
        self.is_client_unclear = True
        self.client_matches, self.more_clients_match = found[:CLIENTS_SHOWN], len(found) > CLIENTS_SHOWN

    def validate_client(self, field: TypedText) -> None:
        if not field.data:
            raise ValidationError(gettext("Enter the client’s name."))
        if self.makes_client:
            return
        if self.is_client_unclear and self.client_matches:
            raise ValidationError(
                gettext(
                    "It is not clear which client this is. Choose it below, or say that this is a new client."
                )
            )
        if self.is_client_unclear:
            raise ValidationError(
                gettext("No client has this name. Check it, or say below that this is a new client.")
            )

    @classmethod
    def of(cls, deal: Opportunity) -> "DealForm":
        names = ("revision", "title", "source", "expected_on", "notes", "estimate")
        stored = {name: getattr(deal, name) for name in names}
        return cls(formdata=None, data=stored | {"contact_id": deal.contact_id or 0})


class NewDealForm(DealForm):
    """A new deal, perhaps with a new client, in a pipeline and for an owner that may be chosen."""

    is_new_client = BooleanField(_("This is a new client"))
    buyer = SelectField(
        _("Type"),
        choices=[
            SelectChoice("", _("Choose one.")),
            SelectChoice("company", _("Company")),
            SelectChoice("consumer", _("Person, buys as a consumer")),
            SelectChoice("trader", _("Person, buys for their trade")),
            SelectChoice("public_body", _("Public body")),
        ],
    )
    email = TypedEmail(_("E-mail"))
    owner = OwnerField(_("Owner"))
    pipeline = OwnerField(_("Pipeline"))

    @property
    def makes_client(self) -> bool:
        return bool(self.is_new_client.data)

    def place(self, by: int) -> Place:
        """Where the new deal goes: what was not offered was not chosen."""
        return Place(owner_id=self.owner.data or by, pipeline_id=self.pipeline.data or None)

    def new_client(self, language: str) -> ClientFacts:
        """Whoever was made on the fly: name, kind and address suffice, the rest is entered when it is needed."""
        kind, standing = BUYERS[self.buyer.data]
        return ClientFacts(
            kind=kind,
            standing=standing,
            name=self.client.data,
            siren="",
            siret="",
            vat_number="",
            email=self.email.data or "",
            phone="",
            language=language,
            billing=Address(),
            contact_name="",
            contact_function="",
            contact_email="",
        )

    def offer_places(self, owners: Sequence[tuple[int, str]], pipelines: Sequence[tuple[int, str]]) -> None:
        """Owners to choose from: only for who may choose."""
        self.owner.choices, self.pipeline.choices = list(owners), list(pipelines)

    def validate_buyer(self, field: SelectField) -> None:
        if self.makes_client and field.data not in BUYERS:
            raise ValidationError(gettext("Choose how this client buys."))

    def validate_email(self, field: TypedEmail) -> None:
        if self.makes_client and not field.data:
            raise ValidationError(gettext("Enter an e-mail address, such as name@example.fr."))


class FactForm(EditForm):
    """One fact of a deal, changed where it is read. ``value`` is set on the deal under ``of``."""

    of: str
    value: Any

    @classmethod
    def showing(cls, deal: Opportunity) -> "FactForm":
        return cls(formdata=None, data={"revision": deal.revision, "value": getattr(deal, cls.of)})

    def change(self, deal: Opportunity) -> None:
        setattr(deal, self.of, self.value.data)


class ExpectedForm(FactForm):
    of = "expected_on"
    value = Day(_("Order expected on"), id="fact-expected")


class EstimateForm(FactForm):
    of = "estimate"
    value = TypedNumber(
        _("Estimated amount excl. VAT"), reading=estimate, writing=written_estimate, id="fact-amount"
    )


class ProbabilityForm(FactForm):
    of = "probability"
    value = TypedNumber(_("Probability"), reading=chance, writing=percent, id="fact-probability")


class SourceForm(FactForm):
    of = "source"
    value = TypedText(_("Source"), most=80, id="fact-source")


class NotesForm(FactForm):
    of = "notes"
    value = TypedNotes(_("Internal notes"), most=LONGEST_DESCRIPTION, id="fact-notes")


FACTS: dict[str, type[FactForm]] = {
    "expected": ExpectedForm,
    "amount": EstimateForm,
    "probability": ProbabilityForm,
    "source": SourceForm,
    "notes": NotesForm,
}
