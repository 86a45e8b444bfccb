"""The forms of notices."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField

from backoffice.forms import PostedForm, id_in
from backoffice.notices.choosing import NothingHeard
from backoffice.notices.models import NEVER_SILENT, Channels, NoticeKind

LABELS = {
    NoticeKind.QUOTE_SIGNED: _("A quote is signed"),
    NoticeKind.QUOTE_ACCEPTED: _("A colleague records an acceptance"),
    NoticeKind.CHANGES_REQUESTED: _("A client asks for changes"),
    NoticeKind.QUOTE_REFUSED: _("A quote is refused"),
    NoticeKind.RENEWAL_ASKED: _("A client asks for more time"),
    NoticeKind.QUOTE_EXPIRED: _("A quote expires"),
    NoticeKind.MAIL_UNDELIVERED: _("An e-mail is not delivered"),
    NoticeKind.HANDED_OVER: _("A colleague hands deals over to you"),
    NoticeKind.TASK_ASSIGNED: _("A colleague gives you a task"),
}


class OpenForm(PostedForm):
    """Only the token."""


class ReadAllForm(PostedForm):
    """``shown``: ids of the page's unread notices; ``older``: the id before which further pages begin, or nothing."""

    shown = HiddenField()
    older = HiddenField()

    @property
    def ids(self) -> set[int]:
        return {key for key in map(id_in, (self.shown.data or "").split(",")) if key is not None}

    @property
    def older_than(self) -> int | None:
        return id_in(self.older.data)


class ChannelsForm(PostedForm):
    """Two boxes for each kind, named ``<kind>_notice`` and ``<kind>_mail``."""

    @classmethod
    def of(cls, choices: dict[NoticeKind, Channels]) -> "ChannelsForm":
        boxes = {f"{kind}_notice": each.notice for kind, each in choices.items()}
        return cls(formdata=None, data=boxes | {f"{kind}_mail": each.mail for kind, each in choices.items()})

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """What happens, and its two boxes."""
        return [(LABELS[kind], self[f"{kind}_notice"], self[f"{kind}_mail"]) for kind in NoticeKind]

    @property
    def choices(self) -> dict[NoticeKind, Channels]:
        return {
            kind: Channels(notice=notice.data, mail=mail.data)
            for kind, (_label, notice, mail) in zip(NoticeKind, self.rows, strict=True)
        }

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for kind, channels in self.choices.items():
            if kind in NEVER_SILENT and channels.is_silent:
                self[f"{kind}_notice"].errors = [NothingHeard().sentence()]
                valid = False
        return valid


for _kind in NoticeKind:
    setattr(ChannelsForm, f"{_kind}_notice", BooleanField(LABELS[_kind]))
    setattr(ChannelsForm, f"{_kind}_mail", BooleanField(LABELS[_kind]))
