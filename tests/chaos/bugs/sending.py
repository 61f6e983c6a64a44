"""Bugs of the conversation: the order at the final dot, what replies mean, what a line must be."""

from tests.chaos.bugs.bug import Bug

_SMTP = (
    "tests/adapters/smtp/test_letters.py",
    "tests/adapters/smtp/test_fence.py",
    "tests/adapters/smtp/test_broken_lines.py",
)
_CONVERSATION = "adapters/smtp/conversation.py"
_OPENING = "adapters/smtp/opening.py"
_RULES = "domain/delivery.py"
_TABLE = ("tests/domain/test_delivery.py",)

SENDING: tuple[Bug, ...] = (
    Bug(
        name="intent after the dot",
        file=_CONVERSATION,
        old="            return await self._dot()\n",
        new="            said = await self._dot()\n        await self._pass(fence)\n        return said\n",
        tests=("tests/chaos/test_windows.py", "-k", "sqlite and W7"),
    ),
    Bug(
        name="the answer of the fence is not looked at",
        file=_CONVERSATION,
        old="        if not may_go:\n",
        new="        if may_go is None:\n",
        tests=_SMTP,
    ),
    Bug(
        name="251 to the dot is no success",
        file=_CONVERSATION,
        old='    return reply.code == GO_ON if stage == "data" else reply.kind == _GOOD',
        new='    return reply.code == GO_ON if stage == "data" else reply.code == 250',
        tests=("tests/adapters/smtp/test_refusals.py",),
    ),
    Bug(
        name="a line that breaks after the dot counts as not sent",
        file=_CONVERSATION,
        old='kind = DeliveryAmbiguous if stage == "dot" else DeliveryDeferred',
        new='kind = DeliveryDeferred if stage == "dot" else DeliveryAmbiguous',
        tests=_SMTP,
    ),
    Bug(
        name="the replies of two letters on one line are mixed up",
        file="adapters/smtp/line.py",
        old="        question = self._open[0]\n        question.replies",
        new="        question = self._open[-1]\n        question.replies",
        tests=("tests/adapters/smtp/test_pipelining.py",),
    ),
    Bug(
        name="a line is passed on before its letter has passed the fence",
        file=_CONVERSATION,
        old='        await self._pass(fence)\n        with self._during("data"):',
        new=(
            "        if free is not None and self._pipelining:\n            free()\n"
            '        await self._pass(fence)\n        with self._during("data"):'
        ),
        tests=("tests/adapters/smtp/test_pipelining.py",),
    ),
    Bug(
        name="opportunistic STARTTLS",
        file=_OPENING,
        old="        if server.starttls:\n",
        new='        if server.starttls and client.supports_extension("starttls"):\n',
        tests=("tests/adapters/smtp",),
    ),
    Bug(
        name="the certificate is not verified",
        file=_OPENING,
        old="            use_tls=server.tls,\n",
        new="            use_tls=server.tls,\n            validate_certs=False,\n",
        tests=("tests/adapters/smtp",),
    ),
    Bug(
        name="retry on 5yz",
        file=_RULES,
        old="            return Settlement(state=MessageState.DEAD)\n        case Outcome.AMBIGUOUS:",
        new=(
            "            return Settlement(state=MessageState.PENDING, due_at=now)\n"
            "        case Outcome.AMBIGUOUS:"
        ),
        tests=_TABLE,
    ),
    Bug(
        name="4yz is taken for 5yz",
        file=_RULES,
        old="_AT_THE_DOT = {2: Meaning.TAKEN, 4: Meaning.LATER,",
        new="_AT_THE_DOT = {2: Meaning.TAKEN, 4: Meaning.LETTER_REFUSED,",
        tests=_TABLE,
    ),
    Bug(
        name="ambiguous never becomes uncertain",
        file=_RULES,
        old="            if attempts >= MAX_AMBIGUOUS:",
        new="            if attempts >= MAX_AMBIGUOUS * 100:",
        tests=_TABLE,
    ),
    Bug(
        name="no reply to the dot counts as not taken",
        file=_RULES,
        old="            return _AT_THE_DOT.get(digit, Meaning.NO_REPLY)",
        new="            return _AT_THE_DOT.get(digit, Meaning.LATER)",
        tests=_TABLE,
    ),
)
