"""What every part of the schema shares: strictness, and faults that say where and how to mend."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from nhacviec.application.catalogue.schema.scalars import did_you_mean, shown
from nhacviec.domain.errors import RuleError

Path = tuple[str | int, ...]

_T = TypeVar("_T")
_S = TypeVar("_S", bound="Shape")

#: Names that pydantic puts into a path and that stand in no file.
TAGS = frozenset({"(text)", "(mapping)", "[key]"})


class Shape(BaseModel):
    """One mapping of a catalogue: no key but its own, no value of another type than asked for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, ser_json_inf_nan="null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One thing wrong in an entry; ``path`` leads to it from the entry."""

    path: Path
    problem: str
    mend: str = ""


def wrong(problem: str, mend: str = "", *, at: str = "") -> PydanticCustomError:
    """What a validator raises; ``at`` names the key that is meant where a whole mapping was looked at."""
    return PydanticCustomError("rule", "{problem}", {"problem": problem, "mend": mend, "at": at})


def reading(read: Callable[[Any], _T]) -> BeforeValidator:
    """Let pydantic hear what a reader of ours refuses."""

    def careful(value: Any) -> _T:  # noqa: ANN401 -- whatever a file holds
        try:
            return read(value)
        except RuleError as error:
            raise wrong(error.problem, error.mend) from error

    return BeforeValidator(careful)


def choice(kind: type[StrEnum]) -> Any:  # noqa: ANN401 -- a type annotation
    """The annotated type of one of an enumeration's words."""
    known = [str(member) for member in kind]

    def read(value: object) -> StrEnum:
        if isinstance(value, kind):
            return value
        if not isinstance(value, str) or value not in known:
            mend = did_you_mean(value, known) if isinstance(value, str) else f"use {', '.join(known)}"
            raise RuleError(f"{shown(value)} is unknown", mend=mend)
        return kind(value)

    shape = {"type": "string", "enum": known}
    return Annotated[kind, reading(read), PlainSerializer(str, return_type=str), WithJsonSchema(shape)]


def read(shape: type[_S], data: object) -> tuple[_S | None, list[Misfit]]:
    """Read one entry.

    Args:
        shape: what it has to be.
        data: what the file holds.

    Returns:
        The entry, or None and everything that is wrong with it.
    """
    try:
        return shape.model_validate(data), []
    except ValidationError as error:
        return None, [_misfit(shape, details) for details in error.errors(include_url=False)]


def read_strictly(shape: type[_S], data: object) -> _S:
    """Read one entry that has no place in a file.

    Raises:
        RuleError: the first thing wrong with it, with the path to it.
    """
    entry, misfits = read(shape, data)
    if entry is None:
        first = misfits[0]
        path = ".".join(str(step) for step in first.path)
        raise RuleError(f"{path}: {first.problem}" if path else first.problem, mend=first.mend)
    return entry


def written(entry: Shape) -> dict[str, Any]:
    """An entry in canonical form: JSON-able, only the keys that were given."""
    return entry.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _misfit(shape: type[Shape], details: ErrorDetails) -> Misfit:
    path = tuple(step for step in details["loc"] if step not in TAGS)
    context = details.get("ctx", {})
    if details["type"] == "rule":
        at = (context["at"],) if context["at"] else ()
        return Misfit(path=(*path, *at), problem=context["problem"], mend=context["mend"])
    if details["type"] == "missing":
        return Misfit(path=path[:-1], problem=f"{path[-1]} is missing", mend=f"write {path[-1]}:")
    if details["type"] == "extra_forbidden":
        known = sorted(set(_keys_at(shape, path[:-1])))
        return Misfit(path=path, problem=f"unknown key {shown(path[-1])}", mend=did_you_mean(str(path[-1]), known))
    problem, mend = _said(details["type"], details["input"], context) or (details["msg"], "")
    return Misfit(path=path, problem=problem, mend=mend)


_WANTED = {
    "int_type": ("a whole number", "write digits alone"),
    "int_from_float": ("a whole number", "write digits alone"),
    "float_type": ("a number", "write digits, without quotes"),
    "finite_number": ("a number", "write digits, without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "list_type": ("a list", "write [one, two], or a line with - for each"),
    "dict_type": ("a mapping", "write {key: value}, or a line for each key"),
    "model_type": ("a mapping", "write {key: value}, or a line for each key"),
    "model_attributes_type": ("a mapping", "write {key: value}, or a line for each key"),
}

_LIMITS = {
    "greater_than_equal": "less than {ge}",
    "greater_than": "not above {gt}",
    "less_than_equal": "more than {le}",
    "too_short": "an empty list",
    "too_long": "a list of more than {max_length}",
}


def _said(kind: str, value: object, context: Mapping[str, Any]) -> tuple[str, str] | None:
    if kind in _WANTED:
        wanted, mend = _WANTED[kind]
        return f"{wanted} is wanted, not {shown(value)}", mend
    if kind in _LIMITS:
        limit = _LIMITS[kind].format(**context)
        return (limit, "") if kind.startswith("too") else (f"{shown(value)} is {limit}", "")
    return None


def _keys_at(shape: type[Shape], path: Path) -> Iterator[str]:
    """The keys that may stand in the mapping to which a path leads."""
    here = [shape]
    for step in path:
        fields = [field for each in here for field in each.model_fields.items() if step in _names(field)]
        if fields:
            here = [found for _, info in fields for found in _shapes(info.annotation)]
    for each in here:
        yield from (_names(field)[0] for field in each.model_fields.items())


def _names(field: tuple[str, Any]) -> tuple[str, ...]:
    name, info = field
    return (info.alias or name,)


def _shapes(annotation: object) -> Iterator[type[Shape]]:
    """The shapes inside an annotation such as ``list[A | B] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for inner in get_args(annotation):
        yield from _shapes(inner)
