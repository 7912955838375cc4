"""Takes prepared commands inside one open unit of work: lock, judge, claim, store, apply."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias
from uuid import UUID

from chassis.http.problems import SourceVersionConflict
from chassis.intake import facts, outcomes
from chassis.intake.intake import Content, Intake
from chassis.intake.kinds import Command, FactBody, FactKind, Record, Taken
from chassis.intake.order import PUT, Judgement, Meaning, Version, has_ground, judge, person_before
from chassis.intake.replies import Refused, Reply, Told
from chassis.merging import Whole
from chassis.uow import UnitOfWork
from chassis.waves import waves
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

SUPERSEDED = "superseded"

# A record on its way to its kind, with the number of the command that brought it; None for one that is applied again.
_Coming: TypeAlias = tuple[int | None, Taken[Any]]
_Step: TypeAlias = Callable[[UnitOfWork, Sequence[Taken[Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command with everything that needed no lock."""

    command: Command
    said: bytes
    digest: bytes
    whole: Whole | None
    sealed: Sealed[bytes] | None  # of a put


@dataclass(frozen=True, slots=True)
class Barred:
    """A command that may not be taken in for want of a protocol; nothing of it is kept but that it came."""

    command: Command
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A version on its way to its kind; `arrived` is None for one that is applied again."""

    record: Record
    version: Version
    arrived: int | None
    person_id: PersonId | None
    previous_person_id: PersonId | None
    earlier: bool


class Taking:
    """One batch on its way through one unit."""

    def __init__(self, intake: Intake, uow: UnitOfWork, batch_id: UUID | None) -> None:
        self._intake = intake
        self._uow = uow
        self._batch_id = batch_id
        self._replies: dict[int, Reply] = {}
        self._rows: list[tuple[Prepared, Version]] = []
        self._deliveries: list[_Delivery] = []
        self._survivors: Mapping[PersonId, PersonId] = {}

    async def run(self, items: Sequence[Prepared | Barred | Refused]) -> list[Reply]:
        """The reply to each item, in order."""
        self._replies = {number: item for number, item in enumerate(items) if isinstance(item, Refused)}
        arrived = {number: item for number, item in enumerate(items) if isinstance(item, Prepared)}
        barred = {number: item for number, item in enumerate(items) if isinstance(item, Barred)}
        if arrived or barred:
            # Records are locked before people, everywhere in this order; a record's lock is what makes its list of people certain.
            coming: list[Prepared | Barred] = [*arrived.values(), *barred.values()]
            known = await facts.lock(self._uow, [item.command.record for item in coming])
            await self._turn_away(barred, known)
            first = {record for record, versions in known.items() if not versions}
            for number, item in arrived.items():
                self._judge(number, item, known[item.command.record], first=item.command.record in first)
            await self._claim([item.whole for item in arrived.values() if item.whole], known)
            await self._store()
            coming_in = await self._taken(arrived)
            for wave in waves(coming_in, self._lanes):
                await self._apply(wave)
            await self._conclude(coming_in)
        return [self._replies[number] for number in range(len(items))]

    async def _turn_away(self, barred: Mapping[int, Barred], known: Mapping[Record, Mapping[int, Version]]) -> None:
        """Say that these are parked for want of a protocol; the same version may be sent again once there is one."""
        told = []
        for number, item in barred.items():
            command, versions = item.command, known[item.command.record]
            match judge(versions, Version(command.source_version, command.operation, item.digest, None)).meaning:
                case Meaning.REPEATED:
                    self._replies[number] = Told(outcomes.DUPLICATE)
                    continue
                case Meaning.CONFLICT:
                    self._replies[number] = Refused(SourceVersionConflict())
                    continue
                case Meaning.NEWS:
                    told.append(outcomes.Outcome(*command.record, command.source_version, outcomes.PARKED, outcomes.PROTOCOL_MISSING))
            self._replies[number] = Told(outcomes.PARKED, outcomes.PROTOCOL_MISSING)
        await outcomes.record(self._uow, told)

    def _judge(self, number: int, item: Prepared, known: dict[int, Version], *, first: bool) -> None:
        command = item.command
        before = person_before(known, command.source_version)
        person = item.whole.person_id if item.whole else None
        version = Version(command.source_version, command.operation, item.digest, person if command.operation == PUT else before)
        judged = judge(known, version)
        match judged.meaning:
            case Meaning.REPEATED:
                self._replies[number] = Told(outcomes.DUPLICATE)
                return
            case Meaning.CONFLICT:
                self._replies[number] = Refused(SourceVersionConflict())
                return
            case Meaning.SUPERSEDED:
                self._replies[number] = Told(outcomes.DUPLICATE, SUPERSEDED)
            case Meaning.NEWS:
                self._replies[number] = Told(outcomes.ACCEPTED, first=first)
        known[version.number] = version
        self._rows.append((item, version))
        self._deliver(number, command.record, known, version, judged)

    def _deliver(self, number: int, record: Record, known: Mapping[int, Version], arrived: Version, judged: Judgement) -> None:
        here = [(number, arrived)] if judged.meaning is Meaning.NEWS else []
        for arrival, version in [*here, *((None, known[again]) for again in judged.again)]:
            before = person_before(known, version.number)
            person = version.person_id if version.operation == PUT else before
            self._deliveries.append(_Delivery(record, version, arrival, person, before, has_ground(known, version)))

    async def _claim(self, wholes: Sequence[Whole], known: Mapping[Record, Mapping[int, Version]]) -> None:
        """Everyone any version of these records was ever about, in one claim."""
        people = {version.person_id for versions in known.values() for version in versions.values() if version.person_id is not None}
        named = {person: whole for whole in wholes for person in (whole.person_id, *whole.absorbed)}
        others = sorted(people - named.keys())
        found = await self._intake.custody.survivors(others) if others else {}
        everyone = people | named.keys()
        await self._uow.take(everyone, {**found, **named})
        self._survivors = self._uow.claim(everyone)

    async def _store(self) -> None:
        """Amendments are sealed here: only now their person is known."""
        bare = [(item, version) for item, version in self._rows if item.sealed is None and item.command.body is not None]
        contents = [Content(item.command.organisation, self._survivor(version.person_id), item.said) for item, version in bare]
        boxes = iter(await self._intake.custody.seal(contents) if contents else ())
        rows = [
            facts.Row(
                record=item.command.record,
                version=version,
                content=item.sealed if item.sealed or item.command.body is None else next(boxes),
                client_id=item.command.client_id,
                batch_id=self._batch_id,
                line=item.command.line,
            )
            for item, version in self._rows
        ]
        await facts.store(self._uow, rows)

    async def _taken(self, arrived: Mapping[int, Prepared]) -> list[_Coming]:
        """Each delivery as its kind gets it; one that cannot be opened any more (its person was erased) is left out."""
        again = [(delivery.record, delivery.version.number) for delivery in self._deliveries if delivery.arrived is None]
        stored = await facts.contents(self._uow, again)
        boxes = {key: row.content for key, row in stored.items() if row.content is not None}
        opened = dict(zip(boxes, await self._intake.custody.open(list(boxes.values())), strict=True)) if boxes else {}
        taken: list[_Coming] = []
        for delivery in self._deliveries:
            key = (delivery.record, delivery.version.number)
            if delivery.arrived is not None:
                command = arrived[delivery.arrived].command
                taken.append((delivery.arrived, self._one(delivery, command.body, command.client_id, self._uow.now)))
                continue
            row, said = stored[key], opened.get(key)
            if row.content is None or said is not None:
                kind = self._intake.kinds[delivery.record.kind]
                body = None if said is None else kind.body_model(row.operation).model_validate_json(said)
                taken.append((None, self._one(delivery, body, row.client_id, row.received_at)))
        return taken

    def _one(self, delivery: _Delivery, body: FactBody | None, client_id: str, received_at: datetime) -> Taken[Any]:
        person, previous = self._survivor(delivery.person_id), self._survivor(delivery.previous_person_id)
        is_put = delivery.version.operation == PUT
        return Taken(
            record=delivery.record,
            source_version=delivery.version.number,
            operation=delivery.version.operation,
            body=body if is_put else None,
            amendment=None if is_put else body,
            person_id=person,
            previous_person_id=previous if previous != person else None,
            client_id=client_id,
            received_at=received_at,
            earlier=delivery.earlier,
        )

    async def _apply(self, wave: Sequence[_Coming]) -> None:
        """One call a kind; a record about which a kind that does not conclude says nothing is accepted."""
        for kind, pairs in self._by_kind(wave):
            taken = [one for _, one in pairs]
            with_answers = kind.apply if kind.conclude is not None else self._accepting(kind.apply)
            await with_answers(self._uow, taken)
            if kind.conclude is None:
                self._answer(pairs)

    async def _conclude(self, coming: Sequence[_Coming]) -> None:
        """One call for all kinds that conclude alike, with everything that came of them."""
        concluded = [(kind, pairs) for kind, pairs in self._by_kind(coming) if kind.conclude is not None]
        for conclude in dict.fromkeys(kind.conclude for kind, _ in concluded):
            pairs = [pair for kind, some in concluded if kind.conclude is conclude for pair in some]
            assert conclude is not None
            await self._accepting(conclude)(self._uow, [one for _, one in pairs])
            self._answer(pairs)

    def _by_kind(self, coming: Sequence[_Coming]) -> Iterator[tuple[FactKind[Any], list[_Coming]]]:
        ordered = sorted(coming, key=lambda pair: pair[1].record.kind)
        for name, group in groupby(ordered, key=lambda pair: pair[1].record.kind):
            yield self._intake.kinds[name], list(group)

    def _accepting(self, step: _Step) -> _Step:
        """The step, and after it `accepted` for each record that it told nothing of."""

        async def run(uow: UnitOfWork, records: Sequence[Taken[Any]]) -> None:
            before = dict(outcomes.told(uow))
            await step(uow, records)
            after = outcomes.told(uow)
            silent = [taken for taken in records if after.get(taken.record) is before.get(taken.record)]
            await outcomes.record(uow, [taken.outcome(outcomes.ACCEPTED) for taken in silent])

        return run

    def _answer(self, pairs: Sequence[_Coming]) -> None:
        """Tell each sender the outcome of its record; of a version that another followed in the same call, that it was accepted."""
        last = {taken.record: number for number, taken in pairs}
        for record, number in last.items():
            if number is not None:
                told, reply = outcomes.told(self._uow)[record], self._replies[number]
                assert isinstance(reply, Told)
                self._replies[number] = Told(told.result, told.reason, reply.first)

    def _lanes(self, pair: _Coming) -> list[object]:
        taken = pair[1]
        return [lane for lane in (taken.record, taken.person_id, taken.previous_person_id) if lane is not None]

    def _survivor(self, person: PersonId | None) -> PersonId | None:
        return None if person is None else self._survivors[person]
