"""A test client that reads pages as a strict browser would, and fills their forms."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OPTIONAL_END = {
    "li",
    "p",
    "option",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "dt",
    "dd",
    "path",
    "rect",
    "circle",
    "line",
    "use",
}


class Page(HTMLParser):
    """A page's title, headings, forms with their fields, links and text; complains of what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.headings: list[str] = []
        self.title = ""
        self.language = ""
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._into: list[str] | None = None
        self._select: str | None = None
        self.feed(html)
        self.close()

    def updatepos(self, _start: int, end: int) -> int:
        """Nobody asks for lines and columns."""
        return end

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: C901 - a table of tags
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "style" in given:
            self.faults.append(f"inline style on <{tag}>")
        self.faults += [f"inline {name} on <{tag}>" for name in given if name.startswith("on")]
        if given.get("id"):
            self.ids.append(given["id"])
        match tag:
            case "html":
                self.language = given.get("lang", "")
            case "title" | "h1":
                self._into = []
            case "script" if "src" not in given:
                self.faults.append("inline script")
            case "style":
                self.faults.append("inline style sheet")
            case "img" if "alt" not in given:
                self.faults.append("picture without alt")
            case "a":
                self.links.append(given.get("href", ""))
            case "form":
                self.forms.append(
                    {
                        "action": given.get("action", ""),
                        "method": given.get("method", "get"),
                        "fields": {},
                        "buttons": [],
                        "unseen": set(),  # fields in which nothing is typed
                        "id": given.get("id", ""),
                    }
                )
            case _:
                self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        owner = next((form for form in self.forms if "form" in given and form["id"] == given["form"]), None)
        if owner is None and not (self.forms and "form" in self._open):
            return
        form = owner or self.forms[-1]
        fields = form["fields"]
        name = given.get("name", self._select or "")
        if tag == "button" and name:
            form["buttons"].append((name, given.get("value", "")))
        elif tag == "select":
            self._select = given.get("name")
            form["unseen"].add(name)
        elif tag == "option" and self._select and ("selected" in given or self._select not in fields):
            fields[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            self._into = []
            self._select = name
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"hidden", "password", "file", "checkbox", "color"}:
                form["unseen"].add(name)
            if kind not in {"checkbox", "radio", "submit"} or "checked" in given:
                fields[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open and self._open[-1] != tag and self._open[-1] in OPTIONAL_END:
            self._open.pop()
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes nothing; open: {self._open[-3:]}")
            return
        self._open.pop()
        text = " ".join("".join(self._into or []).split())
        if tag == "title":
            self.title, self._into = text, None
        elif tag == "h1":
            self.headings.append(text)
            self._into = None
        elif tag == "textarea" and self._select:
            self.forms[-1]["fields"][self._select] = "".join(self._into or []).removeprefix("\n")
            self._into = self._select = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
        if not {"script", "style", "title"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def form(self, action_part: str = "") -> dict[str, Any]:
        """The first posting form whose action contains ``action_part``."""
        return next(form for form in self.forms if form["method"] == "post" and action_part in form["action"])

    def check(self) -> None:
        faults = list(self.faults)
        if len(self.headings) != 1 or not self.headings[0]:
            faults.append(f"{len(self.headings)} main headings")
        if not self.title:
            faults.append("no title")
        if self.language not in {"fr", "en"}:
            faults.append(f"language {self.language!r}")
        faults += [f"id {each!r} twice" for each, count in Counter(self.ids).items() if count > 1]
        faults += [f"link to {link!r}" for link in self.links if link in {"", "#"}]
        assert not faults, faults


class PageReader(FlaskClient):
    """Every HTML answer is parsed and checked."""

    read: tuple[TestResponse, Page] | None = None
    """The last whole page, as it was checked: parsing takes as long as making it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():  # one of its own: inside the test's, requests would share its g
            response = super().open(*args, **{"buffered": True, **kwargs})  # so that files are closed
        whole = response.mimetype == "text/html" and response.text.lstrip().lower().startswith("<!doctype")
        if whole and not response.request.path.endswith(
            "/html"
        ):  # mails and papers are documents of their own kind
            page = Page(response.text)
            page.check()
            self.read = response, page
        return response

    def page(self, address: str, status: int = 200) -> Page:
        response = self.get(address)
        assert response.status_code == status, (address, response.status_code, response.text[:2000])
        return self.page_of(response)

    def page_of(self, response: TestResponse) -> Page:
        return self.read[1] if self.read is not None and self.read[0] is response else Page(response.text)

    def submit(self, address: str, values: dict[str, Any], part: str = "", **kwargs: Any) -> TestResponse:
        """Open a page, fill its form as it came, and send it."""
        form = self.page(address).form(part)
        fields = {**form["fields"], **values}
        return self.post(
            form["action"] or address,
            data={name: value for name, value in fields.items() if value is not None},
            **kwargs,
        )
