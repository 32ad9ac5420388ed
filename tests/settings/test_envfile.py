"""Writing into `.env` changes the values asked for and nothing else, whatever stands in it."""

import io
import os
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from dotenv.parser import parse_stream
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from core.settings.envfile import read_env, write_env

FILE = """\
# Наши настройки
export WORKERS = 5   # not too many

UNKNOWN="keep # me"
EMPTY=
NAKED
 INDENTED='single' # why
DATABASE_PATH=C:\\Data\\phones.db
WORKERS=6
"""

names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
spaces = st.sampled_from(["", " ", "\t", "  "])
comments = st.sampled_from(["", " # comment", "\t#'quote", ' # "'])
line_ends = st.sampled_from(["\n", "\r\n", "\n\n"])
written_values = st.one_of(
    values.filter(lambda v: "'" not in v and "\\" not in v).map(lambda v: f"'{v}'"),
    st.sampled_from(['"a\\nb"', "plain", "with space", "", '"#"', "a#b", "'it\\'s'", "$HOME"]),
)
lines = st.one_of(
    st.builds(
        "{}{}{}{}={}{}{}".format,
        st.sampled_from(["", "export ", "  "]),
        names,
        spaces,
        st.just(""),
        spaces,
        written_values,
        comments,
    ),
    st.sampled_from(["# a comment", "", "   ", "NAKED", "# WORKERS=3"]),
)


@st.composite
def files(draw: st.DrawFn) -> str:
    text = "".join(draw(lines) + draw(line_ends) for _ in range(draw(st.integers(0, 6))))
    return draw(st.sampled_from(["", "\ufeff"])) + text + draw(st.sampled_from(["", "LAST=1"]))


def put(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_only_the_value_changes(env: Path) -> None:
    put(env, FILE)
    write_env(
        env, {"INDENTED": "two words", "EMPTY": "x", "NAKED": "y", "NEW": "1", "WORKERS": "8"}
    )
    assert (
        text_of(env)
        == FILE.replace("'single'", "'two words'")
        .replace("EMPTY=", "EMPTY=x")
        .replace("NAKED", "NAKED=y")
        .replace("WORKERS=6", "WORKERS=8")
        + "NEW=1\n"
    )


def test_windows_line_ends_and_byte_order_mark_stay(env: Path) -> None:
    put(env, "\ufeff# first\r\nTHEME=dark # night\r\nLANGUAGE=ru")
    assert read_env(env) == {"THEME": "dark", "LANGUAGE": "ru"}
    write_env(env, {"THEME": "light", "WORKERS": "3"})
    assert text_of(env) == "\ufeff# first\r\nTHEME=light # night\r\nLANGUAGE=ru\r\nWORKERS=3\r\n"


def test_a_new_file_is_made_for_its_owner_alone(env: Path) -> None:
    write_env(env, {"DATAMASTER_API_TOKEN": "abc"})
    assert read_env(env) == {"DATAMASTER_API_TOKEN": "abc"}
    if os.name == "posix":
        assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert [file.name for file in env.parent.iterdir()] == [".env"]


@pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")
def test_an_open_file_is_closed_to_others_and_a_link_stays_a_link(
    env: Path, tmp_path: Path
) -> None:
    real = tmp_path / "elsewhere"
    real.mkdir()
    put(real / "env", "A=1\n")
    (real / "env").chmod(0o644)
    env.symlink_to(real / "env")
    write_env(env, {"A": "2"})
    assert env.is_symlink()
    assert text_of(real / "env") == "A=2\n"
    assert stat.S_IMODE((real / "env").stat().st_mode) == 0o600


def test_dollar_signs_stand_for_themselves(env: Path) -> None:
    put(env, "A=${HOME}x\nB='$A'\n")
    assert read_env(env) == {"A": "${HOME}x", "B": "$A"}


@pytest.mark.parametrize(
    "data",
    ["THEME=тёмная".encode("cp1251"), "THEME=dark".encode("utf-16"), b"A=\0", b"#" * 1_000_001],
    ids=["cp1251", "utf-16", "nul", "huge"],
)
def test_what_is_no_text_is_refused_and_left_alone(env: Path, data: bytes) -> None:
    env.write_bytes(data)
    for attempt in (lambda: read_env(env), lambda: write_env(env, {"A": "1"})):
        with pytest.raises(SettingsError, match="UTF-8"):
            attempt()
    assert env.read_bytes() == data


def test_a_line_that_is_not_understood_is_named_and_nothing_is_written(env: Path) -> None:
    put(env, "A=1\n\n\nB='never closed\nC=3\n")
    with pytest.raises(SettingsError, match="Line 4 of"):
        read_env(env)
    with pytest.raises(SettingsError, match="Line 4 of"):
        write_env(env, {"C": "4"})
    assert text_of(env) == "A=1\n\n\nB='never closed\nC=3\n"


def test_a_folder_in_place_of_the_file_is_a_sentence(env: Path) -> None:
    env.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read_env(env)


def test_where_nothing_can_be_written_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError):
        write_env(tmp_path / "file" / ".env", {"A": "1"})


@pytest.mark.parametrize(
    "changes", [{"A B": "1"}, {"A=": "1"}, {"": "1"}, {"A": "x\0"}, {"A": "\ud800"}]
)
def test_what_no_file_can_hold_is_refused(env: Path, changes: dict[str, str]) -> None:
    put(env, "A=1\n")
    with pytest.raises(ValueError):
        write_env(env, changes)
    assert text_of(env) == "A=1\n"


@given(text=files(), name=names, value=values)
@example(text="A='x'# c", name="A", value="")
@example(text="A= # c", name="A", value="v")
@example(text="A # c", name="A", value="v")
@example(text="A", name="A", value="\r\n'\"\\")
@settings(max_examples=150, deadline=None)
def test_written_values_come_back_and_others_stay(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str, value: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "property.env"
    put(path, text)
    try:
        before = read_env(path)
    except SettingsError:
        assume(False)
    write_env(path, {name: value})
    assert read_env(path) == {**before, name: value}
    # The library by itself, with a path, as anybody else would read the file.
    by_library = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    assert by_library[name] == value
    rest = text_of(path)
    for binding in parse_stream(io.StringIO(text, newline="")):
        if binding.key != name:
            _, found, rest = rest.partition(binding.original.string)
            assert found


@given(
    data=st.one_of(
        st.binary(max_size=50), st.text("AB='\"\\# \t\r\n$\ufeff\x85", max_size=30).map(str.encode)
    )
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.env"
    path.write_bytes(data)
    try:
        before = read_env(path)
    except SettingsError:
        return
    write_env(path, {"WORKERS": "7"})
    assert read_env(path) == {**before, "WORKERS": "7"}
