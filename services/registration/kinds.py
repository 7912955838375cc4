"""The kinds of facts that registration takes in."""

from chassis.intake.kinds import FactKind
from services.registration.usecases.bodies import AssessmentBody, EmploymentBody, JobseekerBody, PersonChangeBody
from services.registration.usecases.take_assessments import take_assessments
from services.registration.usecases.take_employments import take_employments
from services.registration.usecases.take_jobseekers import take_jobseekers
from services.registration.usecases.take_person_changes import take_person_changes

PERSON_CHANGE: FactKind[PersonChangeBody] = FactKind(
    name="personChange",
    path="personChanges",
    model=PersonChangeBody,
    scope="registration.write",
    apply=take_person_changes,
    person=lambda body: body.ssin,
    mentions=lambda body: {"newSsin": body.new_ssin} if body.new_ssin is not None else {},
    deletes=False,
)
JOBSEEKER: FactKind[JobseekerBody] = FactKind(
    name="jobseeker",
    path="jobseekers",
    model=JobseekerBody,
    scope="registration.write",
    apply=take_jobseekers,
    person=lambda body: body.ssin,
)
EMPLOYMENT: FactKind[EmploymentBody] = FactKind(
    name="employment",
    path="employments",
    model=EmploymentBody,
    scope="registration.write",
    apply=take_employments,
    person=lambda body: body.ssin,
)
ASSESSMENT: FactKind[AssessmentBody] = FactKind(
    name="assessment",
    path="assessments",
    model=AssessmentBody,
    scope="registration.write",
    apply=take_assessments,
    person=lambda body: body.ssin,
)

ALL = (PERSON_CHANGE, JOBSEEKER, EMPLOYMENT, ASSESSMENT)
