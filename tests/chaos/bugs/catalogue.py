"""All bugs there are."""

from tests.chaos.bugs.bug import Bug
from tests.chaos.bugs.deciding import DECIDING
from tests.chaos.bugs.keeping import KEEPING
from tests.chaos.bugs.sending import SENDING

BUGS: tuple[Bug, ...] = (*KEEPING, *SENDING, *DECIDING)
