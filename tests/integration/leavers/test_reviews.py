"""What a person must look at, and what becomes of what they decide."""

import httpx

from tests.integration.house import Body, Person
from tests.integration.leavers.office import Office

REASON = "Attest van de school gezien"


async def held(office: Office, who: Person) -> Body:
    """The review that the feed asked for about somebody."""
    await office.hears(await office.to_review(who, "2026-10-01"))
    return await review_of(office, who)


async def review_of(office: Office, who: Person) -> Body:
    """The review of somebody, as its door shows it."""
    stands = await office.stands(who)
    return dict(await office.send("operator1", "GET", f"/registration/v1/reviews/{stands['id']}"))


async def decides(office: Office, review: Body, treat_as: str, second: str | None = None, **headers: str) -> httpx.Response:
    """Somebody decides, having read the review as it is given."""
    body = {"treatAs": treat_as, "reason": REASON, "decidedBy": "behandelaar-7"} | ({"secondPerson": second} if second else {})
    tag = headers or {"If-Match": f'"v{review["version"]}"'}
    answer = await office.ask("operator1", "POST", f"/registration/v1/reviews/{review['id']}/decisions", json=body, headers=tag)
    await office.settled()
    return answer


async def test_reviews_are_listed_oldest_first_and_page_by_page(office: Office) -> None:
    people = [await office.dweller() for _ in range(3)]
    reviews = [await held(office, who) for who in people]
    first = await office.send("operator1", "GET", "/registration/v1/reviews?pageSize=2")
    assert [one["id"] for one in first["items"]] == [one["id"] for one in reviews[:2]]
    assert (first["items"][0]["rule"], first["items"][0]["reasons"]) == ("S10", ["receptionClass"])
    rest = await office.send("operator1", "GET", first["next"].removeprefix(office.registration.url))
    assert ([one["id"] for one in rest["items"]], "next" in rest) == ([reviews[2]["id"]], False)


async def test_only_vdab_reviews(office: Office) -> None:
    review = await held(office, await office.dweller())
    for client in ("education", "agii", "vdab"):
        assert (await office.ask(client, "GET", f"/registration/v1/reviews/{review['id']}")).status_code in (401, 403, 404)


async def test_treated_as_registered_a_leaver_is_registered_today_and_gets_the_letter(office: Office) -> None:
    who = await office.dweller()
    answer = await decides(office, await held(office, who), "registered")
    assert answer.status_code == 200
    stands = await office.stands(who)
    assert (stands["state"], stands["rule"], stands["effectiveOn"]) == ("registered", "review", "2026-10-20")
    assert (stands["insertionStart"], len(await office.notices(who))) == ("2026-10-20", 1)
    assert (answer.json()["decisions"][0]["decision"], answer.json()["decisions"][0]["decidedBy"]) == ("registered", "behandelaar-7")
    assert REASON not in answer.text


async def test_what_the_rules_would_not_have_said_is_signed_by_a_second_person(office: Office) -> None:
    who = await office.dweller()
    review = await held(office, who)
    alone, twice = await decides(office, review, "qualified"), await decides(office, review, "qualified", "behandelaar-7")
    assert [(one.status_code, one.json()["title"]) for one in (alone, twice)] == [(409, "Second Person Needed")] * 2
    assert (await decides(office, review, "qualified", "behandelaar-9")).status_code == 200
    assert await office.became(who) == ("declined", "qualified", "review")


async def test_a_decision_names_the_version_that_was_read(office: Office) -> None:
    review = await held(office, await office.dweller())
    path, body = f"/registration/v1/reviews/{review['id']}/decisions", {"treatAs": "registered", "reason": REASON, "decidedBy": "ab"}
    assert (await office.ask("operator1", "POST", path, json=body)).status_code == 428
    assert (await decides(office, review | {"version": 7}, "registered")).status_code == 412
    assert (await decides(office, review, "keepWaiting")).status_code == 200
    assert (await decides(office, review, "registered")).status_code == 412


async def test_what_a_person_declined_no_later_fact_reopens(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.leaves(who)
    review = await review_of(office, who)
    assert (await decides(office, review, "otherRegion", "behandelaar-9")).status_code == 200
    await office.lives(who)
    await office.settled()
    assert await office.became(who) == ("declined", "otherRegion", "review")
    assert (await decides(office, await review_of(office, who), "registered")).json()["title"] == "Nothing To Review"


async def test_a_review_that_goes_on_waiting_is_decided_by_the_register_when_it_speaks(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.leaves(who)
    assert (await decides(office, await review_of(office, who), "keepWaiting")).status_code == 200
    await office.lives(who)
    await office.settled()
    assert (await office.stands(who))["state"] == "registered"


async def test_a_registration_whose_leave_was_taken_back_is_kept_ended_or_withdrawn_by_a_person(office: Office) -> None:
    fates = {"registered": "registered", "qualified": "ended", "withdrawn": "withdrawn"}
    for treat_as, state in fates.items():
        who = await office.dweller()
        leave = await office.leaves(who, "2026-10-01")
        await office.hears(office.retracted(leave, "2026-10-20"))
        assert (await decides(office, await review_of(office, who), treat_as, "behandelaar-9")).status_code == 200
        stands = await office.stands(who)
        assert (stands["state"], stands.get("endedOn")) == (state, None if treat_as == "registered" else "2026-10-20")
        assert (stands["effectiveOn"], len(await office.notices(who))) == ("2026-10-01", 1)


async def test_a_second_leave_in_a_year_whose_registration_ended_is_for_a_person_and_registers_nobody(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who, "2026-10-01")
    await office.hears(office.retracted(leave, "2026-10-10"))
    await decides(office, await review_of(office, who), "qualified", "behandelaar-9")
    await office.hears(await office.detected(who, "2026-10-20", case=leave.case_id, version=3))
    assert await office.became(who) == ("ended", "review", "S15")
    assert (await office.decisions(who))[-1]["reasons"] == ["secondLeave"]
    review = await review_of(office, who)
    assert (await decides(office, review, "registered", "behandelaar-9")).json()["title"] == "Cannot Be Treated So"
    assert (await decides(office, review, "ignored", "behandelaar-9")).status_code == 200
    assert (await office.stands(who))["state"] == "ended"
    assert len(await office.notices(who)) == 1


async def test_nobody_is_registered_past_an_objection_or_twice(office: Office) -> None:
    objecting, known = await office.dweller(), await office.dweller()
    await office.objects(objecting)
    await office.leaves(objecting)
    assert (await decides(office, await review_of(office, objecting), "registered")).json()["title"] == "Nothing To Review"
    await office.jobseeker(known, "2026-09-01")
    review = await held(office, known)
    assert (await decides(office, review, "registered", "behandelaar-9")).json()["title"] == "Cannot Be Treated So"
    assert (await decides(office, review, "linked")).status_code == 200
    assert (await office.stands(known))["state"] == "linked"


async def test_an_outcome_that_ends_no_review_is_refused(office: Office) -> None:
    review = await held(office, await office.dweller())
    for treat_as in ("review", "waitingForProofs", "nonsense"):
        assert (await decides(office, review, treat_as, "behandelaar-9")).status_code == 400
