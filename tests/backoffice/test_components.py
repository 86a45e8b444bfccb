"""The parts that pages are made of: what they promise to somebody who listens instead of looking."""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import cssselect2
import pytest
import tinyhtml5
from flask import Flask, flash, render_template_string
from flask_babel import Babel
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, ValidationError

TEMPLATES = Path(__file__).parents[2] / "templates"


class Page:
    """What a reader's software sees of a piece of HTML."""

    def __init__(self, source: str) -> None:
        self.root = cssselect2.ElementWrapper.from_html_root(
            tinyhtml5.parse(source, namespace_html_elements=False)
        )

    def all(self, selector: str) -> list[Element]:
        return [found.etree_element for found in self.root.query_all(selector)]

    def one(self, selector: str) -> Element:
        (found,) = self.all(selector)
        return found

    def words(self, selector: str) -> str:
        return "".join(self.one(selector).itertext())


Draw = Callable[..., Page]


class Reply(Form):
    """One field of each kind."""

    token = HiddenField("Token", [InputRequired("The page was open too long.")])
    name = StringField("Your name", [InputRequired("Write your name.")])
    reason = RadioField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[SelectChoice("price", "Price"), SelectChoice("delay", "Delay")],
    )
    terms = BooleanField("I accept the terms", [InputRequired("Tick this to go on.")])


@pytest.fixture
def draw() -> Iterator[Draw]:
    app = Flask("components", template_folder=str(TEMPLATES), static_folder=None)
    app.secret_key = "test"
    app.jinja_env.globals.update(asset=lambda name: f"/static/{name}", csrf_token=lambda: "a-token")
    Babel(app, default_locale="en")

    def page(source: str, **facts: object) -> Page:
        return Page(render_template_string(source, **facts))

    with app.test_request_context():
        yield page


@pytest.fixture
def wrong() -> Reply:
    form = Reply(token="", name="")
    form.validate()
    return form


def test_a_field_is_described_by_its_hint_and_its_error(draw: Draw, wrong: Reply) -> None:
    page = draw(
        '{% from "components/field.html" import field %}{{ field(form.name, hint="As on your card", autocomplete="name") }}',
        form=wrong,
    )
    control = page.one("input")
    assert control.get("aria-invalid") == "true"
    assert control.get("autocomplete") == "name"
    described = [page.words(f"#{name}") for name in control.get("aria-describedby").split()]
    assert described == ["As on your card", "Error: Write your name."]
    assert page.all("label[for=name]")


def test_a_field_without_mistake_is_not_called_wrong(draw: Draw) -> None:
    page = draw('{% from "components/field.html" import field %}{{ field(form.name) }}', form=Reply())
    control = page.one("input")
    assert control.get("aria-invalid") is None
    assert control.get("aria-describedby") is None


def test_a_group_of_choices_has_a_legend_and_a_label_for_each(draw: Draw, wrong: Reply) -> None:
    page = draw('{% from "components/field.html" import field %}{{ field(form.reason) }}', form=wrong)
    assert page.words("fieldset > legend") == "Reason"
    assert ["".join(label.itertext()) for label in page.all("label")] == ["Price", "Delay"]
    assert page.one("fieldset").get("aria-describedby") == "reason-error"


def test_the_summary_leads_to_each_wrong_field(draw: Draw, wrong: Reply) -> None:
    fields = "{{ field(form.token) }}{{ field(form.name) }}{{ field(form.reason) }}{{ field(form.terms) }}"
    page = draw(
        '{% from "components/field.html" import field, error_summary %}{{ error_summary(form) }}' + fields,
        form=wrong,
    )
    summary = "[role=alert][tabindex='-1']"
    links = [link.get("href", "").removeprefix("#") for link in page.all(f"{summary} a")]
    assert links == ["name", "reason-0", "terms"]
    assert all(page.one(f"#{target}").tag == "input" for target in links)
    assert "The page was open too long." in page.words(summary)
    assert not draw(
        '{% from "components/field.html" import error_summary %}{{ error_summary(form) }}', form=Reply()
    ).all("body > *")


class Piece(Form):
    name = StringField("Item", [DataRequired("Give this line a name.")])
    length = StringField("Length", [DataRequired("Write a length.")])


def at_most_two(_form: Form, field: FieldList) -> None:
    if len(field.entries) > 2:
        raise ValidationError("Two lines at most.")


class Order(Form):
    pieces = FieldList(FormField(Piece), label="Lines", validators=[at_most_two])


def test_the_summary_leads_to_the_very_field_of_each_wrong_line(draw: Draw) -> None:
    form = Order(data={"pieces": [{"name": "Shelf", "length": "2 m"}, {"name": "Lath"}, {}]})
    form.validate()
    source = """{% from "components/field.html" import error_summary %}{{ error_summary(form) }}
        <h2 id="pieces">Lines</h2>{% for piece in form.pieces %}{{ piece.form.name() }}{{ piece.form.length() }}{% endfor %}"""
    page = draw(source, form=form)
    told = [" ".join("".join(line.itertext()).split()) for line in page.all("[role=alert] li")]
    assert told == [
        "Lath, Length – Write a length.",
        "Line 3, Item – Give this line a name.",
        "Line 3, Length – Write a length.",
        "Lines – Two lines at most.",
    ]
    links = [link.get("href", "").removeprefix("#") for link in page.all("[role=alert] a")]
    assert [page.one(f"#{target}").tag for target in links] == ["input", "input", "input", "h2"]


def test_the_errors_of_a_type_ahead_describe_it_beside_its_hint(draw: Draw) -> None:
    source = """{% from "components/field.html" import type_ahead %}
        {{ type_ahead("client", "Client", "/search", hint="Its first letters.", errors=errors) }}"""
    page = draw(source, errors=["No client has this name."])
    control = page.one("input")
    assert control.get("aria-invalid") == "true"
    described = [page.words(f"#{name}") for name in control.get("aria-describedby").split()]
    assert described == ["Its first letters.", "Error: No client has this name."]
    control = draw(source, errors=[]).one("input")
    assert (control.get("aria-invalid"), control.get("aria-describedby")) == (None, "client-hint")


def test_what_people_wrote_is_text_wherever_it_lands(draw: Draw) -> None:
    evil = '"><script>alert(1)</script>'
    page = draw(
        """{% from "components/button.html" import button, copy_button, link_button, post_button %}
        {% from "components/sheet.html" import facts, page_head %}{% from "components/person.html" import face, person %}
        {% from "components/signature.html" import signature %}{% from "components/table.html" import cell, head_cell %}
        {{ button(evil, data_x=evil) }}{{ copy_button(evil, evil, evil) }}{{ link_button(evil, evil) }}
        {{ post_button(evil, "/x", carried={"revision": evil}) }}{{ facts([(evil, evil)]) }}{{ page_head(evil, evil) }}
        {{ person(evil, evil) }}{{ face(evil, named=True) }}{{ signature(evil) }}{{ cell(evil, evil) }}{{ head_cell(evil, evil) }}""",
        evil=evil,
    )
    assert not page.all("script")
    assert page.one("button[data-x]").get("data-x") == evil
    assert page.all("[role=img]")[-1].get("aria-label") == f"Signature: {evil}"


def test_an_act_of_its_own_carries_its_token_and_what_it_is_about(draw: Draw) -> None:
    page = draw(
        '{% from "components/button.html" import post_button %}{{ post_button("Withdraw", "/quotes/1/withdraw", carried={"revision": 3}) }}'
    )
    form = "form[method=post][action='/quotes/1/withdraw']"
    assert {control.get("name"): control.get("value") for control in page.all(f"{form} input")} == {
        "csrf_token": "a-token",
        "revision": "3",
    }
    assert page.one(f"{form} button[data-once]") is not None


def test_a_list_keeps_its_roles_when_a_telephone_shows_it_as_cards(draw: Draw) -> None:
    page = draw(
        """{% from "components/table.html" import cell, head_cell, listing, row %}
        {% call listing("Quotes", ["Number", ("Amount", "num")]) %}{% call row() %}{{ head_cell("D-1", "/1") }}{{ cell("Amount", "7 €", "num") }}{% endcall %}{% endcall %}"""
    )
    assert page.words("table[role=table] > caption") == "Quotes"
    assert [head.get("class") for head in page.all("th[scope=col]")] == [None, "num"]
    assert page.all("tbody [role=rowheader] a[href='/1']")
    assert page.one("td[role=cell]").get("data-label") == "Amount"


def test_the_flashes_speak_in_tones(draw: Draw) -> None:
    flash("Sent.", "good")
    flash("Lost.", "error")
    page = draw('{% from "components/flash.html" import flashes %}{{ flashes() }}')
    assert [(said.get("class", "").split()[1], said.text) for said in page.all("p")] == [
        ("good", "Sent."),
        ("stop", "Lost."),
    ]


PAGES_OF_REFUSAL = [
    ("500.html", None),
    *(("refusal.html", face) for face in ("portal", "backoffice", "bare")),
]


def test_every_page_of_refusal_is_drawn_here() -> None:
    assert {path.name for path in (TEMPLATES / "errors").glob("*.html")} == {
        name for name, _face in PAGES_OF_REFUSAL
    }


@pytest.mark.parametrize(("name", "face"), PAGES_OF_REFUSAL)
def test_every_refusal_is_a_whole_page_with_one_heading_and_a_language(
    draw: Draw, name: str, face: str | None
) -> None:
    told = {"title": "This link has expired", "message": "Ask for a new one.", "language": "fr"}
    on = {"act_label": "Back", "act_address": "/back", "again": [("page", "3")]}
    page = draw("{% include name %}", name=f"errors/{name}", face=face, **told, **on)
    assert page.one("html").get("lang") == "fr"
    assert len(page.all("h1")) == 1
    assert page.words("title").startswith(page.words("h1"))
    assert len(page.all("main")) == 1
    if name == "refusal.html":
        assert page.words("h1") == told["title"]
        assert told["message"] in page.words("main")
        assert page.one("main a[href='/back']") is not None
        assert page.one("main form[method=post] input[name=page]").get("value") == "3"
    assert not page.all("[style], script:not([src])")
