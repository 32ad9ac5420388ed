"""Fuzzing guided by coverage, with atheris: `python -m devtools.fuzz TARGET [SECONDS]`.

Not part of the usual set-up, because atheris is not there for every system: install it by hand
into `.venv`. It ends with the number of inputs tried, or with the input that broke the target.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["core"]):
    from core.asking.troubles import BrokenAnswer
    from core.cli.main import build_parser
    from core.errors import SettingsError
    from core.phones.datamaster import answers
    from core.phones.numbers.fastpath import normalize_page
    from core.phones.numbers.normalize import normalize
    from core.settings.envfile import read_env, write_env
    from core.systems import COMMAND_LINE

Target = Callable[[bytes], None]

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))


def answer(data: bytes) -> None:
    """An answer of the API is read, or refused as broken."""
    try:
        document = answers.document(data)
        answers.error_text(document)
        rows = answers.result_list(document)
    except BrokenAnswer:
        return
    for read in (answers.read_clients, answers.read_projects, answers.read_page):
        with contextlib.suppress(BrokenAnswer):
            read(rows)


def record(data: bytes) -> None:
    """The rows of an answer, built from the input so that most of them have the right keys."""
    source = atheris.FuzzedDataProvider(data)
    values: list[Callable[[], object]] = [
        lambda: source.ConsumeUnicode(40),
        lambda: source.ConsumeInt(9),
        lambda: None,
        lambda: source.ConsumeBool(),
        lambda: source.ConsumeFloat(),
        lambda: [source.ConsumeUnicode(5)],
    ]
    keys = ("id", "phone", "created_at", "username", "name", "status")
    rows = [
        {key: source.PickValueInList(values)() for key in keys if source.ConsumeBool()}
        for _ in range(source.ConsumeIntInRange(0, 5))
    ]
    for read in (answers.read_clients, answers.read_projects, answers.read_page):
        with contextlib.suppress(BrokenAnswer):
            read(rows)


def environment(data: bytes) -> None:
    """A `.env` is read, or refused in words; what is changed in it comes back, the rest stays."""
    path = FOLDER / ".env"
    path.write_bytes(data)
    try:
        before = read_env(path)
    except SettingsError:
        return
    value = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(20)
    try:
        write_env(path, {"API_TOKEN": value})
    except (SettingsError, ValueError):
        return
    after = read_env(path)
    assert after.pop("API_TOKEN") == value
    before.pop("API_TOKEN", None)
    assert after == before


def command_line(data: bytes) -> None:
    """Arguments are understood, or refused with an exit code."""
    words = data.decode("utf-8", "surrogateescape").split("\n")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            build_parser(COMMAND_LINE, words).parse_args(words)
        except SystemExit as end:
            if end.code not in (0, 2):
                raise


def number(data: bytes) -> None:
    """The fast path gives the answer of the definition."""
    raw = data.decode("utf-8", "replace")
    page = normalize_page([raw, "79070000001"])
    slow = normalize(raw)
    assert page.phones[0] == slow.phone
    assert page.rejected.get(0) == slow.rejection


SEEDS: dict[str, tuple[bytes, ...]] = {
    "answer": (
        b'{"status":"success","result":[{"id":"2000001","name":"B1","status":0,"limit":14}]}',
        b'{"status":"success","result":{"items":[{"phone":"79070000001","created_at":"2023"}]}}',
        b'{"status":"error","error":{"message":"Invalid token"}}',
    ),
    "record": (bytes(range(256)),),
    "environment": (b"# a comment\nAPI_TOKEN='a b'\r\nexport X=\"1\\n2\" # c\n",),
    "command_line": (b"collect\n--mode\nquick\n--clients\n1,2", b"export\nphones\n--run\n3"),
    "number": (b"8 (907) 000-00-01", "+7 907 доб. 12".encode(), b"+47 12 34 56 78"),
}

TARGETS: dict[str, Target] = {
    "answer": answer,
    "record": record,
    "environment": environment,
    "command_line": command_line,
    "number": number,
}


def main() -> None:
    target = TARGETS[sys.argv[1]]
    seconds = sys.argv[2] if len(sys.argv) > 2 else "60"
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for place, seed in enumerate(SEEDS[sys.argv[1]]):
        (corpus / str(place)).write_bytes(seed)
    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={seconds}"], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
