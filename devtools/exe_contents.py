"""What the packed program brings along beside its code, and what of the libraries it leaves out.

What it saves stands in docs/benchmarks.md.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from core.systems import SYSTEMS
from gui.dialogs.guide_text import Kind, blocks

# Modules that a library imports only for a use that this program does not make of it.
UNUSED_MODULES = [
    # The program asks phonenumbers for validity only, never for place, carrier or time zone.
    "phonenumbers.geodata",
    "phonenumbers.geocoder",
    "phonenumbers.carrierdata",
    "phonenumbers.carrier",
    "phonenumbers.tzdata",
    "phonenumbers.timezone",
    # Pictures are PNG and ICO.
    "PIL.AvifImagePlugin",
    "PIL._avif",
    "PIL.WebPImagePlugin",
    "PIL._webp",
    "PIL.ImageCms",
    "PIL._imagingcms",
    # Charts go to the screen and to PNG, not to PDF and PostScript, and are flat.
    "fontTools.subset",
    "fontTools.ttLib",
    "mpl_toolkits.axes_grid1",
    "mpl_toolkits.axisartist",
    "matplotlib.tests",
    "matplotlib.testing",
    # rich colours source code and tracebacks with it; this program shows neither.
    "pygments",
    # For building and testing; some libraries use them where they find them.
    "_pytest",
    "pytest",
    "attr",
    "defusedxml",
    "numpy.f2py",
    "numpy.testing",
    "numpy._core._multiarray_tests",
    "numpy.random",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
    "doctest",
    "pdb",
    "pydoc",
    "lib2to3",
    "tkinter.test",
]

# What only servers run: the packed program says so when asked for it (core/cli/main.py).
SERVER_ROOMS = (
    *(f"core.{system.name}" for system in SYSTEMS if system.on_servers),
    "core.web",
    "core.database.sql",
    "core.phones.service",
)
# Packages of theirs that other libraries take where they find them: here they do, on Linux.
SERVER_PACKAGES = (
    *("aiosqlite", "alembic", "asyncpg", "fastapi", "ftfy", "httptools", "limits", "mako"),
    *("orjson", "prometheus_client", "psycopg", "psycopg_binary", "pydantic", "pydantic_core"),
    *("pyrogram", "sqlalchemy", "starlette", "uvicorn", "uvloop", "yaml"),
)


def is_packed(module: str) -> bool:
    """Whether a module of ours belongs into the packed program."""
    return not any(module == room or module.startswith(f"{room}.") for room in SERVER_ROOMS)


# Data files, as they are called inside the packed program.
_UNUSED_FILES = [
    "babel/locale-data/*",
    "matplotlib/mpl-data/sample_data/*",
    "matplotlib/mpl-data/images/*",
    "matplotlib/mpl-data/fonts/afm/*",
    "matplotlib/mpl-data/fonts/pdfcorefonts/*",
    "matplotlib/mpl-data/fonts/ttf/*",
    "_tcl_data/tzdata/*",
    "_tcl_data/msgs/*",
    "_tk_data/msgs/*",
    "_tk_data/images/*",
    "*/tests/*",
    # For developers: what the catalogues are compiled from, and what others test themselves with.
    "assets/locale/*.po",
    "*tcl8/*tcltest*",
    "matplotlib/mpl-data/stylelib/*_test_*",
    "tkinterdnd2/tkdnd/*.lib",
]
_USED_AFTER_ALL = [
    "babel/locale-data/root.dat",
    "babel/locale-data/en.dat",
    "babel/locale-data/en_001.dat",
    "babel/locale-data/en_GB.dat",
    "babel/locale-data/en_US.dat",
    "babel/locale-data/ru*.dat",
    "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf",
    "matplotlib/mpl-data/fonts/ttf/DejaVuSans-*.ttf",
    "matplotlib/mpl-data/fonts/ttf/DejaVuSansDisplay.ttf",
    "matplotlib/mpl-data/fonts/ttf/LastResort*",
    "*/msgs/ru*.msg",
    "*/msgs/en*.msg",
]

Entry = tuple[str, str, str]


def without_unused(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of a PyInstaller table of contents that the program can need."""
    return [entry for entry in entries if not _is_unused(entry[0].replace("\\", "/"))]


def _is_unused(name: str) -> bool:
    def any_of(patterns: list[str]) -> bool:
        return any(fnmatch(name, pattern) for pattern in patterns)

    return any_of(_UNUSED_FILES) and not any_of(_USED_AFTER_ALL)


def guides(root: Path) -> Iterator[tuple[str, str]]:
    """The user guides and the pictures in them: the file, and the folder it is packed into."""
    for guide in sorted((root / "docs").glob("guide.*.md")):
        yield str(guide), "docs"
        for block in blocks(guide.read_text(encoding="utf-8")):
            if block.kind is Kind.PICTURE:
                picture = guide.parent / block.target
                yield str(picture), picture.parent.relative_to(root).as_posix()
