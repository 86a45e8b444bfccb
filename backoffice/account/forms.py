"""The forms of one's own account."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, SelectField
from wtforms.validators import InputRequired

from backoffice.account.photos import LARGEST
from backoffice.files.forms import UploadForm, Uploads
from backoffice.files.pictures import TYPES
from backoffice.forms import PostedForm, TypedText
from backoffice.invitations.forms import LANGUAGES, LONGEST_NAME
from backoffice.staff.forms import NewPasswordField

LONGEST_PHONE = 40


class ProfileForm(PostedForm):
    name = TypedText(_("Name"), most=LONGEST_NAME, required=_("Enter your name."))
    function = TypedText(_("Function"), most=LONGEST_NAME)
    phone = TypedText(_("Telephone"), most=LONGEST_PHONE)
    language = SelectField(_("Language"), choices=LANGUAGES)


class PhotoForm(UploadForm):
    photo = Uploads(_("Photograph"), allowed=TYPES, largest=LARGEST, required=_("Choose a picture."))


class ButtonForm(PostedForm):
    """Only the token."""


class ProvedForm(PostedForm):
    """An act that a borrowed browser must not do."""

    present = PasswordField(_("Present password"), [InputRequired(_("Enter your present password."))])


class PasswordForm(ProvedForm):
    password = NewPasswordField(_("New password"))
