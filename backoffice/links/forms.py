"""To whom a link is given, and which is sent again."""

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice

from backoffice.clients.forms import TypedEmail
from backoffice.forms import PostedForm, Revision, TypedText
from backoffice.links.models import Channel
from backoffice.quotes.sending import Recipient


class RecipientForm(PostedForm):
    """Somebody more."""

    name = TypedText(_("Recipient"), most=120, required=_("Enter the recipient’s name."))
    email = TypedEmail(_("E-mail"))
    language = SelectField(
        _("Language"), choices=[SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]
    )

    @property
    def channel(self) -> Channel:
        return Channel.COPIED if request.form.get("act") == "link" else Channel.MAIL

    def recipient(self) -> Recipient:
        return Recipient(
            contact_id=None, name=self.name.data, email=self.email.data or "", language=self.language.data
        )


class AgainForm(PostedForm):
    """``times``: how often the link had been mailed when the page was made."""

    times = Revision()


class LinkForm(PostedForm):
    """Only the token: revoking."""
