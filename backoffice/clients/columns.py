"""The columns of a table of clients and their contacts, and the words that people write in them."""

from flask_babel import lazy_gettext as _

from backoffice.clients.models import ClientKind, Standing
from backoffice.tabular.columns import Column

COLUMNS = (
    Column(name="id", label=_("Accord number"), known_as=("n° Accord", "numéro Accord", "Accord number", "Accord no")),
    Column(name="name", label=_("Name"), needed=True, known_as=("nom", "raison sociale", "société", "entreprise", "client", "nom du client", "name", "company", "company name", "customer", "customer name", "client name")),
    Column(name="kind", label=_("Type"), known_as=("type", "type de client", "client type", "kind")),
    Column(name="standing", label=_("Buys as"), known_as=("achète comme", "achète en tant que", "statut", "buys as", "standing")),
    Column(name="siren", label=_("SIREN"), known_as=("siren", "n° SIREN", "numéro SIREN")),
    Column(name="siret", label=_("SIRET"), known_as=("siret", "n° SIRET", "numéro SIRET")),
    Column(name="vat_number", label=_("VAT number"), known_as=("n° de TVA", "numéro de TVA", "TVA intracommunautaire", "n° TVA", "VAT number", "VAT no", "VAT id")),
    Column(name="email", label=_("E-mail"), known_as=("e-mail", "email", "courriel", "mail", "adresse e-mail", "email address")),
    Column(name="phone", label=_("Telephone"), known_as=("téléphone", "tél", "tel", "portable", "phone", "telephone", "mobile")),
    Column(name="language", label=_("Language"), known_as=("langue", "language")),
    Column(name="street", label=_("Street"), known_as=("rue", "adresse", "adresse 1", "voie", "street", "address", "address line 1")),
    Column(name="postcode", label=_("Postcode"), known_as=("code postal", "cp", "postcode", "zip", "zip code", "postal code")),
    Column(name="city", label=_("City"), known_as=("ville", "commune", "city", "town")),
    Column(name="country", label=_("Country"), known_as=("pays", "country", "country code")),
    Column(name="delivery_street", label=_("Delivery street"), known_as=("rue de livraison", "adresse de livraison", "delivery street", "delivery address")),
    Column(name="delivery_postcode", label=_("Delivery postcode"), known_as=("code postal de livraison", "cp livraison", "delivery postcode")),
    Column(name="delivery_city", label=_("Delivery city"), known_as=("ville de livraison", "delivery city")),
    Column(name="delivery_country", label=_("Delivery country"), known_as=("pays de livraison", "delivery country")),
    Column(name="payment_days", label=_("Days to pay"), known_as=("délai de paiement", "délai de paiement, en jours", "échéance", "payment days", "days to pay", "payment terms")),
    Column(name="notes", label=_("Internal notes"), known_as=("notes", "notes internes", "remarques", "commentaire", "internal notes", "comments")),
    Column(name="contact_name", label=_("Contact’s name"), known_as=("contact", "nom du contact", "interlocuteur", "contact name", "contact’s name")),
    Column(name="contact_function", label=_("Contact’s job title"), known_as=("fonction", "fonction du contact", "job title", "contact’s job title", "function")),
    Column(name="contact_email", label=_("Contact’s e-mail"), known_as=("e-mail du contact", "email contact", "email du contact", "contact e-mail", "contact’s e-mail", "contact email")),
    Column(name="contact_phone", label=_("Contact’s telephone"), known_as=("téléphone du contact", "tél contact", "contact phone", "contact’s telephone")),
)  # fmt: skip

KINDS = {
    **dict.fromkeys(("entreprise", "societe", "company", "pro"), ClientKind.COMPANY),
    **dict.fromkeys(
        ("particulier", "personne", "personne physique", "person", "individual"), ClientKind.PERSON
    ),
    **dict.fromkeys(
        ("organisme public", "collectivite", "administration", "public body"), ClientKind.PUBLIC_BODY
    ),
}
STANDINGS = {
    **dict.fromkeys(("consommateur", "consumer", "particulier"), Standing.CONSUMER),
    **dict.fromkeys(("professionnel", "professional", "pro"), Standing.PROFESSIONAL),
}
LANGUAGES = {
    **dict.fromkeys(("francais", "french", "fr"), "fr"),
    **dict.fromkeys(("anglais", "english", "en"), "en"),
}
