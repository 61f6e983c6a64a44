"""A catalogue file read with positions.

ruamel.yaml is used for its scanner and parser alone; what a plain scalar means is
decided here by the core schema (YAML 1.2 §10.3.2), so that ``no`` is text, ``07:30`` is text and a date
stays the text it was written as. Nothing is ever constructed from a tag (S54).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from nhacviec.domain.errors import CatalogueError, Fault

#: Bytes of the largest file that is read.
LARGEST = 64 * 1024 * 1024
#: How deep lists and mappings may stand in each other; a catalogue needs some eight.
DEEPEST = 40
#: How many nodes aliases may stand for altogether; a bomb needs millions.
MOST_ALIASED = 100_000

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
#: Digits of the longest number; more of them are somebody's text.
_MOST_DIGITS = 18
_OCTAL = re.compile(r"0o[0-7]{1,18}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_TEXT_TAG = "tag:yaml.org,2002:str"


_NONE: Mapping[str | int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Node:
    """A value, where its parts stand, and how many nodes it holds with aliases written out."""

    value: Any
    children: Mapping[str | int, tuple[tuple[int, int], "_Node"]] = field(default_factory=lambda: _NONE)
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file as it was read.

    Args:
        file: as it was named.
        data: dict, list, str, int, float, bool or None.
        root: where everything stands.
    """

    file: str
    data: Any
    root: _Node

    def position(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column, from 1, of a key or an item; of its nearest parent where it is not there."""
        at, node = (1, 1), self.root
        for step in path:
            if step not in node.children:
                break
            at, node = node.children[step]
        return at

    def cell(self, path: tuple[str | int, ...]) -> str:
        """None: YAML is a file of lines."""
        del path
        return ""


def read_yaml(path: Path) -> Document:
    """Read a file.

    Raises:
        CatalogueError: there is no such file, it is too large, not UTF-8, or not one YAML document;
            with the place.
    """
    return _Reader(str(path)).read(path)


@dataclass(slots=True)
class _Reader:
    file: str
    aliased: int = 0

    def fail(self, line: int, column: int, problem: str, mend: str = "") -> NoReturn:
        fault = Fault(file=self.file, line=line, column=column, problem=problem, mend=mend)
        raise CatalogueError([fault])

    def fail_at(self, event: Event, problem: str, mend: str = "") -> NoReturn:
        self.fail(event.start_mark.line + 1, event.start_mark.column + 1, problem, mend)

    def read(self, path: Path) -> Document:
        text = self.text(path)
        try:
            root = self.document(YAML(typ="safe", pure=True).parse(text))
        except MarkedYAMLError as error:
            self.fail(*_place(error), *_said(error))
        except (YAMLError, ValueError, RecursionError) as error:
            self.fail(1, 1, f"not YAML: {' '.join(str(error).split())}")
        return Document(file=self.file, data=root.value, root=root)

    def text(self, path: Path) -> str:
        try:
            with path.open("rb") as stream:
                raw = stream.read(LARGEST + 1)
        except OSError as error:
            self.fail(0, 0, f"the file cannot be read: {error.strerror}", "name a file that is there")
        if len(raw) > LARGEST:
            self.fail(0, 0, f"the file has more than {LARGEST // 1024**2} MB", "split it")
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8", errors="replace")
            self.fail(*_counted(before), "this is not UTF-8", "save the file as UTF-8")
        if found := _UNPRINTABLE.search(text):
            shown = f"U+{ord(found[0]):04X}"
            self.fail(*_counted(text[: found.start()]), f"control character {shown}", "remove it")
        return text

    def document(self, events: Iterator[Event]) -> _Node:
        root: _Node | None = None
        anchors: dict[str, _Node] = {}
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self.fail_at(event, "a second document begins", "write one document a file, without ---")
                if event.tags or event.version not in (None, (1, 2)):
                    self.fail_at(event, "a directive other than %YAML 1.2", "leave the line with % out")
                root = self.node(next(events), events, anchors, 0)
            elif isinstance(event, StreamEndEvent):
                break
        return root or _Node(None)

    def node(self, event: Event, events: Iterator[Event], anchors: dict[str, _Node], depth: int) -> _Node:
        if depth > DEEPEST:
            self.fail_at(event, f"more than {DEEPEST} levels deep", "a catalogue is flat: check the brackets")
        if isinstance(event, AliasEvent):
            return self.alias(event, anchors)
        assert isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent)  # noqa: S101 -- the grammar
        if event.tag not in (None, "!", _TEXT_TAG):
            self.fail_at(event, f"tag {event.tag}", "tags are not read: remove it")
        if isinstance(event, MappingStartEvent):
            node = self.mapping(events, anchors, depth)
        elif isinstance(event, SequenceStartEvent):
            node = self.sequence(events, anchors, depth)
        else:
            node = _Node(_meant(event.value) if event.implicit[0] else event.value)
        if event.anchor:
            anchors[event.anchor] = node
        return node

    def alias(self, event: AliasEvent, anchors: dict[str, _Node]) -> _Node:
        node = anchors.get(event.anchor)
        if node is None:
            self.fail_at(event, f"alias *{event.anchor} has no complete anchor before it", "write it out")
        self.aliased += node.size
        if self.aliased > MOST_ALIASED:
            self.fail_at(event, f"aliases stand for more than {MOST_ALIASED} nodes", "write it out")
        return node

    def mapping(self, events: Iterator[Event], anchors: dict[str, _Node], depth: int) -> _Node:
        value: dict[str, Any] = {}
        children: dict[str | int, tuple[tuple[int, int], _Node]] = {}
        size = 1
        while not isinstance(event := next(events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self.fail_at(event, "a key that is not text", "write key: value")
            key = event.value
            at = (event.start_mark.line + 1, event.start_mark.column + 1)
            if key in children:
                line, column = children[key][0]
                self.fail_at(event, f"key {key!r} stands twice", f"the other is at {line}:{column}")
            node = self.node(next(events), events, anchors, depth + 1)
            value[key], children[key] = node.value, (at, node)
            size += node.size
        return _Node(value, children, size)

    def sequence(self, events: Iterator[Event], anchors: dict[str, _Node], depth: int) -> _Node:
        value: list[Any] = []
        children: dict[str | int, tuple[tuple[int, int], _Node]] = {}
        size = 1
        while not isinstance(event := next(events), SequenceEndEvent):
            at = (event.start_mark.line + 1, event.start_mark.column + 1)
            node = self.node(event, events, anchors, depth + 1)
            children[len(value)] = (at, node)
            value.append(node.value)
            size += node.size
        return _Node(value, children, size)


def _meant(text: str) -> str | int | float | bool | None:
    """What a plain scalar means by the core schema (YAML 1.2 §10.3.2); huge numbers stay text."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text.lstrip("+-")) <= _MOST_DIGITS else text
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _counted(before: str) -> tuple[int, int]:
    """Line and column of what stands after a text."""
    lines = re.split("\r\n|\r|\n", before)
    return len(lines), len(lines[-1]) + 1


def _place(error: MarkedYAMLError) -> tuple[int, int]:
    mark = error.problem_mark or error.context_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _said(error: MarkedYAMLError) -> tuple[str, str]:
    problem = str(error.problem or error.context)
    if "'\\t'" in problem:
        return "a tab stands where only spaces may", "indent with spaces"
    context = f"{error.context}, " if error.context and error.problem else ""
    return f"not YAML: {context}{problem}", "check indentation and brackets; put text with : { # in quotes"
