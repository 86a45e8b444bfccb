"""A notice in its reader's words; the e-mail of the same event says the same."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from backoffice.db import Bilingual, unscaled
from backoffice.language import current_language, sums
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.troubles import told_to_reader

Facts = Mapping[str, Any]


def sentence_of(notice: Notice) -> str:
    """What happened."""
    return SENTENCES[notice.kind](notice.facts)


def subject_of(notice: Notice) -> str:
    """Whose deal it is about, and which; of a signature or an acceptance for how much; of several deals the first."""
    facts = notice.facts
    title = facts["title"]
    if not isinstance(title, str):
        title = Bilingual(**title).text(current_language())
    parts = [facts["client"], title]
    if notice.kind in {NoticeKind.QUOTE_SIGNED, NoticeKind.QUOTE_ACCEPTED}:
        again = [(often, unscaled(gross, 2)) for often, _net, gross in facts.get("recurring", ())]
        amount = sums(unscaled(facts["gross"], 2), again, facts["currency"])
        parts.append(gettext("%(amount)s incl. VAT", amount=amount))
    others = facts.get("count", 1) - 1
    if others:
        parts.append(ngettext("and %(num)s other", "and %(num)s others", others))
    return " · ".join(parts)


def words_of(notice: Notice) -> str:
    """What the client wrote, or what is known of a mail that was given up; empty without."""
    facts = notice.facts
    if notice.kind is NoticeKind.MAIL_UNDELIVERED:
        told = told_to_reader(facts["trouble"])
        return " ".join(filter(None, (told.sentence, told.quoted)))
    reason = Bilingual(**facts["reason"]).text(current_language()) if "reason" in facts else ""
    return "\n".join(filter(None, (reason, facts.get("words", ""))))


def _signed(facts: Facts) -> str:
    return gettext(
        "%(signer)s has signed quote %(number)s.", signer=facts["signer"], number=facts["quote_number"]
    )


def _accepted(facts: Facts) -> str:
    return gettext(
        "%(member)s has recorded that %(name)s accepted quote %(number)s.",
        member=facts["recorded_by"],
        name=facts["said_by"],
        number=facts["quote_number"],
    )


def _asked(facts: Facts) -> str:
    return gettext(
        "%(name)s asks for changes to quote %(number)s.", name=facts["said_by"], number=facts["quote_number"]
    )


def _refused(facts: Facts) -> str:
    return gettext(
        "%(name)s has refused quote %(number)s.", name=facts["said_by"], number=facts["quote_number"]
    )


def _renewal(facts: Facts) -> str:
    return gettext(
        "%(name)s asks you to extend quote %(number)s.", name=facts["said_by"], number=facts["quote_number"]
    )


def _expired(facts: Facts) -> str:
    return gettext("Quote %(number)s has expired without an answer.", number=facts["quote_number"])


def _undelivered(facts: Facts) -> str:
    if not facts["quote_number"]:
        return gettext("An e-mail to %(name)s was not delivered.", name=facts["to"])
    return gettext(
        "An e-mail to %(name)s about quote %(number)s was not delivered.",
        name=facts["to"],
        number=facts["quote_number"],
    )


def _handed_over(facts: Facts) -> str:
    return ngettext(
        "%(name)s has handed an opportunity over to you.",
        "%(name)s has handed %(num)s opportunities over to you.",
        facts["count"],
        name=facts["rep"]["name"],
    )


def _task(facts: Facts) -> str:
    return gettext("%(name)s has given you a task: %(task)s", name=facts["rep"]["name"], task=facts["task"])


SENTENCES: Mapping[NoticeKind, Callable[[Facts], str]] = {
    NoticeKind.QUOTE_SIGNED: _signed,
    NoticeKind.QUOTE_ACCEPTED: _accepted,
    NoticeKind.CHANGES_REQUESTED: _asked,
    NoticeKind.QUOTE_REFUSED: _refused,
    NoticeKind.RENEWAL_ASKED: _renewal,
    NoticeKind.QUOTE_EXPIRED: _expired,
    NoticeKind.MAIL_UNDELIVERED: _undelivered,
    NoticeKind.HANDED_OVER: _handed_over,
    NoticeKind.TASK_ASSIGNED: _task,
}
