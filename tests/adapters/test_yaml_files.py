"""YAML 1.2 as the catalogue reads and writes it: strict, positioned, and the same there and back."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhacviec.adapters.yaml_files import Document, read_yaml, reading, write_yaml
from nhacviec.domain.errors import CatalogueError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.yaml"


def read(file: Path, text: str | bytes) -> Document:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(file)


def fault_of(file: Path, text: str | bytes) -> str:
    with pytest.raises(CatalogueError) as refusal:
        read(file, text)
    (fault,) = refusal.value.faults
    return str(fault).removeprefix(f"{file}:")


MEANINGS = [
    ("no", "no"),
    ("Yes", "Yes"),
    ("on", "on"),
    ("true", True),
    ("FALSE", False),
    ("~", None),
    ("", None),
    ("null", None),
    ("12:30", "12:30"),
    ("2017-01-01", "2017-01-01"),
    ("012", 12),
    ("0o17", 15),
    ("0x1F", 31),
    ("1_000", "1_000"),
    ("-3", -3),
    ("1.5", 1.5),
    ("1e3", 1000.0),
    ("1e400", float("inf")),
    (".INF", float("inf")),
    ("9" * 30, "9" * 30),
    ("'5'", "5"),
    ("!!str 5", "5"),
    ("<<", "<<"),
    ("[a, 1]", ["a", 1]),
    ("{b: c}", {"b": "c"}),
]


@pytest.mark.parametrize(
    ("written", "meant"), MEANINGS, ids=[written[:12] or "nothing" for written, _ in MEANINGS]
)
def test_a_scalar_means_what_the_core_schema_says(file: Path, written: str, meant: object) -> None:
    found = read(file, f"a: {written}\n").data["a"]

    assert (type(found), found) == (type(meant), meant)


def test_a_position_is_that_of_the_key_or_the_item_or_the_nearest_parent(file: Path) -> None:
    document = read(file, "a: 1\nb:\n  - c: 2\n    d: [x, {y: z}]\n")

    assert [
        document.position(path) for path in ((), ("a",), ("b", 0), ("b", 0, "d"), ("b", 0, "d", 1, "y"))
    ] == [
        (1, 1),
        (1, 1),
        (3, 5),
        (4, 5),
        (4, 13),
    ]
    assert document.position(("b", 0, "q", 7)) == (3, 5)
    assert document.position(("b", 9)) == (2, 1)


def test_an_alias_stands_for_what_its_anchor_holds(file: Path) -> None:
    assert read(file, "a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


def test_a_byte_order_mark_and_windows_line_ends_are_fine(file: Path) -> None:
    document = read(file, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    assert (document.data, document.position(("b",))) == ({"a": 1, "b": 2}, (2, 1))


def test_an_empty_file_holds_nothing(file: Path) -> None:
    assert read(file, "# nothing\n").data is None


REFUSED = [
    (b"a: 1\nb: \xff\n", "2:4: this is not UTF-8 — save the file as UTF-8"),
    ("a: 1\0\n", "1:5: control character U+0000 — remove it"),
    ("a: 1\na: 2\n", "2:1: key 'a' stands twice — the other is at 1:1"),
    ("{1: x, 1: y}", "1:8: key '1' stands twice — the other is at 1:2"),
    ("a:\n\t- b\n", "2:1: a tab stands where only spaces may — indent with spaces"),
    ("a: 1\n---\nb: 1\n", "2:1: a second document begins — write one document a file, without ---"),
    ("a: !foo 1\n", "1:4: tag !foo — tags are not read: remove it"),
    ("a: !!binary eA==\n", "1:4: tag tag:yaml.org,2002:binary — tags are not read: remove it"),
    ("%YAML 1.1\n---\na: no\n", "2:1: a directive other than %YAML 1.2 — leave the line with % out"),
    ("a: *b\n", "1:4: alias *b has no complete anchor before it — write it out"),
    ("a: &b {c: *b}\n", "1:11: alias *b has no complete anchor before it — write it out"),
    ("? {a: b}\n: c\n", "1:3: a key that is not text — write key: value"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_is_not_plain_yaml_is_refused_with_its_place(file: Path, text: str | bytes, words: str) -> None:
    assert fault_of(file, text) == words


SYNTAX = [
    ("a: b: c\n", "1:5: not YAML: mapping values are not allowed here"),
    ("a: {period} x\n", "1:13: not YAML"),
    ("a: [1,\n", "2:1: not YAML"),
    ('a: "\\q"\n', "1:6: not YAML"),
    ('a: "\\U0011FFFF"\n', "1:1: not YAML"),
]


@pytest.mark.parametrize(("text", "words"), SYNTAX)
def test_a_fault_of_syntax_has_its_place(file: Path, text: str, words: str) -> None:
    assert fault_of(file, text).startswith(words)


def test_a_million_aliases_are_refused_before_they_are_written_out(file: Path) -> None:
    levels = "\n".join(
        f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]"
        for below, name in zip("abcdef", "bcdefg", strict=True)
    )

    assert "aliases stand for more than 100000 nodes" in fault_of(file, f"a: &a [x]\n{levels}\n")


def test_what_stands_too_deep_is_refused(file: Path) -> None:
    assert "more than 40 levels deep" in fault_of(file, "[" * 5_000)


def test_a_file_that_is_too_large_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1024 * 1024)

    assert fault_of(file, b"a" * (1024 * 1024 + 1)) == "0:0: the file has more than 1 MB — split it"


def test_a_file_that_is_not_there_is_a_fault(file: Path) -> None:
    with pytest.raises(CatalogueError, match=r"a\.yaml:0:0: the file cannot be read: No such file"):
        read_yaml(file)


def test_small_collections_are_written_on_one_line_and_dates_plain() -> None:
    duty = {"code": "A", "due": {"day": 20}, "from": "2017-01-01", "at": "07:30", "evidence": ["x", "no"]}

    assert write_yaml({"nhacviec": 1, "duties": [duty, {"items": [{"a": {"b": {"c": "Đảng"}}}]}]}) == (
        "nhacviec: 1\n"
        "duties:\n"
        "  - code: A\n"
        "    due: {day: 20}\n"
        "    from: 2017-01-01\n"
        '    at: "07:30"\n'
        '    evidence: [x, "no"]\n'
        "  - items:\n"
        "      - a: {b: {c: Đảng}}\n"
    )


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [written for written, _ in MEANINGS]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("yaml") / "a.yaml"

    assert read(file, write_yaml(data)).data == data


@given(st.text() | st.text("[]{}&*!|>%@-: \n'\"#,?ab1") | st.binary())
def test_whatever_a_file_holds_is_a_document_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    file = tmp_path_factory.mktemp("yaml") / "a.yaml"
    raw = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogatepass")

    with suppress(CatalogueError):
        assert read(file, raw).file == str(file)
