"""Static files under names that carry their content, so that a browser may keep them for ever.

There is no build step to run: the files are made ready when the application starts, into a folder named by
the fingerprint of the sources, under a temporary name first. Any number of processes may start at once.

Only these files are ever compressed: a page that carries a token must not be (BREACH).
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise

PREFIX = "/static/"
RECIPE = b"1"
"""Changes whenever this module would make something else of the same sources."""
KEPT_BUILDS = 3
DRAFT = ".draft-"
DRAFT_LASTS = 24 * 3600  # seconds
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".txt", ".ttf"})
WORTH_COMPRESSING = 400  # bytes

CSS_IMPORT = re.compile(r"""@import\s+["'](?P<path>\.{1,2}/[^"']+)["']\s*(?P<conditions>[^;]*);""")
CSS_LAYER = re.compile(r"layer\((?P<name>[\w.-]+)\)")
CSS_URL = re.compile(
    r"""url\(\s*(?P<quote>["']?)(?!data:|https?:|/|\#)(?P<path>[^"')#?\s]+)(?P<rest>[^"')]*)(?P=quote)\s*\)"""
)
JS_EFFECT = re.compile(r"""^import\s+["'](?P<path>\.{1,2}/[^"']+)["'];?[ \t]*$""", re.MULTILINE)
JS_NAMED = re.compile(
    r"""(?P<before>\bfrom\s+|\bimport\(\s*)(?P<quote>["'])(?P<path>\.{1,2}/[^"']+)(?P=quote)"""
)
JS_BINDING = re.compile(r"^\s*(import\b(?!\()|export\b)", re.MULTILINE)


class BrokenAsset(Exception):
    """A source that names a file that is not there, imports itself, or cannot be inlined."""


@dataclass(frozen=True)
class Build:
    """Sources made ready: ``names`` maps ``css/portal.css`` to ``css/portal.<hash>.css`` in ``folder``."""

    folder: Path
    names: dict[str, str]

    def address(self, name: str) -> str:
        """The web address of a source, by its path in the static folder."""
        try:
            return PREFIX + self.names[name]
        except KeyError:
            raise BrokenAsset(f"There is no static file {name!r}.") from None


class Bench:
    """The work on one set of sources: each is made ready once, after what it refers to."""

    def __init__(self, sources: dict[str, bytes]) -> None:
        self.sources = sources
        self.ready: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.under_way: list[str] = []

    def name_of(self, path: str) -> str:
        """The hashed name of a source, which is made ready first."""
        if path not in self.names:
            content = self.content_of(path)
            pure = PurePosixPath(path)
            digest = hashlib.sha256(content).hexdigest()[:12]
            self.names[path] = str(pure.with_name(f"{pure.stem}.{digest}{pure.suffix}"))
            self.ready[path] = content
        return self.names[path]

    def content_of(self, path: str) -> bytes:
        if path not in self.sources:
            raise BrokenAsset(f"{self.under_way[-1]} refers to {path}, which is not there.")
        if path in self.under_way:
            raise BrokenAsset(f"{path} imports itself: {' → '.join([*self.under_way, path])}.")
        self.under_way.append(path)
        try:
            if path.endswith(".css"):
                return self.stylesheet(path).encode()
            if path.endswith(".js"):
                return self.module(path, inlined=set()).encode()
            return self.sources[path]
        finally:
            self.under_way.pop()

    def stylesheet(self, path: str) -> str:
        """The style sheet with its imports in their place and its addresses hashed."""

        def in_place(match: re.Match[str]) -> str:
            body = self.content_of(relative(path, match["path"])).decode()
            layer = CSS_LAYER.search(match["conditions"])
            media = CSS_LAYER.sub("", match["conditions"]).strip()
            if media:
                body = f"@media {media} {{\n{body}}}\n"
            return f"@layer {layer['name']} {{\n{body}}}" if layer else body

        def hashed(match: re.Match[str]) -> str:
            return f'url("{PREFIX}{self.name_of(relative(path, match["path"]))}{match["rest"]}")'

        # Addresses first: an imported sheet resolves its own, from where it lies.
        return CSS_IMPORT.sub(in_place, CSS_URL.sub(hashed, self.sources[path].decode()))

    def module(self, path: str, inlined: set[str]) -> str:
        """The module with what it imports for its effect alone in its place, the rest by hashed address."""

        def in_place(match: re.Match[str]) -> str:
            other = relative(path, match["path"])
            if other in inlined:
                return ""
            inlined.add(other)
            if other not in self.sources or other in self.under_way:
                self.content_of(other)  # says what is wrong
            self.under_way.append(other)
            body = self.module(other, inlined)
            self.under_way.pop()
            if JS_BINDING.search(body):
                raise BrokenAsset(f"{other} imports or exports names: {path} must import it by name.")
            return f"{{\n{body}}}"

        def hashed(match: re.Match[str]) -> str:
            address = PREFIX + self.name_of(relative(path, match["path"]))
            return f"{match['before']}{match['quote']}{address}{match['quote']}"

        return JS_EFFECT.sub(in_place, JS_NAMED.sub(hashed, self.sources[path].decode()))


def relative(path: str, reference: str) -> str:
    """The source that ``reference`` means in ``path``."""
    return os.path.normpath(PurePosixPath(path).parent / reference)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("[!.]*") if path.is_file())


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_of(folder)}


def fingerprint(sources: dict[str, bytes]) -> str:
    digest = hashlib.sha256(RECIPE)
    for name, content in sources.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def build(static_folder: Path, output_folder: Path) -> Build:
    """Make the static folder ready under ``output_folder``, unless that has been done before."""
    sources = read(static_folder)
    finished = output_folder / fingerprint(sources)
    forget_drafts(output_folder)
    if not finished.is_dir():
        output_folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=output_folder))
        try:
            write(draft, sources)
            draft.chmod(0o755)
            draft.rename(finished)
        except OSError:
            # Another process was first: a folder that is not empty cannot be renamed onto.
            if not finished.is_dir():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        forget(output_folder, but=finished)
    return Build(finished / "files", json.loads((finished / "names.json").read_text()))


def write(folder: Path, sources: dict[str, bytes]) -> None:
    bench = Bench(sources)
    for path in sources:
        target = folder / "files" / bench.name_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        content = bench.ready[path]
        target.write_bytes(content)
        if target.suffix in COMPRESSED and len(content) > WORTH_COMPRESSING:
            target.with_name(target.name + ".br").write_bytes(brotli.compress(content, quality=11))
            target.with_name(target.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
    (folder / "names.json").write_text(json.dumps(bench.names, indent=1))


def forget(output_folder: Path, but: Path) -> None:
    """Remove old builds; a few stay for processes of the version before, which may still serve them."""
    builds = [path for path in output_folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    newest_first = sorted(builds, key=modified, reverse=True)
    for path in newest_first[KEPT_BUILDS:]:
        if path != but:
            shutil.rmtree(path, ignore_errors=True)


def forget_drafts(output_folder: Path) -> None:
    """Remove what processes left that were killed at this work more than a day ago."""
    for path in output_folder.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):  # its process has just finished it
            if time.time() - path.stat().st_mtime > DRAFT_LASTS:
                shutil.rmtree(path, ignore_errors=True)


def modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def stamp(paths: Iterable[Path]) -> tuple[tuple[str, int], ...]:
    return tuple((str(path), modified(path)) for path in paths)


def guard(headers: Headers, _path: str, _address: str) -> None:
    """Answers made by WhiteNoise do not pass the application's own headers."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def init_app(app: Flask, static_folder: Path, output_folder: Path, *, watch: bool = False) -> None:
    """Serve the static folder under ``/static/`` and give templates ``asset("css/portal.css")``.

    With ``watch`` (development) a change of the sources is seen at the next request.
    """
    current = build(static_folder, output_folder)
    server = WhiteNoise(
        app.wsgi_app,
        root=current.folder,
        prefix=PREFIX,
        max_age=365 * 24 * 3600,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=guard,
    )
    app.wsgi_app = server  # type: ignore[method-assign]  # what Flask documents for middleware

    def asset(name: str) -> str:
        return current.address(name)

    app.jinja_env.globals["asset"] = asset
    if not watch:
        return

    seen = stamp(files_of(static_folder))

    @app.before_request
    def follow_sources() -> None:
        nonlocal current, seen
        found = stamp(files_of(static_folder))
        if found != seen:
            current = build(static_folder, output_folder)
            server.add_files(str(current.folder), prefix=PREFIX)
            seen = found
