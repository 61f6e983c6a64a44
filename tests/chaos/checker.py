"""The invariants of the promise (DELIVERY §2.1): one pure function over what was kept and accepted."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

#: Duty, unit and period: what comes to be once, however many daemons there are (P5).
Period = tuple[str, str, str]
#: Where a letter may end; anything else after draining is a letter that is lost from sight (P1).
ENDS = frozenset({"sent", "dead", "superseded", "uncertain"})
#: What a key is made of: v1, line, address, instant, about; one part more is a follow-up's number (S-47).
_PARTS = 5
#: Outcomes of attempts during which a server may have taken the letter.
MAYBE = frozenset({"accepted", "ambiguous"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A row of the outbox, as far as the promise speaks of it."""

    id: int
    key: str
    message_id: str
    email: str
    line: str
    slot_at: str
    state: str
    ambiguous: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A row of the deliveries."""

    message: int
    n: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A row of the reminders."""

    occurrence: int
    revision: int
    stage: str
    email: str
    verdict: str
    message: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A letter as the mail server took it, noted before it said so."""

    message_id: str
    recipient: str
    sha256: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What the database holds once everything is quiet.

    Args:
        letters: the outbox.
        attempts: every delivery.
        said: every reminder.
        occurrences: row and (duty, unit, period) of each.
        integrity: what the database says of itself; ``ok`` when it is well.
    """

    letters: Sequence[Letter] = ()
    attempts: Sequence[Attempt] = ()
    said: Sequence[Said] = ()
    occurrences: Sequence[tuple[int, Period]] = ()
    integrity: str = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise that was broken.

    Args:
        invariant: which one.
        message: the letter's key, or its Message-ID where it has no row.
        detail: what was found.
    """

    invariant: str
    message: str
    detail: str


@dataclass(slots=True, kw_only=True)
class _Case:
    """Everything that is known of one letter."""

    letter: Letter
    most_ambiguous: int
    copies: list[Copy] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    def count(self, *outcomes: str) -> int:
        return sum(attempt.outcome in outcomes for attempt in self.attempts)

    def broken(self, invariant: str, detail: str) -> Violation:
        return Violation(invariant=invariant, message=self.letter.key, detail=detail)


def check(
    dump: Dump,
    copies: Sequence[Copy],
    *,
    owed: Collection[Period] = (),
    most_ambiguous: int = 2,
    drained: bool = True,
) -> list[Violation]:
    """Compare what was kept with what was accepted.

    Args:
        dump: what the database holds.
        copies: what the mail server took, in its order.
        owed: occurrences that were confirmed to whoever opened them, and call for a letter.
        most_ambiguous: attempts that may end without a reply before a human decides.
        drained: whether nothing may wait any more.

    Returns:
        Every promise that was broken; empty when all is well.
    """
    cases = {
        letter.message_id: _Case(letter=letter, most_ambiguous=most_ambiguous) for letter in dump.letters
    }
    rows = {letter.id: cases[letter.message_id] for letter in dump.letters}
    found = [*_integrity(dump), *_uniqueness(dump), *_nothing_lost(dump, owed)]
    for copy in copies:
        if copy.message_id in cases:
            cases[copy.message_id].copies.append(copy)
        else:
            found.append(Violation(invariant="known", message=copy.message_id, detail="accepted, not kept"))
    for attempt in dump.attempts:
        rows[attempt.message].attempts.append(attempt)
    for case in cases.values():
        found += [*_ending(case, drained=drained), *_bounded(case), *_sameness(case), *_numbering(case)]
    return found


def repeated(copies: Sequence[Copy]) -> int:
    """Count copies beyond the first of each letter: those that the window of RFC 1047 leaves open."""
    return sum(n - 1 for n in Counter(copy.message_id for copy in copies).values())


def _integrity(dump: Dump) -> Iterator[Violation]:
    if dump.integrity != "ok":
        yield Violation(invariant="integrity", message="", detail=dump.integrity)


def _uniqueness(dump: Dump) -> Iterator[Violation]:
    """P5, and one Message-ID for one key; what comes up after a letter is written gets another (S-47)."""
    main = [one for one in dump.letters if one.line == "main" and len(one.key.split("|")) == _PARTS]
    said = [(r.occurrence, r.revision, r.stage, r.email) for r in dump.said]
    kinds: dict[str, list[object]] = {
        "key once": [letter.key for letter in dump.letters],
        "message-id once": [letter.message_id for letter in dump.letters],
        "one letter per slot": [(letter.email, letter.slot_at) for letter in main],
        "one occurrence per period": [period for _, period in dump.occurrences],
        "one reminder per stage": list(said),
    }
    for invariant, things in kinds.items():
        for thing, times in Counter(things).items():
            if times > 1:
                yield Violation(invariant=invariant, message=str(thing), detail=f"there are {times}")


def _nothing_lost(dump: Dump, owed: Collection[Period]) -> Iterator[Violation]:
    """P1: what was confirmed is kept, has its reminder, and the reminder its letter."""
    kept = {period: row for row, period in dump.occurrences}
    rows = {letter.id for letter in dump.letters}
    spoken = {said.occurrence for said in dump.said if said.verdict == "send" and said.message in rows}
    for period in owed:
        if kept.get(period) not in spoken:
            what = "no letter" if period in kept else "no row of it"
            yield Violation(
                invariant="nothing lost", message=" ".join(period), detail=f"confirmed, and {what}"
            )
    for said in dump.said:
        if said.verdict == "send" and said.message not in rows:
            what = f"occurrence {said.occurrence}, stage {said.stage}"
            yield Violation(invariant="nothing lost", message=what, detail="a reminder without its letter")


def _ending(case: _Case, *, drained: bool) -> Iterator[Violation]:
    """P1, P4: where a letter ended is what happened to it."""
    state, copies = case.letter.state, len(case.copies)
    if drained and state not in ENDS:
        yield case.broken("nothing lost", f"still {state}")
    if state == "sent" and not copies:
        yield case.broken("sent means accepted", "sent, and no server took it")
    if state == "sent" and not case.count("accepted", "late"):
        yield case.broken("sent means accepted", "sent, and no attempt says so")
    known = state in ("sent", "uncertain") or case.count(*MAYBE, "late") > 0
    if drained and copies and not known:
        yield case.broken("accepted is recorded", f"{copies} accepted, {state}, no attempt says so")


def _bounded(case: _Case) -> Iterator[Violation]:
    """P2: a copy more for each attempt that ended inside the window, and no further one."""
    copies, ambiguous = len(case.copies), case.count("ambiguous")
    most = case.count(*MAYBE) if case.letter.state in ENDS else 1 + ambiguous
    if copies > most:
        yield case.broken("bounded copies", f"{copies} accepted, {ambiguous} ambiguous, {most} allowed")
    if case.count("accepted") > 1:
        yield case.broken("bounded copies", f"accepted in {case.count('accepted')} attempts")
    if case.letter.ambiguous != ambiguous:
        yield case.broken("ambiguity is counted", f"{case.letter.ambiguous} counted, {ambiguous} recorded")
    if ambiguous > case.most_ambiguous:
        yield case.broken("bounded ambiguity", f"{ambiguous} ambiguous attempts")
    if ambiguous >= case.most_ambiguous and case.letter.state == "pending":
        yield case.broken("bounded ambiguity", "would be tried again")


def _sameness(case: _Case) -> Iterator[Violation]:
    """P3: all copies are one letter, to the one recipient, as it is kept."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for copy in case.copies:
        kinds["bytes"].add(copy.sha256)
        kinds["Date"].add(copy.date)
        kinds["recipient"].add(copy.recipient)
    for kind, values in kinds.items():
        if len(values) > 1:
            yield case.broken("sameness", f"copies differ in {kind}: {', '.join(sorted(values))}")
    if kinds["recipient"] - {case.letter.email}:
        yield case.broken("sameness", f"went to {', '.join(sorted(kinds['recipient']))}")
    if case.letter.sha256 and kinds["bytes"] - {case.letter.sha256}:
        yield case.broken("sameness", "what was accepted is not what is kept")


def _numbering(case: _Case) -> Iterator[Violation]:
    numbers = sorted(attempt.n for attempt in case.attempts)
    if numbers != list(range(1, len(numbers) + 1)):
        yield case.broken("attempts are numbered", f"{numbers}")
