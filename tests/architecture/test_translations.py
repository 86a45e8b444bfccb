"""Every text exists in French, whole and well set; read from the sources themselves."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from backoffice.settings import PROJECT
from backoffice.staff.models import Role
from tests.factories import address_of
from tests.house import addresses, portal_addresses, rules, token_of

FRENCH = PROJECT / "backoffice" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])")
FRENCH_LETTERS = re.compile(r"[àâæçéèêëîïôœùûüÿ«»]", re.IGNORECASE)
SAID_TO_EARS = {
    "aria-label",
    "placeholder",
    "title",
    "alt",
    "content",
    "data-label",
    "data-page",
    "data-document",
    "data-copied",
}
LONG_ENOUGH = 12
"""Letters from which a run of words is taken for a text of ours wherever it stands."""

TYPOGRAPHY = {
    "a straight apostrophe": r"'",
    "a straight quotation mark": r'"',
    "three dots": r"\.\.\.",
    "a plain space before ; : ! ? »": r" [;:!?»]",
    "a no-break space that is not narrow before ; : ! ? »": "\u00a0[;:!?»]",
    "no space before ; ! ? »": r"[^\s\u202f][;!?»]",
    "no space before a colon": r"[^\s\u202f\d](?<!\)s):(?!//)",
    "anything but a narrow space after «": "«(?!\u202f)",
    "English quotation marks": r"[“”]",
    "a plain space between a number and its unit": r"(?:\d|%\((?:num|max|most|length|places)\)[sd]) (?:[€%]|[a-zà-ÿ])",
    "a capital without its accent": r"\b(?:A(?= )|Etat|Echeance|Emettre|Emise|Ecri|Edit)",
    "two spaces": r"[ \u00a0\u202f]{2}",
}


@cache
def sources() -> dict[str, Message]:
    """Every text of the sources by its singular, as ``pybabel extract`` finds them."""
    mappings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {
        each["pattern"]: {key: value for key, value in each.items() if key not in {"pattern", "method"}}
        for each in mappings
    }
    catalog = Catalog()
    for file, line, message, comments, context in extract_from_dir(
        PROJECT, methods, options, keywords={**DEFAULT_KEYWORDS, "lazy_gettext": None}
    ):
        catalog.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return {singular(each): each for each in catalog if each.id}


@cache
def translated() -> dict[str, Message]:
    with FRENCH.open("rb") as file:
        return {singular(each): each for each in read_po(file, locale="fr") if each.id}


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def said(texts: str | tuple[str, ...]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def where(message: Message) -> str:
    return f"{singular(message)!r}, {', '.join(sorted({file for file, _ in message.locations}))}"


def in_french() -> Iterator[tuple[str, str]]:
    """Each English text and one of its French forms."""
    return ((name, form) for name, message in translated().items() for form in said(message.string))


def test_every_text_is_translated_into_french():
    missing = [
        where(message)
        for name, message in sources().items()
        if name not in translated()
        or message.pluralizable != translated()[name].pluralizable
        or not all(said(translated()[name].string))
    ]
    assert missing == []


def test_no_translation_is_uncertain_or_left_over():
    assert [name for name, message in translated().items() if message.fuzzy] == []
    assert sorted(translated().keys() - sources().keys()) == []


def test_placeholders_survive_translation():
    """A plural's French forms may be used for its plural's values: both hold what the English plural holds."""
    wrong = []
    for name, message in translated().items():
        wanted = sorted(PLACEHOLDER.findall(said(message.id)[-1]))
        forms = said(message.string)
        wrong += [name for form in forms[-1:] if sorted(PLACEHOLDER.findall(form)) != wanted]
        wrong += [name for form in forms if not set(PLACEHOLDER.findall(form)) <= set(wanted)]
        wrong += [name for form in forms if "%" in PLACEHOLDER.sub("", form).replace("%%", "")]
    assert wrong == []


@pytest.mark.parametrize("fault", TYPOGRAPHY.values(), ids=TYPOGRAPHY)
def test_french_is_set_as_a_printer_would(fault):
    assert [form for _, form in in_french() if re.search(fault, form)] == []


def test_french_keeps_the_end_of_a_sentence():
    """A full stop, a colon, a question mark: what ends the one ends the other."""
    ends = re.compile(r"[.:?!…]?$")
    exceptions = {"Valid until: %(day)s"}
    wrong = [
        (name, form)
        for name, form in in_french()
        if name not in exceptions and ends.search(name).group() != ends.search(form).group()  # type: ignore[union-attr]
    ]
    assert wrong == []


def test_sources_are_english_and_well_set():
    texts = [text for message in sources().values() for text in said(message.id)]
    assert [text for text in texts if FRENCH_LETTERS.search(text)] == []
    assert [text for text in texts if re.search(r"""['"]|\.\.\.| [;:!?]|  """, text)] == []
    assert [text for text in texts if text != text.strip()] == []


class Words(HTMLParser):
    """What a page says to eyes and ears, text by text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"} or dict(attrs).get("lang") == "en"
        self.texts += [" ".join(value.split()) for name, value in attrs if name in SAID_TO_EARS and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent = 0

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.texts.append(" ".join(data.split()))


@cache
def english_only() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What no French page may say: as a whole text, and anywhere in one."""
    whole, anywhere = [], []
    for message in translated().values():
        for text in said(message.id):
            literal = max(PLACEHOLDER.split(text)[::3], key=len).strip()
            if text in said(message.string) or not re.search(r"[A-Za-z]{3}", literal):
                continue
            if " " in literal and len(literal) >= LONG_ENOUGH:
                anywhere.append(re.escape(literal))
            whole.append(".+".join(re.escape(part) for part in PLACEHOLDER.split(text)[::3]))
    return re.compile("|".join(whole)), re.compile("|".join(anywhere))


def english_in(html: str) -> list[str]:
    whole, anywhere = english_only()
    return [text for text in Words(html).texts if whole.fullmatch(text) or anywhere.search(text)]


def test_the_search_for_english_finds_it():
    assert english_in("<p>Open the quote</p>") == ["Open the quote"]
    assert english_in('<input placeholder="Add a product: type its first letters">') == [
        "Add a product: type its first letters"
    ]
    assert english_in("<p>Ouvrir le devis</p>") == []


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"])  # words do not depend on it
def test_no_page_read_in_french_holds_an_english_text(app, client, signed_in, house):
    readers = [signed_in(house.staff[role]) for role in (Role.MANAGER, Role.ADMIN)]
    found, read = {}, 0
    pages = [
        (each, address)
        for rule in rules(app, "GET")
        for address in addresses(app, rule, house.values)
        for each in readers
    ]
    pages += [
        (client, each)
        for link in (house.sent, house.anew, house.signed)
        for each in portal_addresses(app, token_of(link))
    ]
    pages += [(client, "/sign-in"), (client, "/nowhere"), (client, address_of(house.sent) + "x")]
    for reader, address in pages:
        answer = reader.get(address, headers={"Accept-Language": "fr"})
        if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
            read += 1
            found |= {address: english} if (english := english_in(answer.text)) else {}
    assert found == {}
    assert read > len(list(rules(app, "GET")))
