"""How templates become Python: Jinja's own translation, but for what costs most.

The sandbox asks, at every attribute and at every call, whether it is allowed.  For nearly all of them the
answer is known beforehand, and it is written into the translated template as one comparison of types:

* a field of a letter, of an item or of a date, and a name that another template exports, are read;
* a macro called with just the arguments it names is called as the Python function it has become;
* a part that says the same in many letters is said once (:mod:`.fragments`).

Whatever is not exactly that goes the sandbox's way, so that nothing is allowed here which it would refuse
(S08, S11).  And since no template can switch escaping (S10), whether to escape is settled here too (S12).
"""

from keyword import iskeyword

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef

from nhacviec.adapters.templating import shortcuts
from nhacviec.adapters.templating.fragments import SEVERAL, Setter
from nhacviec.adapters.templating.shortcuts import OPEN_TO, sort_of_call

_NAMES = (
    "BOTH", "DATE", "ITEM", "LETTER", "LOOP", "MODULE", "QUICK", "Caller", "Named",
    "asking", "asking_with_caller", "escaped", "included", "kept", "marked",
    "put_together", "sorts_of",
)  # fmt: skip


class Translator(CodeGenerator):
    """Writes the Python of one template.

    Names of its own there are the shortcuts, ``_owner``, ``_called``, ``_value``, ``_function`` and
    ``_functions``; Jinja writes those of a template with a prefix.
    """

    #: The call blocks that are kept as functions, by identity.
    _apart: set[int]

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """The whole of it, with the names of the shortcuts."""
        setter = Setter(node)
        setter.visit(node)
        self._apart = setter.apart
        self.writeline(f"from {shortcuts.__name__} import {', '.join(_NAMES)}")
        self.writeline("_functions = {}")
        super().visit_Template(node, frame)

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:  # noqa: N802
        """A call with a body; one that was set apart becomes a function once, which every letter asks."""
        if id(node) not in self._apart:
            super().visit_CallBlock(node, frame)
            return
        values, place = node.call.args, self.temporary_identifier()
        several = [value for value in values if isinstance(value, nodes.Getattr) and value.attr in SEVERAL]
        node.args += [nodes.Name(f"sorts{number}", "param") for number in range(len(several))]
        self.writeline(f"if (_function := _functions.get({place!r})) is None:")
        self.indent()
        self.macro_body(node, frame)
        self.writeline(f"_function = _functions[{place!r}] = kept(macro)")
        self.outdent()
        self.start_write(frame, node)
        self.write("_function(")
        for value in values:
            self.visit(value, frame)
            self.write(", ")
        for value in several:
            self.write("sorts_of(")
            self.visit(value, frame)
            self.write("), ")
        self.write(")")
        self.end_write(frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """An attribute: read as it is where its owner is of an open type, else asked for."""
        if node.attr.startswith("_") or not node.attr.isidentifier() or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write(f"(_owner.{node.attr} if (_owner := ")
        self.visit(node.node, frame)
        open_to = OPEN_TO.get(node.attr, "MODULE")
        self.write(f").__class__ in {open_to} else environment.getattr(_owner, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        """A call: of a macro's function where it is of the sort that it takes, else through the sandbox."""
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        sort = sort_of_call(len(node.args), with_caller=forward_caller)
        self.write("(_called._run if (_called := ")
        self.visit(node.node, frame)
        self.write(f").__class__ in QUICK and _called._takes == {sort} else ")
        self.write("asking_with_caller" if forward_caller else "asking")
        self.write("(environment, context, _called")
        self.write(", _loop_vars=_loop_vars" if frame.loop_frame else "")
        self.write(", _block_vars=_block_vars" if frame.block_frame else "")
        self.write("))(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller)" if forward_caller else ")")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802
        """Another template in this one's place: one whose name is known is put in as one piece."""
        named = isinstance(node.template, nodes.Concat | nodes.Const)
        if not named or node.ignore_missing or not node.with_context:
            super().visit_Include(node, frame)
            return
        self.start_write(frame, node)
        self.write("concat(included(environment.get_template(")
        self.visit(node.template, frame)
        self.write(f", {self.name!r}), context, {self.dump_local_context(frame)}))")
        self.end_write(frame)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:  # noqa: ARG002
        """The object that stands for a macro just written."""
        arguments = [argument.name for argument in macro_ref.node.args]
        catches = (macro_ref.accesses_kwargs, macro_ref.accesses_varargs, macro_ref.accesses_caller)
        name = getattr(macro_ref.node, "name", None)
        if name is None and not arguments and not any(catches):
            self.write("Caller(environment, macro)")
        else:
            self.write(f"Named(environment, macro, {name!r}, {arguments!r}, {', '.join(map(repr, catches))})")

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        """What a macro gives back: marked as safe where all that went into it was escaped."""
        words = f"concat({frame.buffer})"
        self.writeline(f"return {f'marked({words})' if frame.eval_ctx.autoescape else words}")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """Words joined by ``~``."""
        self.write("put_together((" if frame.eval_ctx.autoescape else "str_join((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _output_child_pre(
        self,
        node: nodes.Expr,  # noqa: ARG002
        frame: Frame,
        finalize: CodeGenerator._FinalizeInfo,  # noqa: ARG002
    ) -> None:
        """What goes before a value on its way out."""
        self.write("(_value if (_value := " if frame.eval_ctx.autoescape else "str(")

    def _output_child_post(
        self,
        node: nodes.Expr,  # noqa: ARG002
        frame: Frame,
        finalize: CodeGenerator._FinalizeInfo,  # noqa: ARG002
    ) -> None:
        """What goes behind it: what is not known to be safe is escaped."""
        self.write(").__class__ is Markup else escaped(_value))" if frame.eval_ctx.autoescape else ")")
