"""Send a test letter: the same composer, serialiser and server as every other letter, outside the outbox."""

from dataclasses import dataclass

from nhacviec.application.catalogue.schema.scalars import read_email
from nhacviec.application.current import CurrentCatalogue
from nhacviec.application.identity import Identity
from nhacviec.application.ports import Clock, Composer, Mailer, Serialiser, Work
from nhacviec.domain.catalogue import Catalogue
from nhacviec.domain.letter import Envelope, Letter, LetterItem, LetterKind
from nhacviec.domain.time.zone import local


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTest:
    """Proves the way to a mailbox."""

    work: Work
    current: CurrentCatalogue
    identity: Identity
    composer: Composer
    serialise: Serialiser
    mailer: Mailer
    clock: Clock
    sender: str = ""

    async def __call__(self, address: str) -> tuple[int, str, str]:
        """Send one letter.

        Returns:
            The server's reply code and text, and the Message-ID.

        Raises:
            RuleError: not an address.
            DeliveryError: the server did not take it.
        """
        email = read_email(address)
        async with self.work.read() as transaction:
            catalogue = await self.current.catalogue(transaction)
        words = self.composer.compose(self._letter(catalogue))
        envelope = self._envelope(catalogue, email)
        sender = self.sender or envelope.sender_email
        connection = await self.mailer.open()
        try:
            code, text = await connection.send(sender, email, self.serialise(words, envelope), _always)
        finally:
            await connection.close()
        return code, text, envelope.message_id

    def _letter(self, catalogue: Catalogue) -> Letter:
        organisation = catalogue.organisation
        moment = local(self.clock.now(), catalogue.zone)
        item = LetterItem(
            kind=LetterKind.DUE_TODAY,
            duty="TEST",
            title="nhacviec send-test",
            unit_name=organisation.name,
            period_label=f"{moment:%Y-%m-%d}",
            due=moment.date(),
            days_left=0,
            working_days_left=0,
            days_late=0,
            working_days_late=0,
        )
        return Letter(
            kind=LetterKind.DUE_TODAY,
            language=organisation.language,
            at=moment,
            recipient_name=organisation.office,
            unit_name=organisation.name,
            organisation=organisation.name,
            office=organisation.office,
            items=(item,),
        )

    def _envelope(self, catalogue: Catalogue, email: str) -> Envelope:
        organisation = catalogue.organisation
        now = self.clock.now()
        return Envelope(
            sender_name=organisation.sender.name,
            sender_email=organisation.sender.email,
            recipient_name="",
            recipient_email=email,
            reply_to=organisation.sender.email,
            message_id=self.identity.message_id(f"test|{email}|{now.isoformat()}", organisation.sender),
            thread="",
            date=local(now, catalogue.zone),
        )


async def _always() -> bool:
    return True
