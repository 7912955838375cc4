"""Scenario 4: a contract signed on 1 January is due on 2 March by law (60 days) and on 1 March by policy (two months)."""

from tests.support.hub import Body, Hub, Person

SIGNED_ON = "2026-01-01"
STATUTORY, POLICY = "nieuwkomer.inschrijving.wettelijk", "nieuwkomer.inschrijving.beleid"


def days(obligation: Body) -> dict[str, tuple[str, str]]:
    """The last day of each term, and how it stands."""
    return {term["ruleId"]: (term["dueOn"], term["state"]) for term in obligation["terms"]}


async def owed(hub: Hub, person: Person) -> Body:
    obligation = await hub.agency.obligation_of(person)
    assert obligation is not None
    return obligation


async def test_the_statutory_term_ends_a_day_after_the_policy_term_and_only_the_first_makes_anyone_overdue(hub: Hub) -> None:
    await hub.starts_on(SIGNED_ON)
    await hub.switch_rule_row("autoRegistrationBasis", active=False)  # nobody is registered by the hub, so that the terms run out
    newcomer = await hub.newcomer(signed_on=SIGNED_ON)
    await hub.settled()
    assert days(await owed(hub, newcomer)) == {STATUTORY: ("2026-03-02", "running"), POLICY: ("2026-03-01", "running")}
    # In time is who registers before the midnight that ends the last day, Brussels time.
    assert {term["dueAt"] for term in (await owed(hub, newcomer))["terms"]} == {"2026-03-02T23:00:00Z", "2026-03-01T23:00:00Z"}

    await hub.starts_on("2026-03-02")
    assert days(await owed(hub, newcomer)) == {STATUTORY: ("2026-03-02", "running"), POLICY: ("2026-03-01", "overdue")}
    assert (await hub.agency.outcome_of(newcomer))["reason"] == "pendingDossier", "the policy term is for the figures only"

    await hub.starts_on("2026-03-03")
    assert days(await owed(hub, newcomer)) == {STATUTORY: ("2026-03-02", "overdue"), POLICY: ("2026-03-01", "overdue")}
    told = await hub.agency.outcome_of(newcomer)
    assert told["reason"] == "overdue"
    assert [(late["ruleId"], late["dueOn"]) for late in told["details"]["overdue"]] == [(STATUTORY, "2026-03-02")]


async def test_who_registers_on_the_last_day_is_in_time(hub: Hub) -> None:
    await hub.starts_on(SIGNED_ON)
    await hub.switch_rule_row("autoRegistrationBasis", active=False)
    newcomer = await hub.newcomer(signed_on=SIGNED_ON)
    await hub.starts_on("2026-03-02")

    await hub.vdab.has_registered(newcomer, on="2026-03-02")
    await hub.starts_on("2026-03-10")

    obligation = await owed(hub, newcomer)
    assert (obligation["registeredOn"], days(obligation)[STATUTORY]) == ("2026-03-02", ("2026-03-02", "met"))
    assert "overdue" not in (await hub.agency.outcome_of(newcomer))["details"]
