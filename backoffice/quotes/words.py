"""States of a quote in a rep's words."""

from datetime import datetime

from flask_babel import gettext

from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState


def state_chip(version: QuoteVersion | None, at: datetime) -> tuple[str, str]:
    """Label and tone for the chip component. A version past its last day reads as expired before any sweep says so."""
    if version is None:
        return gettext("Draft"), ""
    state = version.state
    if version.is_live and not version.is_open(at):
        state = VersionState.EXPIRED
    labels = {
        VersionState.AWAITING_APPROVAL: (gettext("Awaiting approval"), "warn"),
        VersionState.APPROVED: (gettext("Approved"), "note"),
        VersionState.DECLINED: (gettext("Declined"), "stop"),
        VersionState.DROPPED: (gettext("Dropped"), ""),
        VersionState.SENT: (gettext("Sent"), "note"),
        VersionState.CHANGES_REQUESTED: (gettext("Changes requested"), "warn"),
        VersionState.SIGNED: (gettext("Signed"), "good"),
        VersionState.ACCEPTED: (gettext("Accepted"), "good"),
        VersionState.REFUSED: (gettext("Refused"), "stop"),
        VersionState.EXPIRED: (gettext("Expired"), "stop"),
        VersionState.WITHDRAWN: (gettext("Withdrawn"), ""),
        VersionState.SUPERSEDED: (gettext("Replaced"), ""),
        VersionState.VOIDED: (gettext("Cancelled"), "stop"),
    }
    return labels[state]
