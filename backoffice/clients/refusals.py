"""Why something cannot be done with a client, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict, Refusal


class ClientIsArchived(Conflict):
    """``name`` is the client's."""

    def title(self) -> str:
        return gettext("This client is archived")

    def sentence(self) -> str:
        return gettext(
            "%(name)s is archived: no new opportunity begins there. Restore the client first.",
            name=self.facts.get("name", ""),
        )


class ClientNotArchived(Conflict):
    def sentence(self) -> str:
        return gettext("This client is not archived any more. Nothing was changed.")


class ClientIsMerged(Conflict):
    """``into`` is the id of the client that stands for it."""

    def title(self) -> str:
        return gettext("This client was merged")

    def sentence(self) -> str:
        return gettext(
            "This client was merged into another meanwhile. Open the clients again to see which one stays."
        )


class SameClient(Refusal):
    def sentence(self) -> str:
        return gettext("A client cannot be merged with itself. Choose another.")


class OnlyPersonsAreConsumers(Refusal):
    """Code de la consommation, preliminary article: a consumer is a natural person."""

    def sentence(self) -> str:
        return gettext(
            "Only a person can buy as a consumer. A company or a public body buys as a professional."
        )


class ContactWithoutName(Refusal):
    def sentence(self) -> str:
        return gettext("Enter the contact’s name.")


class PersonIsTheirOwnContact(Refusal):
    def sentence(self) -> str:
        return gettext(
            "A person is their own contact. Empty the fields of the contact, or choose another type of client."
        )
