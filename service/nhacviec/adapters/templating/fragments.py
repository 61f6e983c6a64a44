"""Which parts of a template read alike in many letters: found before it is translated, and set apart.

A night's letters differ in who is asked and say the rest in the same words.  What stands between
``{% call %}`` and ``{% endcall %}`` is such a part where it reads nothing but fields that many letters share,
macros of imported templates and words.  It is made a function of just the values that it reads, and so can
depend on nothing else; what it has made of the same values before is kept (:func:`.shortcuts.kept`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from nhacviec.domain.letter import Letter, LetterItem

#: Fields that are another's in every letter, or that may be equal and yet not read alike (one instant by two
#: clocks).
_OWN = frozenset({"at", "items", "recipient_name", "unit_name", "report_url", "reported_number", "misses"})
#: The fields that many letters have in common.
SHARED = frozenset(field.name for sort in (Letter, LetterItem) for field in fields(sort)) - _OWN
#: Of these, those that hold several values.
SEVERAL = frozenset({"evidence"})

#: What every template is given to set letters with.
_FORM = "form"
#: The function of templates that says a word, which is always the same.
_WORD = "word"
#: Stands between the name of a letter or an item and that of its field, in the name of the value.
_OF = "__"

#: What may stand in such a part besides names, fields and calls of macros: it only makes one value of others.
_HARMLESS = (
    nodes.CallBlock, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Filter, nodes.Test,
    nodes.Compare, nodes.Operand, nodes.Concat, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


class _Own(Exception):
    """A part reads what is its letter's own, or what cannot be known beforehand."""


class Setter(NodeTransformer):
    """Sets apart what can be kept.

    Each such part becomes the body of a call block of its own, whose parameters are named for what it reads
    and whose call has these for its arguments.

    Args:
        template: what it will be asked to visit.
    """

    def __init__(self, template: nodes.Template) -> None:
        bound = Counter(_bindings(template))
        imported = {node.target for node in template.find_all(nodes.Import)}
        said = set(map(_said, template.body))
        #: Names that stand for another template.
        self._modules = {name for name in imported if bound[name] == 1} | ({_FORM} - bound.keys())
        #: Names that stand for a word.
        self._words = {name for name in said if bound[name] == 1 and _OF not in name}
        #: The call blocks that were set apart, by identity.
        self.apart: set[int] = set()

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802 - Jinja's own name
        """Set it apart, or look at what stands in it."""
        values: dict[str, nodes.Expr] = {}
        try:
            self._look(node, values)
        except _Own:
            return self.generic_visit(node)
        _Renamer(values).visit(node)
        parameters = [nodes.Name(name, "param", lineno=node.lineno) for name in values]
        call = nodes.Call(nodes.Const(None), list(values.values()), [], None, None, lineno=node.lineno)
        apart = nodes.CallBlock(call, parameters, [], [node], lineno=node.lineno)
        if node.environment is not None:
            apart.set_environment(node.environment)
        self.apart.add(id(apart))
        return apart

    def _look(self, node: nodes.Node, values: dict[str, nodes.Expr]) -> None:
        """Find what a part reads, by names.

        Raises:
            _Own: it reads something that cannot be shared.
        """
        if isinstance(node, nodes.Getattr):
            self._look_at_field(node, values)
        elif isinstance(node, nodes.Call):
            self._look_at_call(node, values)
        elif isinstance(node, nodes.Name) and node.ctx == "load" and node.name in self._words:
            values[node.name] = node
        elif isinstance(node, _HARMLESS) and not (isinstance(node, nodes.CallBlock) and node.args):
            for child in node.iter_child_nodes():
                self._look(child, values)
        else:
            raise _Own

    def _look_at_field(self, node: nodes.Getattr, values: dict[str, nodes.Expr]) -> None:
        if node.attr.startswith("_"):
            raise _Own
        if not isinstance(node.node, nodes.Name):
            self._look(node.node, values)
        elif node.node.name in self._modules:
            values[node.node.name] = node.node
        elif node.attr in SHARED and node.node.name not in self._words:
            values[f"{node.node.name}{_OF}{node.attr}"] = node
        else:
            raise _Own

    def _look_at_call(self, node: nodes.Call, values: dict[str, nodes.Expr]) -> None:
        match node:
            case nodes.Call(
                node=nodes.Getattr(node=nodes.Name(name=name)), kwargs=[], dyn_args=None, dyn_kwargs=None
            ) if name in self._modules:
                for child in (node.node, *node.args):
                    self._look(child, values)
            case _:
                raise _Own


class _Renamer(NodeTransformer):
    """Puts the names of values in the places of the fields that they come from."""

    def __init__(self, values: dict[str, nodes.Expr]) -> None:
        self._values = values

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - Jinja's own name
        """A field becomes a name."""
        name = f"{node.node.name}{_OF}{node.attr}" if isinstance(node.node, nodes.Name) else ""
        if name in self._values:
            return nodes.Name(name, "load", lineno=node.lineno)
        return self.generic_visit(node)


def _bindings(template: nodes.Template) -> Iterator[str]:
    """Every name that a template gives to something, as often as it does so."""
    for node in template.find_all((nodes.Name, nodes.Import, nodes.FromImport, nodes.Macro)):
        match node:
            case nodes.Name(name=name, ctx="store" | "param") | nodes.Import(target=name):
                yield name
            case nodes.Macro(name=name):
                yield name
            case nodes.FromImport(names=names):
                yield from (name if isinstance(name, str) else name[1] for name in names)
            case _:
                pass


def _said(node: nodes.Node) -> str:
    """The name that is given to a word; empty where none is."""
    match node:
        case nodes.Assign(
            target=nodes.Name(name=str(target)),
            node=nodes.Call(node=nodes.Name(name=name), args=[nodes.Const()], kwargs=[]),
        ) if name == _WORD:
            return target
        case _:
            return ""
