"""The kinds of facts that the education feed takes in."""

from chassis.intake.kinds import Amendment, FactKind
from services.education_feed.usecases.bodies import EnrolmentBody, HomeEducationBody, QualificationBody, RetractionBody
from services.education_feed.usecases.take_facts import conclude, take_facts

ENROLMENT: FactKind[EnrolmentBody] = FactKind(
    name="enrolment",
    path="enrolments",
    model=EnrolmentBody,
    scope="educationFeed.write",
    apply=take_facts,
    conclude=conclude,
    person=lambda body: body.ssin,
    flow="educationToRegistration",
    amendments=(Amendment("retraction", "retractions", RetractionBody),),
)
QUALIFICATION: FactKind[QualificationBody] = FactKind(
    name="qualification",
    path="qualifications",
    model=QualificationBody,
    scope="educationFeed.write",
    apply=take_facts,
    conclude=conclude,
    person=lambda body: body.ssin,
    flow="educationToRegistration",
)
HOME_EDUCATION: FactKind[HomeEducationBody] = FactKind(
    name="homeEducation",
    path="homeEducations",
    model=HomeEducationBody,
    scope="educationFeed.write",
    apply=take_facts,
    conclude=conclude,
    person=lambda body: body.ssin,
    flow="educationToRegistration",
)

ALL = (ENROLMENT, QUALIFICATION, HOME_EDUCATION)
