"""The demonstration company: a joiner's workshop in Rennes, its people, clients, catalogue and deals. All invented."""

from dataclasses import dataclass
from decimal import Decimal

from backoffice.catalogue.models import BundleAs, Nature, Unit
from backoffice.clients.models import ClientKind, Standing
from backoffice.db import Address, Bilingual
from backoffice.staff.models import Role

SELLER = {
    "name": "Atelier Duval",
    "legal_form": "SARL",
    "capital": Decimal("20000.00"),
    "siren": "813420650",
    "rcs": "RCS Rennes",
    "vat_number": "",
    "address": Address("4 quai de la Prévalaye", "35000", "Rennes", "FR"),
    "phone": "02 61 91 24 07",
    "email": "bonjour@atelier-duval.example",
    "website": "https://atelier-duval.example",
    "tagline": Bilingual("Menuiserie & agencement, Rennes", "Joinery & fitting-out, Rennes"),
    "insurance": Bilingual(
        "Assurance décennale\u202f: Mutuelle des Artisans, contrat n°\u00a04471, France métropolitaine.",
        "Ten-year liability insurance: Mutuelle des Artisans, policy no.\u00a04471, mainland France.",
    ),
    "mediator": Bilingual("CM2C, 14 rue Saint-Jean, 75017 Paris, cm2c.net", "CM2C, 14 rue Saint-Jean, 75017 Paris, cm2c.net"),
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "colour": "#18694c",
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    email: str
    phone: str
    function: str
    role: Role


STAFF = (
    Person(
        "julien",
        "Julien Duval",
        "julien@atelier-duval.example",
        "02 61 91 24 07",
        "Menuisier, gérant",
        Role.REP,
    ),
    Person("nadia", "Nadia Lebrun", "nadia@atelier-duval.example", "02 61 91 24 08", "Commerciale", Role.REP),
    Person(
        "helene",
        "Hélène Duval",
        "helene@atelier-duval.example",
        "02 61 91 24 09",
        "Responsable commerciale",
        Role.MANAGER,
    ),
    Person(
        "marc", "Marc Tanguy", "marc@atelier-duval.example", "02 61 91 24 10", "Comptable", Role.ACCOUNTANT
    ),
    Person(
        "admin", "Anne Duval", "admin@atelier-duval.example", "02 61 91 24 11", "Administratrice", Role.ADMIN
    ),
)


@dataclass(frozen=True)
class Buyer:
    key: str
    kind: ClientKind
    standing: Standing
    name: str
    address: Address
    contact: str
    function: str
    email: str
    phone: str
    siren: str = ""
    language: str = "fr"


BUYERS = (
    Buyer("moreau", ClientKind.PERSON, Standing.CONSUMER, "Mme Claire Moreau", Address("12 rue des Lices", "35000", "Rennes"), "Claire Moreau", "", "claire.moreau@example.com", "06 39 98 01 12"),
    Buyer("roux", ClientKind.PERSON, Standing.CONSUMER, "M. et Mme Roux", Address("7 rue de la Monnaie", "35000", "Rennes"), "Étienne Roux", "", "etienne.roux@example.com", "06 39 98 01 13"),
    Buyer("legoff", ClientKind.COMPANY, Standing.PROFESSIONAL, "Garage Le Goff", Address("48 route de Lorient", "35000", "Rennes"), "Yann Le Goff", "Gérant", "yann@garage-legoff.example", "02 61 91 33 20", "552100554"),
    Buyer("bruz", ClientKind.PUBLIC_BODY, Standing.PROFESSIONAL, "Mairie de Bruz", Address("Place du Docteur Joly", "35170", "Bruz"), "Sophie Hamon", "Directrice des services techniques", "travaux@mairie-bruz.example", "02 61 91 40 00"),
    Buyer("morin", ClientKind.COMPANY, Standing.PROFESSIONAL, "Boulangerie Morin", Address("3 place Sainte-Anne", "35000", "Rennes"), "Odile Morin", "Gérante", "contact@morin.example", "02 61 91 52 10", "404833048"),
    Buyer("lutins", ClientKind.COMPANY, Standing.PROFESSIONAL, "Crèche Les Lutins", Address("22 rue de Fougères", "35700", "Rennes"), "Karim Benali", "Directeur", "direction@lutins.example", "02 61 91 60 60", "732829320"),
    Buyer("harbour", ClientKind.COMPANY, Standing.PROFESSIONAL, "Harbour Street Studio", Address("9 rue du Port", "35400", "Saint-Malo"), "Eleanor Whitby", "Studio manager", "eleanor@harbourstreet.example", "02 61 91 71 71", language="en"),
)  # fmt: skip


@dataclass(frozen=True)
class Ware:
    sku: str
    fr: str
    en: str
    about_fr: str
    about_en: str
    nature: Nature
    unit: Unit
    price: str
    cost: str
    vat: str


WARES = (
    Ware("BIB-CHENE", "Bibliothèque en chêne massif", "Solid oak bookcase", "Six travées, tablettes réglables. Hauteur 2,60\u00a0m, fabriquée et posée.", "Six bays, adjustable shelves. 2.60\u00a0m high, made and fitted.", Nature.SERVICE, Unit.PIECE, "4280", "2390", "10"),
    Ware("PARQ-CC", "Parquet contrecollé chêne, pose comprise", "Engineered oak floor, fitting included", "Pose collée sur chape existante, plinthes assorties.", "Glued on the existing screed, matching skirting.", Nature.SERVICE, Unit.SQUARE_METRE, "78.50", "50.20", "10"),
    Ware("HUILE-NAT", "Finition huile naturelle", "Natural oil finish", "Deux couches, prête à vivre.", "Two coats, ready to live on.", Nature.SERVICE, Unit.SQUARE_METRE, "6.40", "2.10", "10"),
    Ware("VERNIS-MAT", "Finition vernis mat", "Matt varnish finish", "Trois couches, très résistant.", "Three coats, hard-wearing.", Nature.SERVICE, Unit.SQUARE_METRE, "9.50", "4.60", "10"),
    Ware("LED-PINCE", "Lampe de lecture LED à pincer", "Clip-on LED reading lamp", "Fourniture seule, 2700\u00a0K, avec variateur.", "Supply only, 2700\u00a0K, dimmable.", Nature.GOODS, Unit.PIECE, "46", "28.40", "20"),
    Ware("ECHELLE", "Échelle de bibliothèque", "Library ladder", "Fourniture seule, chêne assorti.", "Supply only, matching oak.", Nature.GOODS, Unit.PIECE, "640", "370", "20"),
    Ware("COMPTOIR", "Comptoir d’accueil en frêne", "Ash reception counter", "Deux postes, passage de câbles, plateau rabattable.", "Two desks, cable ducts, folding flap.", Nature.GOODS, Unit.PIECE, "5900", "3480", "20"),
    Ware("TABOURET", "Tabouret haut en frêne", "Ash bar stool", "Assise galbée, hauteur 75\u00a0cm.", "Curved seat, 75\u00a0cm high.", Nature.GOODS, Unit.PIECE, "189.90", "96", "20"),
    Ware("VITRINE", "Vitrine réfrigérée habillée de chêne", "Oak-clad refrigerated display", "Habillage seul, groupe froid non compris.", "Cladding only, cooling unit not included.", Nature.GOODS, Unit.PIECE, "3120", "1890", "20"),
    Ware("VEST-12", "Vestiaire enfant, douze cases", "Children’s lockers, twelve", "Bouleau verni, bords arrondis, patères.", "Varnished birch, rounded edges, hooks.", Nature.GOODS, Unit.PIECE, "1475", "810", "20"),
    Ware("ESC-QT", "Escalier quart tournant en hêtre", "Quarter-turn beech staircase", "Treize marches, garde-corps compris.", "Thirteen steps, balustrade included.", Nature.SERVICE, Unit.PIECE, "6272.73", "3900", "10"),
    Ware("POSE-H", "Pose en atelier ou sur site", "Fitting, workshop or on site", "Heure de menuisier qualifié.", "An hour of a qualified joiner.", Nature.SERVICE, Unit.HOUR, "54", "31", "20"),
    Ware("ETUDE", "Étude et plans d’exécution", "Design and working drawings", "Relevé sur place, plans et vue en perspective.", "On-site survey, drawings and a perspective view.", Nature.SERVICE, Unit.LUMP_SUM, "480", "210", "20"),
    Ware("DEPLACEMENT", "Déplacement", "Travel", "Au-delà de vingt kilomètres.", "Beyond twenty kilometres.", Nature.SERVICE, Unit.LUMP_SUM, "65", "28", "20"),
    Ware("ENTRETIEN", "Visite d’entretien", "Care visit", "Contrôle des ferrages, reprise des huiles et des vernis.", "Fittings checked, oil and varnish touched up.", Nature.SERVICE, Unit.LUMP_SUM, "180", "95", "20"),
    Ware("ACCUEIL-2", "Accueil complet, deux tabourets", "Complete reception, two stools", "Notre comptoir avec ses deux tabourets, livré monté.", "Our counter with its two stools, delivered assembled.", Nature.GOODS, Unit.PIECE, "5990", "3672", "20"),
    Ware("COIN-LECTURE", "Coin lecture", "Reading corner", "Bibliothèque, lampes et échelle.", "Bookcase, lamps and ladder.", Nature.GOODS, Unit.PIECE, "0", "0", "20"),
    Ware("DEPOSE", "Dépose et évacuation de l’existant", "Removal and disposal of what is there", "Tri et évacuation en déchèterie professionnelle.", "Sorting and disposal at a professional site.", Nature.SERVICE, Unit.LUMP_SUM, "320", "180", "10"),
)  # fmt: skip


@dataclass(frozen=True)
class Family:
    """``skus``: what is in it; ``within``: the French name of the family around it."""

    fr: str
    en: str
    skus: tuple[str, ...] = ()
    within: str = ""


FAMILIES = (
    Family("Mobilier", "Furniture"),
    Family("Rangement", "Storage", ("BIB-CHENE", "VEST-12", "COIN-LECTURE"), "Mobilier"),
    Family("Accueil", "Reception", ("COMPTOIR", "TABOURET", "VITRINE", "ACCUEIL-2"), "Mobilier"),
    Family("Sols et escaliers", "Floors and stairs", ("PARQ-CC", "HUILE-NAT", "VERNIS-MAT", "ESC-QT")),
    Family("Accessoires", "Accessories", ("LED-PINCE", "ECHELLE")),
    Family("Prestations", "Services", ("POSE-H", "ETUDE", "DEPLACEMENT", "DEPOSE", "ENTRETIEN")),
)


@dataclass(frozen=True)
class Bundle:
    sku: str
    kind: BundleAs
    parts: tuple[tuple[str, str], ...]


BUNDLES = (
    Bundle("ACCUEIL-2", BundleAs.ONE_LINE, (("COMPTOIR", "1"), ("TABOURET", "2"))),
    Bundle("COIN-LECTURE", BundleAs.EXPANDED, (("BIB-CHENE", "1"), ("LED-PINCE", "6"), ("ECHELLE", "1"))),
)


@dataclass(frozen=True)
class ListPrice:
    """``price`` in euros, or ``discount`` in per cent on the catalogue's."""

    sku: str
    from_quantity: str = "0"
    price: str | None = None
    discount: str | None = None


PRICE_LIST = Bilingual("Tarif collectivités", "Public bodies’ prices")
LIST_PRICES = (
    ListPrice("BIB-CHENE", price="3950"),
    ListPrice("POSE-H", price="51"),
    ListPrice("POSE-H", "20", price="48"),
    ListPrice("VEST-12", discount="8"),
)
GROUP, GROUP_WITHIN, MEMBERS = "Collectivités", "Rennes Métropole", ("bruz",)
"""The list is the outer group's; the clients are in the inner one."""


@dataclass(frozen=True)
class Reduced:
    """A discount on what the levels before it left, of one client or everybody, on one product or all."""

    level: int
    name: Bilingual
    percent: str
    buyer: str = ""
    sku: str = ""


REDUCTIONS = (
    Reduced(1, Bilingual("Client fidèle", "Loyal client"), "3", buyer="morin"),
    Reduced(2, Bilingual("Vitrines de fin de saison", "End-of-season displays"), "5", sku="VITRINE"),
)
NEXT_YEAR = (("PARQ-CC", "81.20"), ("ESC-QT", "6440"))
"""Prices from the first of January."""


@dataclass(frozen=True)
class Deal:
    """``state``: how far its quote has come; None for a deal that is still being prepared.

    ``deposit``: per cent to be paid on order; such a deal is signed, and invoiced in part.
    ``instalments``: per cent of the whole, and when it is due, in both languages.
    """

    title: str
    title_en: str
    buyer: str
    owner: str
    phase: str
    source: str
    wares: tuple[tuple[str, str], ...]
    state: str | None = None
    introduction: str = ""
    introduction_en: str = ""
    deposit: str = ""
    instalments: tuple[tuple[str, str], ...] = ()


DEALS = (
    Deal("Bibliothèque sur mesure et parquet, rue des Lices", "Made-to-measure bookcase and floor, rue des Lices", "moreau", "julien", "Visite", "Recommandation", (("#", "Salon|Living room"), ("BIB-CHENE", "1"), ("PARQ-CC", "32"), ("#1", "Finition du parquet|Finish of the floor"), ("HUILE-NAT", "32+"), ("VERNIS-MAT", "32-"), ("#", "Options|Options"), ("LED-PINCE", "6+4..12"), ("ECHELLE", "1-")), "sent", "Bonjour Madame Moreau,\ncomme convenu lors de ma visite, voici notre proposition. Je reste à votre disposition pour toute question.", "Dear Mrs Moreau,\nas agreed during my visit, here is our proposal. I remain at your disposal for any question."),
    Deal("Comptoir d’accueil", "Reception counter", "legoff", "julien", "Visite", "Site internet", (("COMPTOIR", "1"), ("TABOURET", "4"), ("POSE-H", "16"), ("ETUDE", "1")), "changes_requested", "Bonjour,\nvoici le comptoir tel que nous l’avons dessiné ensemble.", "Hello,\nhere is the counter as we drew it together."),
    Deal("Cuisine en chêne", "Oak kitchen", "roux", "julien", "Visite", "Recommandation", (("ETUDE", "1"), ("POSE-H", "80"), ("DEPOSE", "1")), "signed", "Bonjour,\nvoici notre proposition pour votre cuisine.", "Hello,\nhere is our proposal for your kitchen.", instalments=(("40", "Au début des travaux|When work begins"), ("60", "À la réception|On acceptance of the work"))),
    Deal("Bibliothèque de l’école", "School library", "bruz", "julien", "Visite", "Appel d’offres", (("BIB-CHENE", "4"), ("ECHELLE", "1"), ("POSE-H", "24")), "expired"),
    Deal("Vestiaires", "Lockers", "lutins", "julien", "Visite", "Salon", (("VEST-12", "3"), ("POSE-H", "6")), "refused"),
    Deal("Vitrine et comptoir", "Display and counter", "morin", "nadia", "Visite", "Téléphone", (("VITRINE", "1"), ("COMPTOIR", "1"), ("DEPLACEMENT", "1")), "withdrawn"),
    Deal("Studio fit-out, first floor", "Studio fit-out, first floor", "harbour", "nadia", "Visite", "Site internet", (("PARQ-CC", "45"), ("HUILE-NAT", "45"), ("POSE-H", "12"), ("ENTRETIEN", "1- yearly")), "sent", "Dear Eleanor,\nhere is our proposal for the first floor, as discussed."),
    Deal("Escalier quart tournant", "Quarter-turn staircase", "moreau", "julien", "Qualification", "Recommandation", (("ESC-QT", "1"), ("DEPOSE", "1"))),
    Deal("Mobilier de la salle de repos", "Rest room furniture", "lutins", "nadia", "Visite", "Recommandation", (("VEST-12", "4"), ("POSE-H", "24")), "signed", "Bonjour,\nvoici le mobilier que nous avons dessiné pour la salle de repos.", "Hello,\nhere is the furniture that we drew for the rest room.", "30"),
    Deal("Accueil et salle d’attente", "Reception and waiting room", "legoff", "nadia", "Qualification", "Site internet", ()),
    Deal("Rayonnages des archives", "Shelves for the archives", "bruz", "nadia", "Visite", "Téléphone", (("BIB-CHENE", "2"), ("POSE-H", "8")), "accepted", "Bonjour,\nvoici les rayonnages pour la salle des archives.", "Hello,\nhere are the shelves for the archives."),
)  # fmt: skip
