"""Verify: does the history still say what was written into it (DESIGN §5, ``audit verify``)?"""

from dataclasses import dataclass

from nhacviec.application.ports import Work
from nhacviec.domain.chain import Break, Found, Head, Walk

#: Events in memory at once.
PIECE = 5_000

_SAID = {
    Break.CHANGED: "event {event} is not what was written",
    Break.MISSING: "event {event} is missing",
    Break.ADDED: "event {event} was put in",
    Break.HEAD_CHANGED: "what is kept as the digest of the last event, {event}, is another one",
    Break.HEAD_MISSING: "nothing says any more that event {event} is the last one",
    Break.NOT_AS_NOTED: "event {event} has another digest than was noted; the history was written anew",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a look along the history found.

    Args:
        reached: as far as it holds.
        broken: where it breaks first; None when all of it holds.
    """

    reached: Head
    broken: Found | None

    @property
    def said(self) -> str:
        """Where it breaks, for people; empty when it holds."""
        return _SAID[self.broken.why].format(event=self.broken.event) if self.broken else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTrail:
    """Goes along the whole history as of one moment, while others add to it; changes nothing.

    Args:
        work: opens transactions.
        piece: how many events are read at once.
    """

    work: Work
    piece: int = PIECE

    async def __call__(self, note: Head | None = None) -> Verified:
        """Look whether every event is the one that was written, none is missing, and none was put in.

        Args:
            note: the head as it was noted elsewhere at some time; the history must go through it.
        """
        async with self.work.read() as transaction:
            chain = transaction.chain
            walk = Walk(kept=await chain.head(), note=note)
            behind: int | None = None
            while links := await chain.links(behind, self.piece):
                for link in links:
                    if broken := walk.step(link):
                        return Verified(reached=walk.reached, broken=broken)
                behind = links[-1].number
            return Verified(broken=walk.end(), reached=walk.reached)
