"""How a client accepted, in words."""

from flask_babel import gettext

from backoffice.acceptances.models import Acceptance, Method
from backoffice.language import longdate, moment


def how(method: Method) -> str:
    """As it stands after “accepted”."""
    return {
        Method.PAPER: gettext("on paper"),
        Method.EMAIL: gettext("by e-mail"),
        Method.TELEPHONE: gettext("by telephone"),
        Method.IN_PERSON: gettext("orally, in person"),
    }[method]


def sentence_of(acceptance: Acceptance, recorded_by: str, zone: str) -> str:
    """Who accepted, how and when, and who of ours says so; ``zone`` is the seller's."""
    return gettext(
        "Accepted %(how)s by %(name)s on %(day)s; recorded by %(member)s on %(moment)s.",
        how=how(acceptance.method),
        name=acceptance.name,
        day=longdate(acceptance.accepted_on),
        member=recorded_by,
        moment=moment(acceptance.recorded_at, zone),
    )
