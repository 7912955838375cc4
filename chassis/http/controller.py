"""What is the controller's alone: told by the organisation a token acts for."""

from chassis.http.auth import Caller
from chassis.http.problems import ResourceNotFound
from chassis.settings import Settings
from chassis.uow import UnitOfWork


def is_controller(uow: UnitOfWork, caller: Caller) -> bool:
    """Whether the caller acts for the controller (VDAB)."""
    return caller.organisation == uow.resource(Settings).controller


def is_operator(uow: UnitOfWork, caller: Caller, scope: str) -> bool:
    """Whether it is one of the controller's operators: another organisation that holds their scope sees no more for it."""
    return scope in caller.scopes and is_controller(uow, caller)


def only_controller(uow: UnitOfWork, caller: Caller, name: str) -> None:
    """Let nobody else in; for another organisation nothing of this is there (`mechanics.md` 19).

    Raises:
        ResourceNotFound: the caller acts for another organisation.
    """
    if not is_controller(uow, caller):
        raise ResourceNotFound(name)
