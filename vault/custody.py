"""Lets the doors of a service use the vault: numbers checked and resolved, contents sealed, absorbed people mapped to survivors."""

from collections.abc import Hashable, Mapping, Sequence

from chassis.clock import BusinessClock, local_date
from chassis.intake.intake import Content
from chassis.merging import Whole
from contracts.errors import InvalidIdentifier
from contracts.identifiers import Mode, PersonId, Ssin, check_ssin
from contracts.sealed import Sealed
from vault.client import Vault
from vault.values import DataClass, Erased, Person, Purpose

# A version that arrives late is applied again from its stored content.
_REPEATING = Purpose("factAppliedAgain")


class VaultCustody:
    """What intake asks of the vault (`chassis.intake.intake.Custody`)."""

    def __init__(self, vault: Vault, mode: Mode, clock: BusinessClock) -> None:
        self._vault = vault
        self._mode: Mode = mode
        self._clock = clock

    def refusal(self, number: Hashable) -> InvalidIdentifier | None:
        """Why this is no person number here and now."""
        try:
            check_ssin(str(number), self._mode, local_date(self._clock.now()))
        except InvalidIdentifier as refusal:
            return refusal
        return None

    async def resolve(self, numbers: Sequence[Hashable]) -> Mapping[Hashable, Whole | InvalidIdentifier]:
        """Who each number belongs to, or why it is refused; a number never seen makes a new person."""
        on = local_date(self._clock.now())
        found: dict[Hashable, Whole | InvalidIdentifier] = {}
        valid: dict[Hashable, Ssin] = {}
        for number in numbers:
            try:
                valid[number] = check_ssin(str(number), self._mode, on).ssin
            except InvalidIdentifier as refusal:
                found[number] = refusal
        people = await self._vault.people(valid.values())
        return found | {number: _whole(people[ssin]) for number, ssin in valid.items()}

    async def survivors(self, people: Sequence[PersonId]) -> Mapping[PersonId, Whole]:
        """The whole person behind each id."""
        return {recorded: _whole(person) for recorded, person in (await self._vault.survivors(people)).items()}

    async def seal(self, contents: Sequence[Content]) -> list[Sealed[bytes]]:
        """Each content under its person's intake key; what belongs to nobody under the partner's quarantine key."""
        known = [(content.person_id, DataClass.INTAKE, content.said) for content in contents if content.person_id is not None]
        boxes = iter(await self._vault.seal(known)) if known else iter(())
        sealed: list[Sealed[bytes]] = []
        for content in contents:
            if content.person_id is not None:
                sealed.append(next(boxes))
            else:
                sealed.extend(await self._vault.quarantine.seal(content.organisation, [content.said]))
        return sealed

    async def open(self, boxes: Sequence[Sealed[bytes]]) -> list[bytes | None]:
        """Each content, None where its key is gone."""
        own = [box for box in boxes if not box.key_ref.endswith(":quarantine")]
        others = [box for box in boxes if box.key_ref.endswith(":quarantine")]
        opened: dict[Sealed[bytes], bytes | Erased] = {}
        contents = await self._vault.open(own, bytes, _REPEATING)
        opened.update(zip(own, contents, strict=True))
        contents = await self._vault.quarantine.open(others, _REPEATING)
        opened.update(zip(others, contents, strict=True))
        return [None if isinstance(content, Erased) else content for content in (opened[box] for box in boxes)]


def _whole(person: Person) -> Whole:
    return Whole(person.person_id, person.absorbed, person.merge_number)
