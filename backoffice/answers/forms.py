"""A rep's forms: replying to a request, withdrawing a quote, recording what a client said by telephone."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from backoffice.answers.models import LONGEST_WORDS, Answering
from backoffice.forms import PostedForm, Revision, TypedNotes, TypedText
from backoffice.quotes.models import QuoteVersion
from backoffice.reasons.models import Reason


class ReplyForm(PostedForm):
    """``read``: the last request that was on the page."""

    read = Revision(id="reply-read")
    text = TypedNotes(_("Your reply"), most=LONGEST_WORDS, required=_("Write your reply."))


class WithdrawForm(PostedForm):
    """``seen_as``: the digest of the version that was on the page."""

    seen_as = HiddenField()
    text = TypedNotes(_("A word to the client"), most=LONGEST_WORDS)


class RefusalForm(PostedForm):
    """What the client said, and who said it."""

    seen_as = HiddenField()
    posted_as = HiddenField()
    name = TypedText(_("Who refused"), most=120, required=_("Enter who refused."))
    reason = RadioField(_("Reason"))
    text = TypedNotes(_("In their words"), most=LONGEST_WORDS)

    def offer(self, reasons: Sequence[Reason], language: str) -> None:
        if not reasons:
            del self.reason
            return
        self.reason.choices = [SelectChoice(str(each.id), each.name.text(language)) for each in reasons]
        self.reason.validators = [InputRequired(gettext("Choose a reason."))]

    @property
    def reason_id(self) -> int | None:
        return int(self.reason.data) if self.reason else None

    def open_on(self, version: QuoteVersion, name: str) -> None:
        self.seen_as.data = version.digest
        self.posted_as.data = str(uuid4())
        self.name.data = self.name.data or name

    def answering(self, *, by: int, language: str) -> Answering:
        try:
            mark = UUID(self.posted_as.data or "")
        except ValueError:
            mark = uuid4()
        return Answering(
            name=self.name.data, email="", language=language, link_id=None, recorded_by=by, posted_as=mark
        )
