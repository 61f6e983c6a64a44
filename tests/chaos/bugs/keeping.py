"""Bugs of what is kept: claims, the fence, endings, rescue, transactions."""

from tests.chaos.bugs.bug import Bug

_CLAIMS = ("tests/contracts/test_claims.py",)
_OUTBOX = ("tests/contracts/test_outbox.py",)
_RESCUE = ("tests/contracts/test_rescue.py", "tests/contracts/test_rescuers.py")
_WINDOWS = ("tests/chaos/test_windows.py", "-k", "sqlite and 1")
_CLAIMING = "adapters/database/claiming.py"
_SETTLING = "adapters/database/settling.py"

KEEPING: tuple[Bug, ...] = (
    Bug(
        name="mark before send: what was begun counts as sent when its worker dies",
        file=_SETTLING,
        old=(
            "    if message.state is MessageState.CLAIMED:\n"
            "        return Ending(claim=claim, state=MessageState.PENDING)"
        ),
        new=(
            "    if message.state is not MessageState.CLAIMED:\n"
            "        return Ending(claim=claim, state=MessageState.SENT)"
        ),
        tests=_RESCUE,
    ),
    Bug(
        name="no token in intent and settlement",
        file=_CLAIMING,
        old=(
            "    mine = (_letter.id == table.c.id, _letter.token == table.c.token, _letter.state.in_(named))"
        ),
        new="    mine = (_letter.id == table.c.id, _letter.state.in_(states))",
        tests=_CLAIMS + _RESCUE,
    ),
    Bug(
        name="no state in intent and settlement",
        file=_CLAIMING,
        old=(
            "    mine = (_letter.id == table.c.id, _letter.token == table.c.token, _letter.state.in_(named))"
        ),
        new="    mine = (_letter.id == table.c.id, _letter.token == table.c.token)",
        tests=_CLAIMS + _OUTBOX,
    ),
    Bug(
        name="the intent asks for no claim at all",
        file=_CLAIMING,
        old="    _, mine = held(table, dialect, MessageState.CLAIMED)\n    meant",
        new="    mine = (_letter.id == table.c.id,)\n    meant",
        tests=_CLAIMS,
    ),
    Bug(
        name="anybody may freeze a letter",
        file=_CLAIMING,
        old="    kept, mine = held(table, dialect, MessageState.CLAIMED)",
        new="    kept, mine = table, (_letter.id == table.c.id,)",
        tests=_CLAIMS,
    ),
    Bug(
        name="bytes that a server may have are written over",
        file=_CLAIMING,
        old="kept.c.mime).where(*mine, _unseen())",
        new="kept.c.mime).where(*mine)",
        tests=_CLAIMS,
    ),
    Bug(
        name="claim without limit",
        file=_CLAIMING,
        old=".order_by(_letter.due_at, _letter.id).limit(limit)",
        new=".order_by(_letter.due_at, _letter.id)",
        tests=_CLAIMS,
    ),
    Bug(
        name="claim without locking what is claimed",
        file=_CLAIMING,
        old='    chosen = first.with_for_update(key_share=True, skip_locked=True).cte("chosen")',
        new='    chosen = first.cte("chosen")',
        tests=_CLAIMS,
    ),
    Bug(
        name="a held letter is claimed",
        file=_CLAIMING,
        old=(
            "_CLAIMABLE = (_written_out(_letter.state, "
            'MessageState.PENDING.value), _written_out(_letter.held, ""))'
        ),
        new="_CLAIMABLE = (_written_out(_letter.state, MessageState.PENDING.value),)",
        tests=_CLAIMS,
    ),
    Bug(
        name="a letter is claimed while its slot is still gathered",
        file=_CLAIMING,
        old="    if before is not None:",
        new="    if before is None:",
        tests=_CLAIMS,
    ),
    Bug(
        name="escalations wait like everybody else",
        file=_CLAIMING,
        old="    share = max(1, limit * 3 // 4)",
        new="    share = 0",
        tests=_CLAIMS,
    ),
    Bug(
        name="settle without a delivery",
        file=_SETTLING,
        old="    tried = [each for each in endings if each.delivery is not None]",
        new="    tried = [each for each in endings if each.delivery is not None and not each.claim]",
        tests=_OUTBOX,
    ),
    Bug(
        name="rescue without ambiguous + 1",
        file=_SETTLING,
        old='"ambiguous": _letter.ambiguous + case((end.outcome == Outcome.AMBIGUOUS, 1), else_=0)',
        new='"ambiguous": _letter.ambiguous',
        tests=_RESCUE,
    ),
    Bug(
        name="a failed connection costs the letter an attempt",
        file=_SETTLING,
        old="and_(_letter.state == MessageState.CLAIMED, end.outcome != Outcome.UNREACHABLE)",
        new="and_(_letter.state == MessageState.CLAIMED, end.outcome.is_not(None))",
        tests=("tests/chaos/test_fence.py",),
    ),
    Bug(
        name="a late acceptance is forgotten",
        file=_SETTLING,
        old="    if too_late:\n",
        new="    if not attempts:\n",
        tests=_RESCUE,
    ),
    Bug(
        name="rescue forgets what was only claimed",
        file=_CLAIMING,
        old='UNDER_WAY = text("worker IS NOT NULL")',
        new="UNDER_WAY = text(\"state = 'transmitting'\")",
        tests=_RESCUE,
    ),
    Bug(
        name="a worker that retires is deleted",
        file="adapters/database/workers.py",
        old="update(rows.worker).where(_process.id == worker).values(retired=True)",
        new="rows.worker.delete().where(_process.id == worker)",
        tests=("tests/contracts/test_workers.py",),
    ),
    Bug(
        name="the living are rescued",
        file="domain/worker.py",
        old="    return Presence.SILENT if still >= SILENCE else Presence.ALIVE",
        new="    return Presence.SILENT if still >= 0 else Presence.ALIVE",
        tests=("tests/domain/test_worker.py",),
    ),
    Bug(
        name="a process number that came back is taken for its first owner",
        file="domain/worker.py",
        old="        if process.start is not None and process.start != worker.pid_start:",
        new="        if process.start is None and process.start != worker.pid_start:",
        tests=("tests/domain/test_worker.py",),
    ),
    Bug(
        name="deferred BEGIN",
        file="adapters/database/connecting.py",
        old='"BEGIN" if reads else "BEGIN IMMEDIATE"',
        new='"BEGIN" if reads else "BEGIN DEFERRED"',
        tests=("tests/contracts/test_transactions.py", "tests/adapters/database/test_engine.py"),
    ),
    Bug(
        name="synchronous=NORMAL",
        file="adapters/database/connecting.py",
        old='    "synchronous=FULL",',
        new='    "synchronous=NORMAL",',
        tests=("tests/adapters/database/test_engine.py",),
    ),
    Bug(
        name="a letter that nobody is owed any more stays in the outbox",
        file="adapters/database/promises.py",
        old="ended.values(state=MessageState.SUPERSEDED)",
        new="ended.values(state=MessageState.PENDING)",
        tests=("tests/contracts/test_promises.py",),
    ),
    Bug(
        name="a copied database is not held",
        file="application/adoption.py",
        old="        if found is Whereabouts.ELSEWHERE:",
        new="        if found is Whereabouts.UNBOUND:",
        tests=("tests/application/test_adoption.py",),
    ),
)
