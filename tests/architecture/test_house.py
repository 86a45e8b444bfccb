"""Rules of the house that no other tool checks, read from the files themselves."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.events import Event
from backoffice.reactions import REACTIONS
from backoffice.settings import PROJECT

FROZEN = PROJECT / "backoffice" / "migrations" / "versions"
PACKAGES = [path for package in ("backoffice", "portal") for path in (PROJECT / package).rglob("*.py")]
CODE = [*sorted(path for path in PACKAGES if FROZEN not in path.parents), PROJECT / "wsgi.py"]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html")) + sorted((PROJECT / "templates").rglob("*.txt"))
LONGEST = 300


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def code_only(path: Path) -> str:
    """Without comments and texts: a sentence may speak of what code may not do."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return " ".join(token.string for token in tokens if token.type not in {tokenize.COMMENT, tokenize.STRING})


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call as it is spelled, as ("session.commit", 12)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def found(paths: list[Path], forbidden: str) -> list[str]:
    pattern = re.compile(forbidden)
    return [
        f"{named(path)}:{line} {name}" for path in paths for name, line in calls(path) if pattern.search(name)
    ]


def test_only_the_unit_of_work_commits():
    plumbing = {"backoffice/work.py", "backoffice/db.py"}  # db.py: a connection that is being set up
    through_the_unit = "_datastore().commit"  # of Flask-Security; ours writes in a unit of its own
    commits = found([path for path in CODE if named(path) not in plumbing], r"\.commit$")
    assert [each for each in commits if not each.endswith(through_the_unit)] == []


def test_no_amount_ever_becomes_a_float():
    assert found(CODE, r"^float$") == []


def test_every_moment_is_aware_and_asked_of_the_clock():
    assert found(CODE, r"\butcnow$|\bfromtimestamp$|^date\.today$|datetime\.today$") == []
    assert [
        each for each in found(CODE, r"datetime\.now$") if not each.startswith("backoffice/clock.py")
    ] == []


def test_html_is_written_in_templates_only():
    assert found(CODE, r"^Markup$|markupsafe") == []
    assert [named(path) for path in CODE if re.search(r"\bMarkup\b", code_only(path))] == []


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\|\s*safe\b",
        r"\bautoescape\s+false",
        r"\sstyle\s*=",
        r"<style\b",
        r"\son[a-z]+\s*=\s*[\"']",
        r"<script\b(?![^>]*\bsrc=)",
        r"javascript:",
        r"https?://(?!www\.w3\.org/)",
    ],
    ids=[
        "safe",
        "autoescape off",
        "style attribute",
        "style sheet",
        "handler",
        "inline script",
        "javascript address",
        "third party",
    ],
)
def test_templates_hold_nothing_inline_unsafe_or_foreign(forbidden):
    mail = (
        PROJECT / "templates" / "mail"
    )  # a mail program knows no style sheet of ours: theirs is inlined from a file
    pages = [path for path in TEMPLATES if mail not in path.parents]
    comments = re.compile(r"\{#.*?#\}", re.DOTALL)
    assert [
        named(path)
        for path in pages
        if re.search(forbidden, comments.sub("", path.read_text()), re.IGNORECASE)
    ] == []


def test_scripts_and_style_sheets_come_from_our_own_address():
    sheets = [path for kind in ("*.css", "*.js") for path in (PROJECT / "static").rglob(kind)]
    assert [
        named(path)
        for path in sheets
        if re.search(r"https?://(?!www\.w3\.org/)|@import\s+url\(['\"]?//", path.read_text())
    ] == []


def test_only_views_and_forms_of_a_noun_know_the_web():
    """import-linter says so too; this names the line."""
    exempt = {f"backoffice/staff/{name}.py" for name in ("security", "second_factor", "models")}
    nouns = [
        path
        for path in CODE
        if path.parent.parent.name == "backoffice"
        and path.name
        not in {"views.py", "forms.py", "cli.py", "env.py", "showing.py", "loading.py", "marks.py"}
    ]
    webby = re.compile(
        r"^\s*(from|import)\s+(flask|flask_wtf|flask_login|flask_security|werkzeug|wtforms)\b(?!_babel)",
        re.MULTILINE,
    )
    assert [
        named(path) for path in nouns if named(path) not in exempt and webby.search(path.read_text())
    ] == []


def test_no_file_grows_beyond_what_one_reads_at_a_sitting():
    lengths = {
        named(path): len(path.read_text().splitlines())
        for path in [*CODE, *TEMPLATES, *(PROJECT / "static").rglob("*.js")]
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_event_is_answered():
    def descendants(kind: type[Event]) -> set[type[Event]]:
        return {kind_below for below in kind.__subclasses__() for kind_below in {below, *descendants(below)}}

    ours = {kind for kind in descendants(Event) if kind.__module__.startswith("backoffice.")}
    assert ours == set(REACTIONS)
    assert all(REACTIONS.values())


def test_nothing_is_left_unfinished():
    marks = re.compile(r"\b(TODO|FIXME|HACK)\b")
    tests = [path for path in (PROJECT / "tests").rglob("*.py") if path != Path(__file__)]
    assert [named(path) for path in [*CODE, *TEMPLATES, *tests] if marks.search(path.read_text())] == []
