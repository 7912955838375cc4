"""The kinds of facts that the integration feed takes in."""

from chassis.intake.kinds import Amendment, FactKind
from services.integration_feed.usecases.bodies import ContractBody, ParticipantBody, TerminationBody
from services.integration_feed.usecases.take_facts import take_contracts, take_participants

CONTRACT: FactKind[ContractBody] = FactKind(
    name="contract",
    path="contracts",
    model=ContractBody,
    scope="integrationFeed.write",
    apply=take_contracts,
    person=lambda body: body.ssin,
    flow="integrationToRegistration",
    amendments=(Amendment("termination", "terminations", TerminationBody),),
)
PARTICIPANT: FactKind[ParticipantBody] = FactKind(
    name="participant",
    path="participants",
    model=ParticipantBody,
    scope="integrationFeed.write",
    apply=take_participants,
    person=lambda body: body.ssin,
    flow="integrationToRegistration",
)

ALL = (CONTRACT, PARTICIPANT)
