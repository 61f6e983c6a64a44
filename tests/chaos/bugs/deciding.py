"""Bugs of what is decided: facts, holds, catch-up, time, identity, the rhythm."""

from tests.chaos.bugs.bug import Bug

_FACTS = ("tests/chaos/test_facts.py", "-k", "sqlite")

DECIDING: tuple[Bug, ...] = (
    Bug(
        name="facts are not looked at again when a letter is claimed",
        file="application/freshness.py",
        old="    return occurrence.state in ASKED_FOR and occurrence.revision == record.revision",
        new="    return occurrence.id is not None and occurrence.revision >= 0",
        tests=_FACTS,
    ),
    Bug(
        name="a letter is written anew for its second copy",
        file="application/attempt.py",
        old="            mime=kept(claim.message, now) or mime,",
        new="            mime=mime,",
        tests=_FACTS,
    ),
    Bug(
        name="a letter with nothing left to say goes empty-handed to the next worker",
        file="application/attempt.py",
        old="            return await self._end(Ending(claim=claim, state=MessageState.SUPERSEDED))",
        new="            return await self._end(Ending(claim=claim, state=MessageState.PENDING))",
        tests=_FACTS,
    ),
    Bug(
        name="the hold of the queue is not looked at",
        file="application/take.py",
        old="            if await self._stands_still(transaction):\n",
        new="            if await self._stands_still(transaction) is None:\n",
        tests=("tests/chaos/test_holds.py",),
    ),
    Bug(
        name="catch-up says everything that was missed",
        file="domain/triage.py",
        old="            desk.settle(stage, Verdict.SUPERSEDED, Reason.MORE_URGENT)",
        new="            desk.settle(stage, Verdict.SEND, Reason.MORE_URGENT)",
        tests=("tests/domain/test_triage.py",),
    ),
    Bug(
        name="a wall time that comes twice is served the second time",
        file="domain/time/zone.py",
        old="        return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)",
        new="        return wall.replace(tzinfo=zone, fold=1).astimezone(UTC)",
        tests=("tests/domain/time/test_zone.py",),
    ),
    Bug(
        name="random Message-ID",
        file="application/identity.py",
        old='        code.update(f"{purpose}|{key}".encode())',
        new='        code.update(__import__("secrets").token_bytes(32))',
        tests=("tests/chaos/test_fence.py",),
    ),
    Bug(
        name="letters go although the fence could not be recorded",
        file="application/ledger.py",
        old="        if isinstance(entry.matter, Frozen):\n            _fail(entry, error)",
        new="        if isinstance(entry.matter, Frozen):\n            entry.written.set_result(True)",
        tests=("tests/chaos/test_fence.py",),
    ),
)
