"""The form of a contact."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice

from backoffice.clients.forms import LANGUAGES, TypedEmail
from backoffice.clients.models import Contact
from backoffice.contacts.editing import ContactFacts
from backoffice.forms import EditForm, TypedText

FIRST, OTHER = "first", "other"


class ContactForm(EditForm):
    """``rank`` is left out for who comes first already: another takes the place."""

    name = TypedText(_("Name"), most=120, required=_("Enter the contact’s name."))
    function = TypedText(_("Job title"), most=120)
    email = TypedEmail(_("E-mail"))
    phone = TypedText(_("Telephone"), most=40)
    language = SelectField(_("Language"), choices=LANGUAGES)
    rank = SelectField(
        _("Place among the contacts"),
        choices=[SelectChoice(OTHER, _("Further contact")), SelectChoice(FIRST, _("Main contact"))],
    )

    def facts(self) -> ContactFacts:
        rank = self._fields.get("rank")
        return ContactFacts(
            name=self.name.data,
            function=self.function.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            language=self.language.data,
            principal=rank is not None and rank.data == FIRST,
        )

    def fit(self, contact: Contact) -> "ContactForm":
        """Ask only what can be answered of this contact."""
        if contact.is_principal or contact.archived_at is not None:
            del self.rank
        return self

    @classmethod
    def of(cls, contact: Contact) -> "ContactForm":
        names = ("revision", "name", "function", "email", "phone", "language")
        return cls(formdata=None, data={name: getattr(contact, name) for name in names})


class ContactActForm(EditForm):
    """One button: archive or restore a contact."""
