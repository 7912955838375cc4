"""How a registration came to stand as it does, and how it stood before."""

from tests.integration.house import Body, Person
from tests.integration.leavers.office import Office


async def read(office: Office, who: Person, rest: str = "") -> Body:
    path = f"/registration/v1/registrations/{(await office.stands(who))['id']}{rest}"
    return dict(await office.send("operator1", "GET", path))


async def test_the_explanation_holds_the_feeds_half_and_registrations_rows_and_facts(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who, "2026-10-20")
    said = await read(office, who, "/explanation")
    assert (said["feed"]["outcome"], said["feed"]["rule"], said["feed"]["dueOn"]) == ("detected", "detected", "2026-10-20")
    assert (said["decision"]["outcome"], said["decision"]["rule"]) == ("registered", "S18")
    assert [row["result"] for row in said["rows"]] == ["passed"] * 9 + ["decided"]
    assert all(row["source"] for row in said["rows"])
    assert {"region": "flanders", "sourceComplete": "true"}.items() <= {fact["name"]: fact["value"] for fact in said["facts"]}.items()


async def test_rows_after_the_one_that_decided_were_not_reached(office: Office) -> None:
    who = await office.dweller()
    await office.jobseeker(who, "2026-09-01")
    await office.leaves(who)
    rows = {row["rule"]: row["result"] for row in (await read(office, who, "/explanation"))["rows"]}
    assert (rows["S14"], rows["S15"], rows["S16"], rows["S18"]) == ("passed", "decided", "notReached", "notReached")


async def test_decisions_and_timeline_tell_one_registration_in_order(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who)
    await office.until("2026-11-03")
    await office.decides(await office.objects(who), "upheld")
    assert [one["outcome"] for one in (await read(office, who, "/decisions"))["items"]] == ["registered", "review", "suppressed"]
    told = [(one["what"], one.get("state")) for one in (await read(office, who, "/timeline"))["items"]]
    decided = [("decided", "registered"), ("decided", "contested"), ("decided", "ended")]
    assert told == [*decided, ("deadline", "closed"), ("deadline", "closed")]


async def test_a_registration_is_read_as_it_stood_for_a_day_by_what_was_known_on_another(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who, "2026-10-05")
    await office.until("2026-11-03")
    await office.decides(await office.objects(who), "upheld")

    async def stood(valid_on: str, known_on: str) -> str:
        return str((await read(office, who, f"?validOn={valid_on}&knownOn={known_on}"))["state"])

    assert (await read(office, who))["state"] == "ended"
    assert await stood("2026-11-10", "2026-11-03") == "ended"
    assert await stood("2026-11-10", "2026-11-02") == "registered"
    assert await stood("2026-11-02", "2026-11-03") == "contested"
    assert await stood("2026-10-05", "2026-10-20") == "registered"
    path = f"/registration/v1/registrations/{(await office.stands(who))['id']}"
    for never in ("?validOn=2026-10-04", "?knownOn=2026-10-19"):
        assert (await office.ask("operator1", "GET", path + never)).status_code == 404
