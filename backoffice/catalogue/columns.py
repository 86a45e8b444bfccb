"""The columns of a table of products, and the words that people write in them."""

from flask_babel import lazy_gettext as _

from backoffice.catalogue.models import BundleAs, Nature, Unit
from backoffice.tabular.columns import Column

COLUMNS = (
    Column(name="sku", label=_("Reference"), needed=True, known_as=("référence", "réf", "sku", "code", "code article", "code produit", "article", "reference", "ref", "product code", "item code", "item number")),
    Column(name="name_fr", label=_("Name in French"), known_as=("nom", "nom (français)", "nom fr", "désignation", "libellé", "intitulé", "produit", "name", "name (french)", "name fr", "name in french", "nom en français", "product", "product name", "title")),
    Column(name="name_en", label=_("Name in English"), known_as=("nom (anglais)", "nom en", "nom en anglais", "name (english)", "name en", "name in english", "english name")),
    Column(name="description_fr", label=_("Description in French"), known_as=("description", "description (français)", "description fr", "description en français", "descriptif", "détail", "description (french)", "description in french")),
    Column(name="description_en", label=_("Description in English"), known_as=("description (anglais)", "description en", "description en anglais", "description (english)", "description in english")),
    Column(name="nature", label=_("Goods or service"), known_as=("nature", "type", "bien ou service", "goods or service", "kind")),
    Column(name="unit", label=_("Unit"), known_as=("unité", "u", "unit", "unit of measure", "uom")),
    Column(name="unit_price", label=_("Unit price excl. VAT"), needed=True, number=True, known_as=("prix", "prix ht", "prix unitaire", "prix unitaire ht", "prix de vente", "prix de vente ht", "pu", "pu ht", "tarif", "tarif ht", "price", "unit price", "unit price excl. VAT", "price excl. VAT", "net price", "sales price")),
    Column(name="cost", label=_("Cost"), number=True, known_as=("coût", "coût unitaire", "coût ht", "prix d’achat", "prix d’achat ht", "prix de revient", "cost", "unit cost", "cost price", "purchase price")),
    Column(name="vat_rate", label=_("VAT"), number=True, known_as=("tva", "taux de TVA", "taux TVA", "tva %", "vat", "VAT rate", "vat %", "tax rate")),
    Column(name="vat_category", label=_("VAT category"), known_as=("catégorie de TVA", "code TVA", "VAT category", "vat code")),
    Column(name="family", label=_("Family"), known_as=("famille", "catégorie", "famille de produits", "family", "category", "product family")),
    Column(name="bundle", label=_("Bundle"), known_as=("lot", "ensemble", "kit", "bundle")),
    Column(name="parts", label=_("Parts"), known_as=("composants", "composition", "composé de", "parts", "components")),
    Column(name="image", label=_("Picture (SHA-256)"), known_as=("image (SHA-256)", "image", "picture (SHA-256)", "picture")),
    Column(name="archived", label=_("Archived"), known_as=("archivé", "archived", "inactif", "inactive")),
)  # fmt: skip

NATURES = {
    **dict.fromkeys(("bien", "biens", "marchandise", "marchandises", "materiel", "goods", "good", "produit", "product"), Nature.GOODS),
    **dict.fromkeys(("service", "services", "prestation", "prestations", "main d'oeuvre", "labour", "labor"), Nature.SERVICE),
}  # fmt: skip
BUNDLES = {
    **dict.fromkeys(("une ligne", "une seule ligne", "one line", "one_line"), BundleAs.ONE_LINE),
    **dict.fromkeys(
        ("une ligne par composant", "detaille", "one line per part", "expanded"), BundleAs.EXPANDED
    ),
}
CODES = {unit.value.casefold(): unit for unit in Unit}
YES = frozenset({"oui", "yes", "o", "y", "1", "x", "vrai", "true"})
NO = frozenset({"", "non", "no", "n", "0", "faux", "false"})
