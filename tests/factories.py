"""Entities with good defaults, made by the acts of the product. All need an application context."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import current_app
from flask_security import hash_password
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from backoffice import clock
from backoffice.acceptances.models import Acceptance, Accepting
from backoffice.acceptances.models import Method as AcceptanceMethod
from backoffice.acceptances.recording import record_acceptance
from backoffice.account import acts
from backoffice.agenda.models import Task
from backoffice.agenda.planning import TaskFacts, finish, plan
from backoffice.answers.answering import request_changes
from backoffice.answers.models import Answering
from backoffice.bundles.composing import WantedPart, compose
from backoffice.bundles.queries import product_to_compose
from backoffice.carrying import carry_out
from backoffice.catalogue.images import fitted, show_image
from backoffice.catalogue.importing import Products
from backoffice.catalogue.models import BundleAs, Nature, Product, Unit
from backoffice.clients.models import Client, ClientKind, Contact, Standing
from backoffice.credit_notes.issuing import Wish, credit_invoice
from backoffice.db import Address, Bilingual, db
from backoffice.documents.archive import Archive
from backoffice.families.models import ProductFamily
from backoffice.files.keeping import Kept, add_files, archive_file
from backoffice.files.limits import LARGEST
from backoffice.files.models import StoredFile
from backoffice.files.types import EVERY_TYPE
from backoffice.files.uploads import checked
from backoffice.imports.sheet import Sheet
from backoffice.invitations import inviting
from backoffice.invoices.drafting import draft_invoice
from backoffice.invoices.issuing import issue_invoice
from backoffice.jobs.models import Job
from backoffice.jobs.queries import want_job
from backoffice.links.models import Channel, ClientLink
from backoffice.links.tokens import link_address
from backoffice.opportunities.lines import add_product
from backoffice.opportunities.models import (
    Opportunity,
    OpportunityLine,
    Outcome,
    Phase,
    PhaseTrigger,
    Pipeline,
    QuoteMoment,
)
from backoffice.opportunities.queries import deal_to_act_on, deal_to_move
from backoffice.orders.models import Order
from backoffice.outcomes.closing import lose, quote_to_close
from backoffice.payments.models import Method
from backoffice.payments.recording import Receipt, record_payment
from backoffice.pricing.deals import price_in_deal
from backoffice.pricing.models import ClientGroup, DiscountLevel, PriceList, PriceListEntry, ProductPrice
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.sending import Recipient, new_quote, send_quote
from backoffice.quotes.signing import sign_quote
from backoffice.reasons.listing import reasons_offered
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import AgreedText, Signature, Signing, Way
from backoffice.staff import accounts
from backoffice.staff.models import Role, StaffMember
from backoffice.staff.sessions import begin
from backoffice.work import unit_of_work
from tests import files

PASSWORD = "un-mot-de-passe-de-test"
PAST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TYPED_IN = {
    "contacts.create": {"name": "Anne Kerleo"},
    "clients.create": {"name": "Menuiserie Kerleo", "email": "contact@kerleo.example"},
    "opportunities.create": {"title": "Vitrine", "client": "Café du Port"},
    "invitations.invite": {"name": "Marie Kerjean", "email": "marie@atelier-duval.example"},
    "catalogue.create": {"sku": "CHENE-40", "name_fr": "Plateau de chêne", "unit_price": "120"},
    "imports.upload_products": {"pasted": "Référence;Nom;Prix\nCHENE-41;Plateau de chêne;120"},
    "imports.upload_clients": {"pasted": "Nom;Ville\nMenuiserie Kerleo;Rennes"},
    "credit_notes.create": {"reason": "Erreur de quantité"},
    "payments.record": {"amount": "1"},
    "invoices.complete": {"postcode": "35000", "city": "Rennes"},
    "reasons.add": {"name_fr": "Trop loin"},
    "price_lists.create": {"name_fr": "Tarif chaîne"},
    "price_lists.add": {"product": "CHENE-30", "unit_price": "250", "from_quantity": "10"},
    "client_groups.create": {"name": "Magasin de Brest"},
    "discounts.create": {"name_fr": "Remise volume", "percent": "5"},
    "pricing.add": {"unit_price": "320"},
    "families.add": {"name_fr": "Quincaillerie"},
    "vat.add": {"rate": "3", "label_fr": "Taux d’essai", "valid_from": "2027-01-01"},
    "presentations.present": {"venue": "at_client"},
    "outcomes.end": {"outcome": "expired"},
    "agenda.add": {"what": "Rappeler"},
    "timeline.write": {"words": "Vu sur place"},
    "answers.reply": {"text": "C’est possible."},
    "answers.refuse": {"reason": "1"},
    "acceptances.record": {"method": "telephone", "checked": "y"},
    "links.give": {"name": "Mme Le Goff", "email": "mme@garage-legoff.example"},
}
"""What must be typed in the forms of ``a_house`` that come empty, by endpoint; the others can be sent as they come."""


TAKEN_APART = frozenset(
    {
        "catalogue.save_image", "account.change_password", "account.save_photo", "account.end_session", "account.end_other_sessions", "people.leave",
        "people.take_off_second_factor", "second_factor.turn_on", "second_factor.turn_off", "second_factor.renew_codes",
    }
)  # fmt: skip
"""Forms of ``a_house`` that want a password, a code or a file, or after which others are gone: tests of their own take them."""
SELDOM_SHOWN = frozenset({"second_factor.codes_kept"})
"""Forms on pages that are there for a moment only."""


def people_at_work(staff: dict[Role, int]) -> UUID:
    """An invitation, somebody who has left, second factors, a photograph; gives the administrator's other browser."""
    a_member(email="ancien@atelier-duval.example", name="Paul Ancien")
    admin, at = staff[Role.ADMIN], clock.now()
    with unit_of_work() as session:
        left = session.scalars(sa.select(StaffMember).where(StaffMember.name == "Paul Ancien")).one()
        accounts.close(session, left, by=admin, at=at)
        acts.show_face(session, admin, b"a small picture")
        acts.turn_on(session, admin, secret="not a secret", counter=1, keeping=uuid4(), at=at)
        acts.turn_on(session, staff[Role.MANAGER], secret="nor this", counter=1, keeping=uuid4(), at=at)
    inviting.invite(
        email="sonia@atelier-duval.example",
        name="Sonia Le Bras",
        role=Role.REP,
        language="fr",
        by=admin,
        at=at,
    )
    a_staff_session(staff[Role.MANAGER])
    return UUID(a_staff_session(admin)[1])


def a_seller(**changes: object) -> int:
    """The firm; once per test."""
    with unit_of_work() as session:
        if session.get(Seller, ONLY) is None:
            facts = {
                "name": "Atelier Duval", "legal_form": "SARL", "capital": Decimal("20000.00"), "siren": "813420650", "rcs": "RCS Rennes",
                "vat_number": "FR79813420650", "address": Address("4 quai de la Prévalaye", "35000", "Rennes"), "phone": "02 61 91 24 07",
                "email": "bonjour@atelier-duval.example", "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP",
                "mediator": Bilingual("CM2C, cm2c.net", ""), "tagline": Bilingual("Menuiserie, Rennes", "Joinery, Rennes"),
            }  # fmt: skip
            session.add(Seller(**(facts | changes)))
    return ONLY


def a_member(role: Role = Role.REP, email: str = "", name: str = "Julien Duval", language: str = "fr") -> int:
    with unit_of_work() as session:
        member = StaffMember(
            email=email or f"{role.value}@atelier-duval.example", name=name, role=role, language=language, phone="02 61 91 24 07",
            password=hash_password(PASSWORD), created_at=PAST,
        )  # fmt: skip
        session.add(member)
        session.flush()
        return member.id


def a_staff_session(member: int) -> tuple[str, str]:
    """Account key and id of a session that this member opened: what the cookie holds."""
    with unit_of_work() as session:
        row = session.get_one(StaffMember, member)
        return row.fs_uniquifier, str(begin(session, staff_id=member, user_agent="tests", at=clock.now()).id)


def a_pipeline() -> dict[str, int]:
    """Phases by French name: Qualification, Devis envoyé, Devis signé, and the ends Perdue and Expirée."""
    with unit_of_work() as session:
        names = ("Qualification", "Devis envoyé", "Devis signé")
        ends = {"Perdue": Outcome.LOST, "Expirée": Outcome.EXPIRED}
        pipeline = Pipeline(
            name=Bilingual("Standard", "Standard"),
            phases=[
                Phase(position=i, name=Bilingual(name, name), probability=Decimal(20 + 30 * i))
                for i, name in enumerate(names)
            ]
            + [
                Phase(position=i, name=Bilingual(name, name), probability=Decimal(0), outcome=outcome)
                for i, (name, outcome) in enumerate(ends.items(), start=len(names))
            ],
        )
        session.add(pipeline)
        session.flush()
        for phase, moment in zip(pipeline.phases[1:3], (QuoteMoment.SENT, QuoteMoment.SIGNED), strict=True):
            session.add(PhaseTrigger(pipeline_id=pipeline.id, phase_id=phase.id, moment=moment))
        return {phase.name.fr: phase.id for phase in pipeline.phases} | {"pipeline": pipeline.id}


def a_client(
    owner: int, standing: Standing = Standing.CONSUMER, language: str = "fr", **changes: object
) -> int:
    person = standing is Standing.CONSUMER
    facts = {
        "kind": ClientKind.PERSON if person else ClientKind.COMPANY,
        "name": "Mme Claire Moreau" if person else "Garage Le Goff",
        "siren": "" if person else "552100554",
        "email": "claire.moreau@example.com" if person else "yann@garage-legoff.example",
        "billing": Address("12 rue des Lices", "35000", "Rennes"),
    } | changes
    with unit_of_work() as session:
        name = "Claire Moreau" if person else "Yann Le Goff"
        contact = Contact(
            name=name, function="" if person else "Gérant", email=str(facts["email"]), language=language
        )
        client = Client(
            **{"created_at": PAST} | facts,
            standing=standing,
            language=language,
            owner_id=owner,
            contacts=[contact],
        )
        session.add(client)
        session.flush()
        return client.id


def a_former_client(owner: int) -> int:
    """Archived, and one of its contacts too."""
    key = a_client(owner, Standing.PROFESSIONAL, name="Ancienne Scierie", email="", siren="")
    with unit_of_work() as session:
        contact = session.scalars(sa.select(Contact).where(Contact.client_id == key)).one()
        contact.archived_at = PAST
        session.get_one(Client, key).archive(by=owner, at=PAST)
    return key


def a_product(sku: str = "POSE-H", name: str = "Pose sur site", price: str = "54", vat: str = "20") -> int:
    with unit_of_work() as session:
        words = Bilingual(name, f"{name} (en)")
        product = Product(
            sku=sku, name=words, description=Bilingual("Heure de menuisier qualifié", ""), nature=Nature.SERVICE, unit=Unit.HOUR,
            unit_price=Decimal(price), cost=Decimal(31), vat_rate=Decimal(vat), created_at=PAST,
        )  # fmt: skip
        session.add(product)
        session.flush()
        return product.id


def a_price_list(name: str = "Tarif revendeurs", currency: str = "EUR") -> int:
    with unit_of_work() as session:
        row = PriceList(name=Bilingual(name, f"{name} (en)"), currency=currency)
        session.add(row)
        session.flush()
        return row.id


def a_list_entry(
    price_list: int,
    product: int,
    *,
    price: str | None = None,
    discount: str | None = None,
    of: str = "0",
    **days: date,
) -> int:
    """In force for good, unless ``days`` (valid_from, valid_to) say otherwise."""
    with unit_of_work() as session:
        row = PriceListEntry(
            price_list_id=price_list, product_id=product, from_quantity=Decimal(of),
            unit_price=None if price is None else Decimal(price), discount=None if discount is None else Decimal(discount),
            **({"valid_from": PAST.date()} | days),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def a_group(name: str = "Réseau Kerleo", **facts: int | None) -> int:
    """``facts``: parent_id, price_list_id."""
    with unit_of_work() as session:
        row = ClientGroup(name=name, **facts)
        session.add(row)
        session.flush()
        return row.id


def a_discount(
    level: int = 1, percent: str = "10", *, name: str = "Remise fidélité", **target: object
) -> int:
    """For everybody and all products, unless ``target`` says client_id, group_id, product_id or days."""
    with unit_of_work() as session:
        row = DiscountLevel(
            level=level, name=Bilingual(name, f"{name} (en)"), percent=Decimal(percent), **({"valid_from": PAST.date()} | target)
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def priced_work(deal: int) -> None:
    """Lists, groups and discounts, one of each put away, a dated price, and a line of the deal that they price."""
    product = a_product("CHENE-30", "Plateau de chêne", "300")
    price_list, old = a_price_list(), a_price_list("Ancien tarif")
    a_list_entry(price_list, product, price="280")
    chain, former = a_group("Réseau Kerleo", price_list_id=price_list), a_group("Ancien réseau")
    a_group("Magasin de Rennes", parent_id=chain)
    with unit_of_work() as session:
        session.add(ProductPrice(product_id=product, unit_price=Decimal(310), valid_from=PAST.date()))
        session.get_one(PriceList, old).archive(PAST)
        session.get_one(ClientGroup, former).archived_at = PAST
        row = deal_to_act_on(session, deal, sa.true())
        sold = session.get_one(Product, product)
        add_product(row, sold, price_in_deal(session, row, sold, on=PAST.date()))
    a_discount()


def a_family(name: str = "Parquets", parent: int | None = None) -> int:
    with unit_of_work() as session:
        family = ProductFamily(name=Bilingual(name, f"{name} (en)"), parent_id=parent)
        session.add(family)
        session.flush()
        return family.id


def a_bundle(
    parts: Mapping[int, str], sku: str = "LOT-1", kind: BundleAs = BundleAs.ONE_LINE, price: str = "99"
) -> int:
    """``parts``: quantities by the ids of products."""
    bundle = a_product(sku, f"Lot {sku}", price)
    with unit_of_work() as session:
        products = product_to_compose(session, bundle, list(parts))
        wanted = [WantedPart(product=products[key], quantity=Decimal(each)) for key, each in parts.items()]
        compose(products[bundle], kind, wanted, is_part=False)
    return bundle


def a_picture(product: int, data: bytes | None = None) -> str:
    """Shown by the product from now on; its SHA-256."""
    drawn, media_type = fitted(data if data is not None else files.photograph())
    digest: str = current_app.extensions["accord.archive"].keep(drawn)
    with unit_of_work() as session:
        row = session.get_one(Product, product)
        show_image(session, row, digest, media_type=media_type, size=len(drawn), at=clock.now())
    return digest


def a_job(by: int, kind: str = "counting", at: datetime | None = None, **facts: object) -> int:
    """Queued, with the language of whoever started it."""
    with unit_of_work() as session:
        language = session.get_one(StaffMember, by).language
        return want_job(session, kind, facts, by=by, language=language, at=at or clock.now()).id


def a_trial(by: int, table: str = "Référence;Nom;Prix\nCHENE-42;Plateau;120\nCHENE-43;;x") -> int:
    """An import of products that was tried and waits to be confirmed."""
    archive: Archive = current_app.extensions["accord.archive"]
    digest = archive.keep(table.encode())
    sheet = Sheet.found(lambda: archive.open(digest), "produits.csv", Products())
    with unit_of_work() as session:
        language = session.get_one(StaffMember, by).language
        facts = {"sheet": sheet.kept()}
        at = clock.now()
        job = want_job(session, "products_trial", facts, by=by, language=language, at=at, of=digest).id
    carry_out(job, clock.now())
    return job


def handed_over(fields: dict[str, str], data: bytes, name: str) -> dict[str, object]:
    """A posted form with a file, as keywords of a test client; in memory, where werkzeug would leave a file open."""
    given = fields | {"file": FileStorage(BytesIO(data), filename=name)}
    boundary, body = encode_multipart(given)
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}


def stored_job(job: int) -> Job:
    db.session.rollback()
    db.session.expunge_all()
    row = db.session.get_one(Job, job)
    db.session.expunge(row)
    return row


def a_line(
    name: str = "Bibliothèque", quantity: str = "1", price: str = "1000", vat: str = "20", discount: str = "0"
) -> OpportunityLine:
    return OpportunityLine(
        name=Bilingual(name, f"{name} (en)"), quantity=Decimal(quantity), unit_price=Decimal(price), vat_rate=Decimal(vat),
        discount=Decimal(discount), cost=Decimal(400),
    )  # fmt: skip


def an_opportunity(
    owner: int | None = None,
    client: int | None = None,
    lines: Sequence[OpportunityLine] | None = None,
    title: str = "Bibliothèque sur mesure",
    phases: Mapping[str, int] | None = None,
) -> int:
    """``phases``: those of ``a_pipeline``; otherwise the deal has a pipeline of its own."""
    a_seller()
    owner = owner if owner is not None else a_member()
    client = client if client is not None else a_client(owner)
    phases = phases or a_pipeline()
    with unit_of_work() as session:
        row = session.get_one(Client, client)
        session.refresh(row, ["contacts"])
        lines = [a_line(), a_line("Parquet", "32", "78.50", "10")] if lines is None else list(lines)
        for position, line in enumerate(lines):
            line.position = position
        opportunity = Opportunity(
            title=title, client_id=client, contact_id=row.contacts[0].id, owner_id=owner, pipeline_id=phases["pipeline"],
            phase_id=phases["Qualification"], created_at=PAST, lines=lines,
        )  # fmt: skip
        session.add(opportunity)
        session.flush()
        return opportunity.id


def a_quote(opportunity: int, at: datetime | None = None) -> int:
    """A quote that has not been sent yet."""
    at = at or clock.now()
    with unit_of_work() as session:
        row = session.get_one(Opportunity, opportunity)
        session.refresh(row, ["client"])
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(row, seller, on=clock.day_of(at, seller.timezone), at=at)
        session.add(quote)
        session.flush()
        return quote.id


def a_sent_quote(
    opportunity: int | None = None,
    at: datetime | None = None,
    channel: Channel = Channel.MAIL,
    language: str = "fr",
) -> tuple[int, ClientLink]:
    """A quote and the link that its client got."""
    opportunity = opportunity if opportunity is not None else an_opportunity()
    at = at or clock.now() - timedelta(hours=1)
    quote = a_quote(opportunity, at)
    return quote, a_further_link(quote, at, channel, language)


def a_further_link(
    quote: int, at: datetime | None = None, channel: Channel = Channel.MAIL, language: str = "fr"
) -> ClientLink:
    """Sends the quote (again: as its next version)."""
    at = at or clock.now() - timedelta(minutes=30)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        contact = deal.contact
        assert contact is not None
        recipient = Recipient(
            contact_id=contact.id, name=contact.name, email=contact.email, language=language
        )
        return send_quote(session, row, deal, recipient=recipient, channel=channel, by=deal.owner_id, at=at)


def another_recipient(quote: int, link: ClientLink, count: int) -> list[ClientLink]:
    """Further links of one quote, as colleagues of the client hold them."""
    with unit_of_work() as session:
        links = [
            ClientLink(
                quote_id=quote, channel=Channel.COPIED, name=f"Signataire {i}", email=f"signataire{i}@example.com", language="fr",
                created_at=link.created_at, expires_at=link.expires_at,
            )
            for i in range(count)
        ]  # fmt: skip
        session.add_all(links)
        return links


def a_signing(link: ClientLink, name: str = "Claire Moreau") -> Signing:
    return Signing(
        name=name, email=link.email, function="", company="", mention="Bon pour accord", written_name=name, way=Way.TYPED, language="fr",
        agreed=(AgreedText(code="consent", version=1, sha256="0" * 64, language="fr", text="J’accepte."),), link_id=link.id, channel=link.channel, address="192.0.2.1", user_agent="tests",
    )  # fmt: skip


def signed(session: Session, quote: int, link: ClientLink, at: datetime) -> Signature:
    """Signs inside the caller's unit of work."""
    version = quote_to_act_on(session, quote).versions[-1]
    choice = version.choose(version.usual_selection())
    return sign_quote(session, quote, a_signing(link), choice.selection, at=at, seen_as=choice.digest)


def answering(link: ClientLink) -> Answering:
    return Answering(
        name=link.name, email=link.email, language=link.language, link_id=link.id, address="192.0.2.1", user_agent="tests", posted_as=uuid4()
    )  # fmt: skip


def a_request(quote: int, link: ClientLink, text: str = "En chêne", at: datetime | None = None) -> int:
    """What its client asks for through a link; the id of the request."""
    with unit_of_work() as session:
        digest = quote_to_act_on(session, quote).versions[-1].digest
        asked = request_changes(session, quote, answering(link), text, at=at or clock.now(), seen_as=digest)
    return asked.id


def a_changed_quote(opportunity: int) -> tuple[int, ClientLink]:
    """A quote whose client asked for changes and got them as its second version, and the link that came with it.

    The first line has another quantity, the last is gone, and there is a new one.
    """
    quote, first = a_sent_quote(opportunity)
    a_request(quote, first)
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        deal.lines[0].quantity += 1
        deal.lines.remove(deal.lines[-1])
        added = a_line("Livraison", price="85")
        added.position = deal.lines[-1].position + 1
        deal.lines.append(added)
    return quote, a_further_link(quote)


def a_signed_quote(opportunity: int | None = None) -> tuple[int, ClientLink, int]:
    """Quote, link and the id of its signature; its order exists."""
    quote, link = a_sent_quote(opportunity)
    with unit_of_work() as session:
        signature = signed(session, quote, link, clock.now())
    return quote, link, signature.id


def accepting(by: int, method: AcceptanceMethod = AcceptanceMethod.PAPER, **changes: object) -> Accepting:
    """Of today, as a rep would type it; without a file that shows it."""
    facts = {
        "name": "Claire Moreau", "function": "", "email": "claire.moreau@example.com", "accepted_on": clock.today("Europe/Paris"),
        "note": "", "proofs": 0, "posted_as": uuid4(),
    }  # fmt: skip
    return Accepting(method=method, recorded_by=by, **(facts | changes))


def kept_file(data: bytes = files.PDF, name: str = "bon-pour-accord.pdf") -> Kept:
    upload = checked(data, name, allowed=EVERY_TYPE, largest=LARGEST)
    return Kept(upload, current_app.extensions["accord.archive"].keep(data))


def accepted(
    session: Session, quote: int, said: Accepting, proofs: Sequence[Kept] = (), at: datetime | None = None
) -> Acceptance:
    """Recorded inside the caller's unit of work, of the version that the client has."""
    version = quote_to_act_on(session, quote).versions[-1]
    choice = version.choose(version.usual_selection())
    said, at = replace(said, proofs=len(proofs)), at or clock.now()
    return record_acceptance(session, quote, said, choice.selection, proofs, at=at, seen_as=choice.digest)


def an_accepted_quote(opportunity: int | None = None, **changes: object) -> tuple[int, ClientLink, int]:
    """Quote, link and the id of the acceptance on paper, recorded with its scan by the owner of the deal."""
    quote, link = a_sent_quote(opportunity)
    proof = kept_file()
    with unit_of_work() as session:
        by = quote_to_act_on(session, quote).versions[-1].frozen_by
        acceptance = accepted(session, quote, accepting(by, **changes), [proof])
    return quote, link, acceptance.id


def order_of(signature: int) -> int:
    with unit_of_work() as session:
        return session.scalars(sa.select(Order.id).where(Order.signature_id == signature)).one()


def an_invoice(order: int, *, issued: bool = False, at: datetime | None = None) -> int:
    """Drafted, and issued today if asked, by the owner of the deal."""
    with unit_of_work() as session:
        deal = session.get_one(Order, order).opportunity_id
        owner = session.get_one(Opportunity, deal).owner_id
        invoice = draft_invoice(session, order, by=owner, at=at or clock.now()).id
    if issued:
        issue(invoice, clock.today("Europe/Paris"))
    return invoice


def with_deposit(opportunity: int, kind: DepositKind, percent: str = "30") -> int:
    """The deal's quote asks for a deposit; not sent yet."""
    quote = a_quote(opportunity)
    with unit_of_work() as session:
        row = session.get_one(Quote, quote)
        row.deposit_kind, row.deposit_percent = kind, Decimal(percent)
    return quote


def an_order_with_deposit(
    opportunity: int | None = None, kind: DepositKind = DepositKind.ACOMPTE, percent: str = "30"
) -> int:
    """Signed just now."""
    quote = with_deposit(opportunity if opportunity is not None else an_opportunity(), kind, percent)
    link = a_further_link(quote)
    with unit_of_work() as session:
        signature = signed(session, quote, link, clock.now())
    return order_of(signature.id)


def a_credit_note(invoice: int, quantities: Mapping[int, Decimal] | None = None, known: int = 0) -> int:
    """Of an issued invoice, whole unless ``quantities`` by invoice line are given."""
    by = somebody()
    wish = Wish(quantities=quantities, reason="Erreur de quantité", known=known)
    with unit_of_work() as session:
        note = credit_invoice(
            session, invoice, wish, by=by, at=clock.now(), today=lambda: clock.today("Europe/Paris")
        )
        return note.id


def a_payment(invoice: int, amount: str, known: int = 0, on: date | None = None) -> int:
    """Received by bank transfer, today unless another day is given."""
    by, today = somebody(), clock.today("Europe/Paris")
    receipt = Receipt(
        amount=Decimal(amount), paid_on=on or today, method=Method.TRANSFER, reference="VIR 42", known=known
    )
    with unit_of_work() as session:
        return record_payment(session, invoice, receipt, by=by, at=clock.now(), today=today).id


def issue(invoice: int, on: date, revision: int = 1) -> str:
    """Issues it; the number it got."""
    by = somebody()
    with unit_of_work() as session:
        issued = issue_invoice(session, invoice, revision=revision, by=by, at=clock.now(), today=lambda: on)
    assert issued.number is not None
    return issued.number


def a_lost_deal(deal: int, by: int) -> int:
    """Given up for the first reason of the list."""
    with unit_of_work() as session:
        quote = quote_to_close(session, deal)
        row = deal_to_move(session, deal, sa.true())
        reason = reasons_offered(session)[0]
        lose(session, row, quote, reason, words="Trop cher de 2 000 €", by=by, at=clock.now())
    return deal


def a_task(deal: int, by: int, assignee: int | None = None, **changes: object) -> int:
    facts = {"title": "Rappeler", "notes": "", "assignee_id": assignee or by, "due_on": PAST.date()} | changes
    with unit_of_work() as session:
        return plan(session, deal, TaskFacts(**facts), by=by, at=clock.now()).id


def a_file(deal: int, by: int, data: bytes = files.PDF, name: str = "plan.pdf") -> int:
    kept = kept_file(data, name)
    with unit_of_work() as session:
        row = deal_to_act_on(session, deal, sa.true())
        return add_files(session, row, [kept], by=by, at=clock.now())[0].id


def a_busy_deal(deal: int, by: int) -> None:
    """With a task and an appointment, one done, and files, one hidden."""
    a_task(deal, by)
    done = a_task(deal, by, due_on=PAST.date(), begins=time(14, 30), minutes=60, title="Visite")
    a_file(deal, by)
    hidden = a_file(deal, by, files.png(), "photo.png")
    with unit_of_work() as session:
        finish(session.get_one(Task, done), by=by, at=clock.now())
        row = deal_to_act_on(session, deal, sa.true())
        archive_file(row, session.get_one(StoredFile, hidden), by=by, at=clock.now())


def somebody() -> int:
    """The id of a member of staff, whoever."""
    found: int = db.session.scalars(sa.select(sa.func.min(StaffMember.id))).one()
    return found


def address_of(link: ClientLink, language: str = "fr") -> str:
    """The path that the client opens."""
    return link_address(current_app.extensions["accord"].secret_keys, "", link.nonce, language)


def stored_deal(deal: int) -> Opportunity:
    """As the database has it now, with its lines."""
    db.session.rollback()
    db.session.expunge_all()
    query = sa.select(Opportunity).where(Opportunity.id == deal).options(selectinload(Opportunity.lines))
    return db.session.scalars(query).one()


def everything(tables: Sequence[str] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """A dump of all tables, to compare before and after."""
    db.session.rollback()
    metadata = db.metadata.sorted_tables
    found = {
        table.name: [
            tuple(row) for row in db.session.execute(table.select().order_by(*table.primary_key.columns))
        ]
        for table in metadata
        if tables is None or table.name in tables
    }
    db.session.rollback()  # a transaction that stays open and idle is ended by PostgreSQL after a minute
    return found
