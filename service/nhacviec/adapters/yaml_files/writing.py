"""A catalogue written so that people like to read it."""

import re
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

#: Characters up to which a list or mapping is written in brackets.
_ONE_LINE = 80
#: Wider than any text that a catalogue may hold: a folded text is hard to search for.
_WIDTH = 4096
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Readers of YAML 1.1 take these for numbers in base 60, or for no and yes.
_MISREAD = re.compile(r"[0-9]{1,2}(:[0-9]{2})+|y|n|yes|no|on|off", re.IGNORECASE)


def write_yaml(documents: Mapping[str, Any]) -> str:
    """Write what ``read_yaml`` reads back as the same.

    Args:
        documents: JSON-able, as ``Definitions.documents`` gives it.

    Returns:
        YAML 1.2: one key or item a line, small ones in brackets, Vietnamese as it is, dates plain.
    """
    yaml = YAML(pure=True)
    yaml.allow_unicode = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(CommentedMap((_dressed(key), _dressed(value)) for key, value in documents.items()), stream)
    return stream.getvalue()


def _dressed(value: Any) -> Any:  # noqa: ANN401 -- any JSON value, and ruamel's own for it
    """A JSON value in the types by which ruamel.yaml chooses how to write it."""
    if isinstance(value, Mapping):
        mapping = CommentedMap((_dressed(key), _dressed(item)) for key, item in value.items())
        if _small(value):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(_dressed(item) for item in value)
        if _small(value):
            sequence.fa.set_flow_style()
        return sequence
    return _dressed_text(value) if isinstance(value, str) else value


def _dressed_text(text: str) -> Any:  # noqa: ANN401 -- text, or what ruamel writes as it
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)  # written plain; read back as text
        except ValueError:
            return text
    # ruamel.yaml leaves these plain, and then reads them otherwise in brackets
    quoted = _MISREAD.fullmatch(text) or not text.isprintable() or text.startswith(("?", ":"))
    return DoubleQuotedScalarString(text) if quoted else text


def _small(value: Any) -> bool:  # noqa: ANN401 -- a list or mapping of any JSON values
    """Whether it reads better on one line: short, and without a mapping below it."""
    items = value.values() if isinstance(value, Mapping) else value
    if any(isinstance(item, list | Mapping) and not _bare(item) for item in items):
        return False
    return len(repr(value)) <= _ONE_LINE


def _bare(value: Any) -> bool:  # noqa: ANN401 -- a list or mapping of any JSON values
    items = value.values() if isinstance(value, Mapping) else value
    return not any(isinstance(item, list | Mapping) for item in items)
