"""What every part of the schema shares: strictness, and faults that say where and how to mend."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema

from nhacviec.application.catalogue.schema.scalars import did_you_mean, shown
from nhacviec.domain.errors import RuleError

Path = tuple[str | int, ...]

_S = TypeVar("_S", bound="Shape")

UNKNOWN_KEY = "unknown key"
#: Names that pydantic puts into a path and that stand in no file.
TAGS = frozenset({"(text)", "(mapping)", "[key]"})


class Shape(BaseModel):
    """One mapping of a catalogue: no key but its own, no value of another type than asked for."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One thing wrong in an entry; ``path`` leads to it from the entry."""

    path: Path
    problem: str
    mend: str = ""

    @property
    def sentence(self) -> str:
        """The problem, after the keys that lead to it."""
        unknown = self.problem.startswith(UNKNOWN_KEY)
        path = ".".join(map(str, self.path[:-1] if unknown else self.path))
        return f"{path}: {self.problem}" if path else self.problem

    def as_error(self) -> RuleError:
        """For an entry that has no place in a file."""
        return RuleError(self.sentence, mend=self.mend)


def wrong(problem: str, mend: str = "", *, at: str = "") -> PydanticCustomError:
    """What a validator raises; ``at`` names the key that is meant where a whole mapping was looked at."""
    return PydanticCustomError("rule", "{problem}", {"problem": problem, "mend": mend, "at": at})


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Says in an annotation how a scalar is read, how it is written back, and what editors are told of it."""

    read: Callable[[Any], object]
    write: Callable[[Any], object]
    schema: Mapping[str, object]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Pydantic's protocol: nothing but our reader looks at the value."""
        del source, handler
        written = core_schema.plain_serializer_function_ser_schema(self.write)
        return core_schema.no_info_plain_validator_function(self.validate, serialization=written)

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Pydantic's protocol."""
        del core, handler
        return dict(self.schema)

    def validate(self, value: object) -> object:
        """Read, and refuse in a way that pydantic hears."""
        try:
            return self.read(value)
        except RuleError as error:
            raise wrong(error.problem, error.mend) from error


def one_of(kind: type[StrEnum]) -> Plain:
    """One of an enumeration's words."""
    known = [str(member) for member in kind]

    def read(value: object) -> StrEnum:
        if not isinstance(value, str) or value not in known:
            mend = did_you_mean(value, known) if isinstance(value, str) else f"use {', '.join(known)}"
            raise RuleError(f"{shown(value)} is unknown", mend=mend)
        return kind(value)

    return Plain(read, str, {"type": "string", "enum": known})


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
        raise misfits[0].as_error()
    return entry


def written(entry: Shape) -> dict[str, Any]:
    """An entry in canonical form: JSON-able, only the keys that were given, its code first."""
    plain = entry.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {"code": plain.pop("code"), **plain} if "code" in plain else plain


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
        mend = did_you_mean(str(path[-1]), known)
        return Misfit(path=path, problem=f"{UNKNOWN_KEY} {shown(path[-1])}", mend=mend)
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
    "greater_than_equal": ("{value} is too small", "{ge} is the least"),
    "less_than_equal": ("{value} is too large", "{le} is the most"),
    "too_short": ("the list is empty", "write at least one, or leave the key out"),
    "too_long": ("the list is too long", "{max_length} are the most"),
}


def _said(kind: str, value: object, context: Mapping[str, Any]) -> tuple[str, str] | None:
    if kind in _WANTED:
        wanted, mend = _WANTED[kind]
        return f"{wanted} is wanted, not {'nothing' if value is None else shown(value)}", mend
    if kind in _LIMITS:
        problem, mend = _LIMITS[kind]
        return problem.format(value=shown(value)), mend.format(**context)
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
