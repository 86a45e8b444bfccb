"""How one quote of the demonstration was accepted: by e-mail, which is kept as the proof."""

from datetime import datetime
from uuid import uuid4

from backoffice import clock
from backoffice.acceptances.models import Accepting, Method
from backoffice.acceptances.recording import record_acceptance
from backoffice.documents.archive import Archive
from backoffice.files.keeping import Kept
from backoffice.files.limits import LARGEST
from backoffice.files.types import TEXTS
from backoffice.files.uploads import checked
from backoffice.links.models import ClientLink
from backoffice.quotes.queries import quote_to_act_on
from backoffice.work import unit_of_work

LETTER = """De : {name} <{email}>
Objet : votre devis

Bonjour,
c’est d’accord pour nous, tel quel. Quand pouvez-vous commencer ?
Cordialement,
{name}
"""


def accept(quote_id: int, link: ClientLink, at: datetime, archive: Archive) -> None:
    """Recorded by whoever sent it."""
    letter = LETTER.format(name=link.name, email=link.email).encode()
    upload = checked(letter, "accord-par-e-mail.txt", allowed=TEXTS, largest=LARGEST)
    proof = Kept(upload, archive.keep(upload.data))
    name, email = link.name, link.email
    with unit_of_work() as session:
        version = quote_to_act_on(session, quote_id).versions[-1]
        content = version.read()
        said = Accepting(
            method=Method.EMAIL,
            name=name,
            function=content["client"]["contact"]["function"],
            email=email,
            accepted_on=clock.day_of(at, content["timezone"]),
            note="",
            proofs=1,
            recorded_by=version.frozen_by,
            posted_as=uuid4(),
        )
        choice = version.choose(version.usual_selection())
        record_acceptance(session, quote_id, said, choice.selection, [proof], at=at, seen_as=choice.digest)
