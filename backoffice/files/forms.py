"""Files in forms: fields that read what was uploaded and say beside themselves why something is refused."""

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict
from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from backoffice.files.limits import LARGEST, MOST
from backoffice.files.types import EVERY_TYPE, FileType
from backoffice.files.uploads import FileRefused, Upload, checked, labels_of, suffixes_of
from backoffice.forms import PostedForm, PostedTexts

FORM_ROOM = 1_000_000
"""Bytes for the other fields and for what stands between the files."""


class PostedFiles(PostedTexts):
    """Texts and files: the ``Meta`` of a form that takes uploads."""

    def wrap_formdata(self, form: Any, formdata: Any) -> Any:
        if formdata is None or isinstance(formdata, MultiDict):
            return formdata
        return CombinedMultiDict([request.files, request.form]) if request.files or request.form else None


class UploadForm(PostedForm):
    """A form with an ``Uploads`` field. Call ``make_room`` before it is made."""

    Meta = PostedFiles


class Uploads(MultipleFileField):
    """One or several files; ``data`` is the list of those that may be kept, empty when none was chosen."""

    data: list[Upload]

    def __init__(
        self,
        label: Any,
        *,
        allowed: frozenset[FileType],
        largest: int,
        most: int = 1,
        required: Any = None,
        **given: Any,
    ) -> None:
        shown = {"accept": suffixes_of(allowed)} | ({} if most == 1 else {"multiple": True})
        super().__init__(label, render_kw=shown, **given)
        self.allowed, self.largest, self.most, self.required = allowed, largest, most, required
        self.data = []

    @property
    def labels(self) -> str:
        return labels_of(self.allowed)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What is no file (text in its place) was not uploaded."""
        chosen = [each for each in valuelist if isinstance(each, FileStorage) and each.filename]
        self.data = []
        if not chosen and self.required:
            raise ValidationError(self.required)
        if len(chosen) > self.most:
            raise ValidationError(gettext("Choose at most %(most)s files at once.", most=self.most))
        try:
            self.data = [self._checked(each) for each in chosen]
        except FileRefused as refusal:
            raise ValidationError(refusal.sentence()) from None

    def _checked(self, file: FileStorage) -> Upload:
        data = file.stream.read(self.largest + 1)
        return checked(data, file.filename or "", allowed=self.allowed, largest=self.largest)


def make_room(*, largest: int, most: int = 1) -> None:
    """Let this request be as large as its files may be; a larger one is answered 413."""
    request.max_content_length = largest * most + FORM_ROOM


class FilesForm(UploadForm):
    """Files for a deal."""

    files = Uploads(
        _("Files"), allowed=EVERY_TYPE, largest=LARGEST, most=MOST, required=_("Choose a file first.")
    )


class HideForm(PostedForm):
    """One tap."""
