"""What translated templates reach for: the shortcuts that :mod:`.compiler` writes into them.

Each does what the sandbox would have done, for those types alone of which the answer is known beforehand.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import ClassVar

from jinja2.environment import Environment, Template, TemplateModule
from jinja2.runtime import Context, LoopContext, Macro, Markup, escape, markup_join  # type: ignore[attr-defined]
from jinja2.sandbox import SandboxedEnvironment

from nhacviec.domain.letter import Letter, LetterItem, LetterKind

#: The types whose attribute of a certain name is read without deliberation.
MODULE = frozenset({TemplateModule})
LETTER = MODULE | {Letter}
ITEM = MODULE | {LetterItem}
BOTH = LETTER | ITEM
DATE = MODULE | {date, datetime}
LOOP = MODULE | {LoopContext}

_LETTER_FIELDS = frozenset(field.name for field in fields(Letter))
_ITEM_FIELDS = frozenset(field.name for field in fields(LetterItem))

#: An attribute's name, and which of the sets above it is open to; any other is open to ``MODULE``.
OPEN_TO = MappingProxyType(
    dict.fromkeys(("year", "month", "day"), "DATE")
    | dict.fromkeys(("index", "first", "last"), "LOOP")
    | dict.fromkeys(_LETTER_FIELDS, "LETTER")
    | dict.fromkeys(_ITEM_FIELDS, "ITEM")
    | dict.fromkeys(_LETTER_FIELDS & _ITEM_FIELDS, "BOTH")
)

#: The same, by type.
_OPEN_OF = MappingProxyType({Letter: _LETTER_FIELDS, LetterItem: _ITEM_FIELDS})

#: The types of strings that are not safe HTML.
_PLAIN = frozenset({str, LetterKind})

#: Calls it safe, without asking what it is: only for what has been put together from escaped pieces.
marked = partial(str.__new__, Markup)

#: How often a part that letters have in common is kept in other words.
_KEPT = 256
#: Keeps what a function has made of the same values of the same types.
kept = lru_cache(maxsize=_KEPT, typed=True)

#: ``_takes`` of a macro that no call fits: its arguments must be sorted by Jinja.
_SORTED = -1


def sort_of_call(arguments: int, *, with_caller: bool) -> int:
    """A number for so many arguments by position, with or without a caller behind them."""
    return 2 * arguments + with_caller


class Named(Macro):
    """A macro that can be called as the function it is: ``_run``, where a call is of the sort ``_takes``."""

    def __init__(  # noqa: PLR0913, PLR0917 - Jinja's own signature
        self, environment: Environment, run: Callable[..., str], name: str, arguments: list[str],
        catch_kwargs: bool, catch_varargs: bool, caller: bool,  # noqa: FBT001
    ) -> None:  # fmt: skip
        super().__init__(
            environment,
            run,
            name,
            arguments,
            catch_kwargs,
            catch_varargs,
            caller,
            bool(environment.autoescape),
        )
        sorted_ = catch_kwargs or catch_varargs or self.explicit_caller
        self._run = run
        self._takes = _SORTED if sorted_ else sort_of_call(len(arguments), with_caller=caller)


class Caller(Named):
    """What stands between ``{% call %}`` and ``{% endcall %}``: made anew each time, so made quickly."""

    name = ""
    arguments: ClassVar[list[str]] = []  # type: ignore[misc]
    catch_kwargs = catch_varargs = caller = explicit_caller = False
    _argument_count = _takes = 0

    def __init__(self, environment: Environment, run: Callable[..., str]) -> None:
        self._environment = environment
        self._default_autoescape = bool(environment.autoescape)
        self._func = self._run = run


#: The types of which a call may be made without the sandbox.
QUICK = frozenset({Named, Caller})


def asking(
    environment: SandboxedEnvironment, context: Context, called: Callable[..., object], **scope: object
) -> Callable[..., object]:
    """A call as the sandbox makes it; of the one function that templates are given, at once."""
    if called is environment.globals.get("word"):
        return called
    return partial(environment.call, context, called, **scope)


def asking_with_caller(
    environment: SandboxedEnvironment, context: Context, called: Callable[..., object], **scope: object
) -> Callable[..., object]:
    """A call as the sandbox makes it, whose last argument is the caller."""

    def call(*arguments: object) -> object:
        return environment.call(context, called, *arguments[:-1], caller=arguments[-1], **scope)

    return call


def sorts_of(values: object) -> tuple[type, ...]:
    """The types of several values, for what is equal need not read alike; none where it is no tuple."""
    return tuple(map(type, values)) if type(values) is tuple else ()


def included(template: Template, context: Context, local: dict[str, object]) -> Iterator[str]:
    """The pieces of a template that stands in another's place and sees what that one sees."""
    return template.root_render_func(template.new_context(context.get_all(), shared=True, locals=local))


def is_open(owner: object, attribute: str) -> bool:
    """Whether an attribute is a field of a letter or of an item, which a template may always see."""
    return attribute in _OPEN_OF.get(type(owner), ())


def escaped(value: object) -> str:
    """A value as it stands in HTML; for output only, for what comes back is not always marked as safe."""
    if type(value) is str and not (
        "&" in value or "<" in value or ">" in value or '"' in value or "'" in value
    ):
        return value
    return escape(value)


def put_together(parts: tuple[object, ...]) -> str:
    """What ``~`` makes in HTML: safe if one part is, and then the others are escaped."""
    words = [part for part in parts if isinstance(part, str) and type(part) in _PLAIN]
    return "".join(words) if len(words) == len(parts) else markup_join(parts)
