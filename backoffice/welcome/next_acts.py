"""What a firm does next when it is set up."""

from dataclasses import dataclass

from flask_babel import gettext


@dataclass(frozen=True, kw_only=True)
class Act:
    title: str
    sentence: str
    endpoint: str


def next_acts() -> list[Act]:
    return [
        Act(
            title=gettext("Write the first quote"),
            sentence=gettext("Create an opportunity, add lines, send: the client reads and signs on a link."),
            endpoint="opportunities.new",
        ),
        Act(
            title=gettext("Enter your clients"),
            sentence=gettext("From a table that you have, or one by one as you need them."),
            endpoint="imports.clients",
        ),
        Act(
            title=gettext("Invite your people"),
            sentence=gettext("Each gets an e-mail with a link, and chooses a password."),
            endpoint="people.index",
        ),
        Act(
            title=gettext("See whether e-mails leave"),
            sentence=gettext("Send yourself a test e-mail before the first client waits for one."),
            endpoint="mailserver.show",
        ),
        Act(
            title=gettext("Load the demonstration instead"),
            sentence=gettext("An invented firm with quotes in every state, to look around in."),
            endpoint="demonstration.show",
        ),
    ]
