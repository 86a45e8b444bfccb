"""Static files: named by content, few requests, safe to build twice at once."""

import gzip
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template_string

from backoffice import assets
from backoffice.assets import BrokenAsset, build

STATIC = Path(__file__).parents[2] / "static"

Sources = Callable[..., Path]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    def write(**files: str) -> Path:
        folder = tmp_path / "static"
        for name, content in files.items():
            target = folder / name.replace("__", "/").replace("_dot_", ".")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        return folder

    return write


def text_of(built: assets.Build, name: str) -> str:
    return (built.folder / built.names[name]).read_text()


def test_a_name_changes_with_the_content_and_only_with_it(sources: Sources, tmp_path: Path) -> None:
    first = build(sources(a_dot_css="p { color: red }", b_dot_css="q {}"), tmp_path / "out")
    second = build(sources(a_dot_css="p { color: blue }"), tmp_path / "out")
    assert first.names["a.css"] != second.names["a.css"]
    assert first.names["b.css"] == second.names["b.css"]
    assert re.fullmatch(r"/static/a\.[0-9a-f]{12}\.css", second.address("a.css"))


def test_imports_of_a_style_sheet_are_put_in_place_with_their_layers(
    sources: Sources, tmp_path: Path
) -> None:
    folder = sources(
        site_dot_css='@layer a, b;\n@import "./parts/one.css" layer(a);\n@import "./two.css" layer(b) screen;\ni {}',
        parts__one_dot_css="p { background: url(../img/dot.svg#x) }",
        two_dot_css="q {}",
        img__dot_dot_svg="<svg/>",
    )
    built = build(folder, tmp_path / "out")
    sheet = text_of(built, "site.css")
    assert "@import" not in sheet
    assert sheet.startswith("@layer a, b;\n@layer a {")
    assert f'url("{built.address("img/dot.svg")}#x")' in sheet
    assert re.search(r"@layer b \{\s*@media screen \{\s*q \{\}", sheet)


def test_a_change_deep_down_changes_the_name_of_what_uses_it(sources: Sources, tmp_path: Path) -> None:
    before = build(
        sources(a_dot_css='@import "./b.css";', b_dot_css="i { cursor: url(c.png) }", c_dot_png="1"),
        tmp_path / "o",
    )
    after = build(sources(c_dot_png="2"), tmp_path / "o")
    assert before.names["a.css"] != after.names["a.css"]


def test_modules_imported_for_their_effect_are_inlined_once_and_others_get_hashed_addresses(
    sources: Sources, tmp_path: Path
) -> None:
    folder = sources(
        main_dot_js='import "./a.js";\nimport "./b.js";\nimport { c } from "./lib/c.js";\nc();\n',
        a_dot_js='import "./b.js";\nconst x = 1;\n',
        b_dot_js='const x = 2; const late = () => import("./lib/c.js");\n',
        lib__c_dot_js="export const c = () => 3;\n",
    )
    built = build(folder, tmp_path / "out")
    module = text_of(built, "main.js")
    assert module.count("const x = 2") == 1
    assert 'import "./' not in module
    assert f'from "{built.address("lib/c.js")}"' in module
    assert f'import("{built.address("lib/c.js")}")' in module


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a_dot_css": 'p { background: url("./none.svg") }'}, "none.svg, which is not there"),
        ({"a_dot_css": '@import "./b.css";', "b_dot_css": '@import "./a.css";'}, "imports itself"),
        ({"a_dot_js": 'import "./none.js";'}, "none.js, which is not there"),
        ({"a_dot_js": 'import "./b.js";', "b_dot_js": 'import "./a.js";'}, "imports itself"),
        ({"a_dot_js": 'import "./b.js";', "b_dot_js": "export const b = 1;"}, "import it by name"),
    ],
)
def test_a_mistake_in_the_sources_is_told_at_start_up(
    sources: Sources, tmp_path: Path, files: dict[str, str], complaint: str
) -> None:
    with pytest.raises(BrokenAsset, match=complaint):
        build(sources(**files), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_several_processes_may_build_at_once(sources: Sources, tmp_path: Path) -> None:
    folder = sources(**{f"f{number}_dot_css": f"p {{ order: {number} }}" * 50 for number in range(20)})
    with ThreadPoolExecutor(8) as pool:
        built = list(pool.map(lambda _: build(folder, tmp_path / "out"), range(8)))
    assert all(one == built[0] for one in built)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [built[0].folder.parent.name]


def test_only_a_few_old_builds_are_kept(sources: Sources, tmp_path: Path) -> None:
    for number in range(6):
        built = build(sources(a_dot_css=f"p {{ order: {number} }}"), tmp_path / "out")
        os.utime(built.folder.parent, ns=(number, number))
    kept = list((tmp_path / "out").iterdir())
    assert len(kept) <= assets.KEPT_BUILDS + 1
    assert built.folder.parent in kept


def test_what_a_killed_process_left_is_removed_after_a_day(sources: Sources, tmp_path: Path) -> None:
    folder = sources(a_dot_css="p {}")
    build(folder, tmp_path / "out")
    old, young = tmp_path / "out" / ".draft-old", tmp_path / "out" / ".draft-young"
    for draft in (old, young):
        (draft / "files").mkdir(parents=True)
        (draft / "files" / "a.css").touch()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    build(folder, tmp_path / "out")
    assert (old.exists(), young.exists()) == (False, True)


def application(static_folder: Path, output: Path, *, watch: bool = False) -> Flask:
    app = Flask("test", static_folder=None)
    app.testing = True
    assets.init_app(app, static_folder, output, watch=watch)

    @app.get("/")
    def page() -> str:
        return render_template_string('{{ asset("a.css") }}')

    return app


def test_a_file_is_served_compressed_and_for_ever(sources: Sources, tmp_path: Path) -> None:
    sheet = "p { color: red }\n" * 100
    client = application(sources(a_dot_css=sheet), tmp_path / "out").test_client()
    address = client.get("/").text
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        with client.get(address, headers={"Accept-Encoding": encoding}) as answer:
            content = answer.data
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert unpack(content).decode() == sheet
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert client.get("/static/a.css").status_code == 404


def test_a_page_is_never_compressed(sources: Sources, tmp_path: Path) -> None:
    client = application(sources(a_dot_css=""), tmp_path / "out").test_client()
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "br, gzip"}).headers


def test_in_development_a_change_is_seen_at_the_next_request(sources: Sources, tmp_path: Path) -> None:
    folder = sources(a_dot_css="p {}")
    client = application(folder, tmp_path / "out", watch=True).test_client()
    before = client.get("/").text
    (folder / "a.css").write_text("p { color: red }")
    os.utime(folder / "a.css", ns=(1, 1))
    after = client.get("/").text
    assert after != before
    with client.get(after) as answer:
        assert answer.text == "p { color: red }"


def test_an_unknown_asset_is_an_error_that_names_it(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(BrokenAsset, match=r"none\.css"):
        build(sources(a_dot_css=""), tmp_path / "out").address("none.css")


@pytest.mark.slow
def test_a_first_visit_of_a_client_is_light(tmp_path: Path) -> None:
    """Style and behaviour of the portal, as they travel: with the page itself they must stay under 50 kB."""
    built = build(STATIC, tmp_path / "out")
    travelling = [
        (built.folder / (built.names[name] + ".br")).stat().st_size
        for name in ("css/portal.css", "js/portal.js")
    ]
    assert sum(travelling) < 12_000
    assert "import" not in text_of(built, "js/portal.js")
    signature = built.folder / built.names["fonts/signature.woff2"]
    assert signature.stat().st_size < 35_000
