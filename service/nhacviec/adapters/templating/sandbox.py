"""Where templates run: they see a letter and a few filters, and there is no way out (S07, S08, S10-S12)."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import partial, reduce
from pathlib import Path
from typing import cast

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nhacviec.adapters.templating.compiler import Translator
from nhacviec.adapters.templating.shortcuts import is_open

#: What a template may use of Jinja's own; everything else is refused when it is compiled.
_JINJA_FILTERS = frozenset({"first", "join", "length", "list", "upper"})
_JINJA_TESTS = frozenset({"in", "none"})


class _CarefulLoader(jinja2.FileSystemLoader):
    """Reads from one folder, and refuses templates that would switch autoescaping (S10)."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, fresh = super().get_source(environment, template)
        for node in environment.parse(source, template, filename).find_all(nodes.ScopedEvalContextModifier):
            raise jinja2.TemplateSyntaxError(
                "escaping is not a template's choice", node.lineno, template, filename
            )
        return source, filename, fresh


class _Template(jinja2.Template):
    """A template whose module is made once: its globals are those of whoever imports it."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's own name
        return self._module or super()._get_default_module()


class _Context(Context):
    """The variables of one rendering; made for every template with a part in a letter, so made quickly."""

    def __init__(
        self,
        environment: "Sandbox",
        parent: dict[str, object],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, object] | None = None,  # noqa: A002, ARG002 - Jinja's own name
    ) -> None:
        self.parent = parent
        self.vars = {}
        self.environment = environment
        self.eval_ctx = environment.eval_ctx
        self.exported_vars = set()
        self.name = name
        self.globals_keys = set()
        self.blocks = {block: [render] for block, render in blocks.items()} if blocks else {}


class Sandbox(ImmutableSandboxedEnvironment):
    """Lets a template see the fields of a letter, and of anything else what Jinja thinks harmless (S11).

    It escapes always or never, whatever a file is called (S12).

    Args:
        folder: what templates may be read from.
        html: whether it escapes.
    """

    code_generator_class = Translator
    template_class = _Template
    context_class = _Context

    def __init__(self, folder: Path, *, html: bool) -> None:
        super().__init__(
            loader=_CarefulLoader(folder),
            autoescape=html,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        #: The choice to escape, which no template can change (S10).
        self.eval_ctx = nodes.EvalContext(self)
        self._found: dict[str | None, jinja2.Template] = {}
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _JINJA_FILTERS}
        self.filters["selectattr"] = partial(self._picked, wanted=True)
        self.filters["rejectattr"] = partial(self._picked, wanted=False)
        self.tests = {name: self.tests[name] for name in _JINJA_TESTS}

    def getattr(self, obj: object, attribute: str) -> object:
        """Read an attribute; one that is open without deliberation."""
        return getattr(obj, attribute) if is_open(obj, attribute) else super().getattr(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """Read an item, or an attribute by its name, as ``selectattr`` does."""
        if type(obj) is tuple and type(argument) is int and 0 <= argument < len(obj):
            return obj[argument]
        if isinstance(argument, str) and is_open(obj, argument):
            return getattr(obj, argument)
        return super().getitem(obj, argument)

    def _picked(
        self, items: Iterable[object], path: str, test: str = "", *arguments: object, wanted: bool
    ) -> list[object]:
        """Those whose attribute passes a test, or counts as true: Jinja's own, without its preparations."""
        passes = cast("Callable[..., object]", self.tests[test] if test else bool)
        parts = path.split(".")
        return [
            item for item in items if bool(passes(reduce(self.getitem, parts, item), *arguments)) is wanted
        ]

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, object] | None = None,  # noqa: A002 - Jinja's own name
    ) -> jinja2.Template:
        """The template of a name; one found before is the first thing looked at, for names are paths here."""
        found = self._found.get(name) if isinstance(name, str) else None
        if found is None:
            found = super().get_template(name, parent, globals)
            self._found[found.name] = found
        return found

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        """The globals of a template, as they are now: in one table, for it is copied for every letter."""
        return {**self.globals, **(d or {})}
