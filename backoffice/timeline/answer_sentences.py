"""A client's answers to a quote, and their absence, in the reader's words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext

from backoffice.acceptances.models import Method
from backoffice.acceptances.words import how
from backoffice.db import Bilingual
from backoffice.language import current_language, longdate
from backoffice.timeline.models import EntryKind


def _accepted(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext(
        "%(name)s accepted version %(version)s %(how)s on %(day)s",
        name=facts["by"],
        version=facts["version"],
        how=how(Method(facts["method"])),
        day=longdate(date.fromisoformat(facts["accepted_on"])),
    )


def _changes_requested(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext(
        "%(name)s asked for changes to version %(version)s", name=facts["by"], version=facts["version"]
    )


def _request_answered(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Request on version %(version)s answered", version=facts["version"])


def _refused(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    reason = Bilingual(**facts["reason"]).text(current_language())
    if not reason:
        return gettext("%(name)s refused version %(version)s", name=facts["by"], version=facts["version"])
    return gettext(
        "%(name)s refused version %(version)s: %(reason)s",
        name=facts["by"],
        version=facts["version"],
        reason=reason,
    )


def _withdrawn(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Version %(version)s withdrawn", version=facts["version"])


def _lapsed(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Version %(version)s expired", version=facts["version"])


def _renewal_asked(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("%(name)s asked to extend version %(version)s", name=facts["by"], version=facts["version"])


ANSWERS: Mapping[EntryKind, Callable[[Mapping[str, Any], Mapping[int, str]], str]] = {
    EntryKind.QUOTE_ACCEPTED: _accepted,
    EntryKind.CHANGES_REQUESTED: _changes_requested,
    EntryKind.REQUEST_ANSWERED: _request_answered,
    EntryKind.QUOTE_REFUSED: _refused,
    EntryKind.QUOTE_WITHDRAWN: _withdrawn,
    EntryKind.QUOTE_EXPIRED: _lapsed,
    EntryKind.RENEWAL_ASKED: _renewal_asked,
}
