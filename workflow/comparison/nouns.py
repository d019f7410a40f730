"""Words for every attribute of the model: what it is, for whom it matters, and of what its ids are the ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..messages import Message, say
from .difference import Matter
from .naming import Naming

DATA, LIMIT, PAPER, PATH, RIGHT, WORDS = (
    Matter.DATA,
    Matter.LIMIT,
    Matter.PAPER,
    Matter.PATH,
    Matter.RIGHT,
    Matter.WORDS,
)


@dataclass(frozen=True, slots=True)
class Noun:
    """What an attribute is called.

    Args:
        what: the attribute, or one of its parts where it is a mapping or a list.
        matter: for whom a change of it matters.
        ids: of what its values are the ids; None for values that are said as they are.
        keys: of what the keys are the ids, where it is a mapping.
    """

    what: Message
    matter: Matter
    ids: Naming | None = None
    keys: Naming | None = None


_TITLE, _BASIS, _ID = say("the title"), say("the basis"), say("the id")

NOUNS: Mapping[tuple[str, str], Noun] = {
    ("Procedure", "id"): Noun(_ID, DATA),
    ("Procedure", "version"): Noun(say("the version"), WORDS),
    ("Procedure", "title"): Noun(_TITLE, WORDS),
    ("Procedure", "calendar"): Noun(say("the calendar"), LIMIT),
    ("Procedure", "numbering"): Noun(say("the pattern of the numbers"), DATA),
    ("Procedure", "opened_by"): Noun(say("who may open a case"), RIGHT, Naming.ROLE),
    ("Procedure", "stages"): Noun(say("the step"), PATH, keys=Naming.STAGE),
    ("Procedure", "roles"): Noun(say("the role"), RIGHT, keys=Naming.ROLE),
    ("Procedure", "case"): Noun(say("the case"), PATH),
    ("Procedure", "basis"): Noun(_BASIS, WORDS),
    ("Procedure", "subcases"): Noun(say("the kind of subcase"), PATH, keys=Naming.SUBCASE),
    ("Procedure", "documents"): Noun(say("the paper"), PAPER, keys=Naming.DOCUMENT),
    ("Procedure", "separation"): Noun(say("what no person does two of in one case"), RIGHT, Naming.ACTION),
    ("Procedure", "readings"): Noun(say("the adopted reading"), WORDS),
    ("Procedure", "redacted_by"): Noun(say("who may have private values erased"), RIGHT, Naming.ROLE),
    ("Procedure", "archive"): Noun(say("the record"), DATA),
    ("Procedure", "unmasked_by"): Noun(say("who may be shown private values"), RIGHT, Naming.ROLE),
    ("Procedure", "concealed_from"): Noun(
        say("the field with the unit of which nobody is shown private values"), RIGHT, Naming.FIELD
    ),
    ("Procedure", "erase_private_after"): Noun(say("how long private values are kept after the end"), DATA),
    ("Stage", "name"): Noun(_ID, PATH),
    ("Stage", "step"): Noun(say("the number of the step"), PATH),
    ("Stage", "title"): Noun(_TITLE, WORDS),
    ("Stage", "basis"): Noun(_BASIS, WORDS),
    ("Stage", "beside_states"): Noun(say("whether it is meant to have no state"), PATH),
    ("Role", "name"): Noun(_ID, RIGHT),
    ("Role", "title"): Noun(_TITLE, WORDS),
    ("Role", "of_unit"): Noun(say("whether it acts for its own unit only"), RIGHT),
    ("Lifecycle", "kind"): Noun(_ID, PATH),
    ("Lifecycle", "fields"): Noun(say("the field"), DATA, keys=Naming.FIELD),
    ("Lifecycle", "clocks"): Noun(say("the clock"), LIMIT, keys=Naming.CLOCK),
    ("Lifecycle", "states"): Noun(say("the state"), PATH, keys=Naming.STATE),
    ("Lifecycle", "opens_with"): Noun(say("the field given at the opening"), DATA, keys=Naming.FIELD),
    ("State", "name"): Noun(_ID, PATH),
    ("State", "stage"): Noun(say("the step"), PATH, Naming.STAGE),
    ("State", "title"): Noun(_TITLE, WORDS),
    ("State", "actions"): Noun(say("the action"), PATH, keys=Naming.ACTION),
    ("State", "final"): Noun(say("whether the case ends in it"), PATH),
    ("State", "unlimited"): Noun(say("whether a case is meant to wait in it without a limit"), PATH),
    ("State", "unlimited_because"): Noun(say("why a case may wait in it without a limit"), WORDS),
    ("Action", "name"): Noun(_ID, PATH),
    ("Action", "title"): Noun(_TITLE, WORDS),
    ("Action", "by"): Noun(say("who may do it"), RIGHT, Naming.ROLE),
    ("Action", "to"): Noun(say("the state that it leads to"), PATH, Naming.STATE),
    ("Action", "inputs"): Noun(say("the input"), DATA, keys=Naming.FIELD),
    ("Action", "guards"): Noun(say("the condition"), PATH),
    ("Action", "sets"): Noun(say("the computed value of"), DATA, keys=Naming.FIELD),
    ("Action", "opens"): Noun(say("which subcases it opens"), PATH),
    ("Action", "fires"): Noun(say("what it does on subcases"), PATH),
    ("Action", "issues"): Noun(say("the paper that it issues"), PAPER, Naming.DOCUMENT),
    ("Action", "optional"): Noun(say("whether it waits in nobody's inbox"), PATH),
    ("Action", "basis"): Noun(_BASIS, WORDS),
    ("Action", "tells"): Noun(say("who is told of it by letter"), RIGHT, Naming.ROLE),
    ("Action", "drops"): Noun(say("the clocks that need not be met any more"), LIMIT, Naming.CLOCK),
    ("Action", "merges_into"): Noun(say("the input with the case into which it is merged"), PATH, Naming.FIELD),
    ("Action", "splits"): Noun(say("which cases it splits off"), PATH),
    ("Guard", "check"): Noun(say("what must hold"), PATH),
    ("Guard", "say"): Noun(say("what is said to whoever does not meet it"), WORDS),
    ("Field", "name"): Noun(_ID, DATA),
    ("Field", "type"): Noun(say("the type"), DATA),
    ("Field", "title"): Noun(_TITLE, WORDS),
    ("Field", "required"): Noun(say("whether it must be given"), DATA),
    ("Field", "private"): Noun(say("whether it is private"), DATA),
    ("Field", "of"): Noun(say("what it lists"), DATA),
    ("Field", "choices"): Noun(say("the choice"), DATA),
    ("Field", "set_by"): Noun(say("who may give it"), RIGHT, Naming.ROLE),
    ("Field", "mask"): Noun(say("what of it may be shown"), DATA),
    ("Field", "published"): Noun(say("whether it is a text for everybody"), DATA),
    ("Field", "published_unless"): Noun(say("the field that lets the text pass nonetheless"), DATA, Naming.FIELD),
    ("Subcase", "lifecycle"): Noun(say("the subcase"), PATH),
    ("Subcase", "title"): Noun(_TITLE, WORDS),
    ("Subcase", "for_each"): Noun(say("the field that names the units"), PATH, Naming.FIELD),
    ("Subcase", "lead"): Noun(say("the field that names the lead unit"), PATH, Naming.FIELD),
    ("Subcase", "delivered_to"): Noun(say("to whom it is delivered"), RIGHT, Naming.ROLE),
    ("Subcase", "when_all"): Noun(say("what happens when all are in the state"), PATH, Naming.ACTION, Naming.STATE),
    ("Subcase", "when_lead"): Noun(
        say("what happens when that of the lead unit is in the state"), PATH, Naming.ACTION, Naming.STATE
    ),
    ("Subcase", "when_case_ends"): Noun(say("what is done when the case ends"), PATH, Naming.ACTION),
    ("Subcase", "issues"): Noun(say("the paper that it issues"), PAPER, Naming.DOCUMENT),
    ("Document", "name"): Noun(_ID, PAPER),
    ("Document", "title"): Noun(_TITLE, WORDS),
    ("Document", "numbering"): Noun(say("the pattern of the numbers"), PAPER),
    ("Document", "template"): Noun(say("the template"), PAPER),
    ("Document", "shows"): Noun(say("what it shows"), PAPER),
    ("Document", "subcases"): Noun(say("what it shows of the subcase"), PAPER, keys=Naming.SUBCASE),
    ("Document", "papers"): Noun(say("which papers it lists"), PAPER, Naming.DOCUMENT),
    ("Shown", "fields"): Noun(say("which values it shows"), PAPER, Naming.FIELD),
    ("Shown", "clocks"): Noun(say("which clocks it shows"), PAPER, Naming.CLOCK),
    ("Shown", "actions"): Noun(say("which actions it shows"), PAPER, Naming.ACTION),
    ("Reading", "question"): Noun(_ID, WORDS),
    ("Reading", "adopted"): Noun(say("the reading"), WORDS),
    ("Reading", "basis"): Noun(_BASIS, WORDS),
    ("Reading", "switch"): Noun(say("the place that switches it"), WORDS),
    ("Archive", "states"): Noun(say("in which states a case may be archived"), DATA, Naming.STATE),
    ("Archive", "classes"): Noun(say("the class of material"), DATA),
    ("Archive", "retention"): Noun(say("how long it is kept"), DATA),
    ("Archive", "named_by"): Noun(say("the field that names it"), DATA, Naming.FIELD),
    ("Archive", "secrecy"): Noun(say("the class of secrecy"), DATA),
    ("ArchiveClass", "name"): Noun(_ID, DATA),
    ("ArchiveClass", "title"): Noun(_TITLE, WORDS),
    ("ArchiveClass", "fields"): Noun(say("which fields fill it"), DATA, Naming.FIELD),
    ("ArchiveClass", "documents"): Noun(say("which papers fill it"), DATA, Naming.DOCUMENT),
    ("ArchiveClass", "required_in"): Noun(say("in which states it may not be empty"), DATA, Naming.STATE),
    ("Retention", "otherwise"): Noun(say("how long where the field is not given"), DATA),
    ("Retention", "field"): Noun(say("the field that says how long"), DATA, Naming.FIELD),
    ("Clock", "name"): Noun(_ID, LIMIT),
    ("Clock", "title"): Noun(_TITLE, WORDS),
    ("Clock", "starts"): Noun(say("what starts it"), LIMIT, Naming.HAPPENING),
    ("Clock", "limits"): Noun(say("the limit"), LIMIT),
    ("Clock", "stops"): Noun(say("what meets it"), LIMIT, Naming.ACTION),
    ("Clock", "basis"): Noun(_BASIS, WORDS),
    ("Clock", "effect"): Noun(say("what missing it means"), LIMIT),
    ("Clock", "runs_on"): Noun(say("what undoes a stop"), LIMIT, Naming.ACTION),
    ("Clock", "restarts"): Noun(say("what starts it anew"), LIMIT, Naming.ACTION),
    ("Clock", "extension"): Noun(say("the extension"), LIMIT),
    ("Clock", "within"): Noun(say("the clock within which it should end"), LIMIT),
    ("Clock", "ladder"): Noun(say("the rung"), LIMIT),
    ("Clock", "latest_start"): Noun(say("the latest start"), LIMIT),
    ("Clock", "receipt"): Noun(say("when what starts it counts as received"), LIMIT),
    ("Clock", "pauses"): Noun(say("the pause"), LIMIT),
    ("Clock", "strict"): Noun(say("the strict reading"), LIMIT),
    ("Clock", "lenient"): Noun(say("the lenient reading"), LIMIT),
    ("Clock", "expires"): Noun(say("what the system does when the limit has run out"), LIMIT),
    ("Clock", "calendar"): Noun(say("the calendar"), LIMIT),
    ("Clock", "deemed_later"): Noun(say("how much later it counts as received, from"), LIMIT, keys=Naming.HAPPENING),
    ("Clock", "all_of"): Noun(say("what must all be known for"), LIMIT, Naming.HAPPENING, Naming.HAPPENING),
    ("Clock", "receipts"): Noun(say("when it counts as received, from"), LIMIT, keys=Naming.HAPPENING),
    ("Clock", "applies"): Noun(say("when a case has it at all"), LIMIT),
    ("Clock", "not_before"): Noun(say("the clock before which it does not end"), LIMIT),
    ("Clock", "further_extensions"): Noun(say("the further extension"), LIMIT),
    ("Limit", "period"): Noun(say("the limit"), LIMIT),
    ("Limit", "counting"): Noun(say("the counting"), LIMIT),
    ("Limit", "until"): Noun(say("the field with the last day"), LIMIT, Naming.FIELD),
    ("Limit", "when"): Noun(say("when this limit applies"), LIMIT),
    ("Limit", "then"): Noun(say("what follows the first length"), LIMIT),
    ("Limit", "amount"): Noun(say("the field with the number"), LIMIT),
    ("Limit", "before"): Noun(say("the field from whose date it is counted back"), LIMIT, Naming.FIELD),
    ("Limit", "chosen"): Noun(say("whether there need not be a limit for every other value"), LIMIT),
    ("Counting", "first_day"): Noun(say("the day of the start"), LIMIT),
    ("Counting", "roll"): Noun(say("a last day that is a day of rest"), LIMIT),
    ("Counting", "ends"): Noun(say("when the last day ends"), LIMIT),
    ("Counting", "minimum"): Noun(say("how many working days must lie in it at least"), LIMIT),
    ("Counting", "up_to"): Noun(say("up to when it reaches"), LIMIT),
    ("Counting", "ends_at"): Noun(say("the wall time at which it ends"), LIMIT),
    ("Counting", "closed_seasons"): Noun(say("time in a closed season"), LIMIT),
    ("Counting", "each_rolls"): Noun(say("whether each of its lengths moves off days of rest"), LIMIT),
    ("Counting", "begins"): Noun(say("from when it is counted"), LIMIT),
    ("Counting", "clear"): Noun(say("whether it counts clear days"), LIMIT),
    ("Counting", "months_from_next_day"): Noun(say("whether months are counted from the next day"), LIMIT),
    ("Counting", "hours_roll"): Noun(say("whether hours that end on a day of rest move on"), LIMIT),
    ("DeemedReceipt", "cutoff"): Noun(say("the time after which something counts from the next day"), LIMIT),
    ("DeemedReceipt", "outside_hours"): Noun(say("whether what comes outside office hours waits for them"), LIMIT),
    ("DeemedReceipt", "rest_day"): Noun(say("whether what comes on a day of rest waits for a working day"), LIMIT),
    ("Pause", "begins"): Noun(say("what begins it"), LIMIT, Naming.HAPPENING),
    ("Pause", "ends"): Noun(say("what ends it"), LIMIT, Naming.HAPPENING),
    ("Pause", "first_day"): Noun(say("whether the day on which it begins is paused"), LIMIT),
    ("Pause", "last_day"): Noun(say("whether the day on which it ends is paused"), LIMIT),
    ("Pause", "times"): Noun(say("how often it may be used"), LIMIT),
    ("Pause", "at_most"): Noun(say("after how long it ends by itself"), LIMIT),
    ("Extension", "mode"): Noun(say("what the extension names"), LIMIT),
    ("Extension", "period"): Noun(say("the length"), LIMIT),
    ("Extension", "times"): Noun(say("how often it may be granted"), LIMIT),
    ("Extension", "ask"): Noun(say("what asks for it"), RIGHT, Naming.ACTION),
    ("Extension", "grant"): Noun(say("what grants it"), RIGHT, Naming.ACTION),
    ("Extension", "refuse"): Noun(say("what refuses it"), RIGHT, Naming.ACTION),
    ("Extension", "before_due"): Noun(say("whether it is possible before due only"), LIMIT),
    ("Extension", "amount"): Noun(say("the field with the number"), LIMIT),
    ("Extension", "until"): Noun(say("the field with the last day"), LIMIT, Naming.FIELD),
    ("Extension", "cap"): Noun(say("the total that no extension passes"), LIMIT),
    ("Extension", "lead"): Noun(say("how long before due it must be asked for"), LIMIT),
    ("Extension", "decided_within"): Noun(say("within how long it must be granted"), LIMIT),
    ("Extension", "decided_after"): Noun(say("from when that is counted"), LIMIT, Naming.HAPPENING),
    ("Extension", "every_run"): Noun(say("whether a grant holds for later runs too"), LIMIT),
    ("OtherReading", "limits"): Noun(say("the limit"), LIMIT),
    ("OtherReading", "pauses"): Noun(say("whether time stands still by it too"), LIMIT),
}
"""Every attribute of the model whose differences are told, by the name of its class and its own."""


def noun_of(owner: type, name: str) -> Noun:
    """Return the words for an attribute; for one that is not known here, its name and the gravest of what it may be."""
    return NOUNS.get((owner.__name__, name)) or Noun(say("{name}", name=name.replace("_", " ")), PATH)


SWITCHED: Mapping[tuple[str, str], tuple[Message, Message]] = {
    ("Role", "of_unit"): (say("{subject} acts for its own unit only"), say("{subject} acts for every unit")),
    ("State", "final"): (say("{subject}: the case ends in it"), say("{subject}: the case does not end in it any more")),
    ("State", "unlimited"): (
        say("{subject}: a case is meant to wait in it without a limit"),
        say("{subject}: a case is not meant to wait in it without a limit any more"),
    ),
    ("Stage", "beside_states"): (
        say("{subject} is meant to have no state"),
        say("{subject} is not meant to have no state any more"),
    ),
    ("Action", "optional"): (
        say("{subject} does not wait in an inbox any more"),
        say("{subject} waits in the inbox of whoever may do it"),
    ),
    ("Field", "required"): (say("{subject} must be given"), say("{subject} need not be given any more")),
    ("Field", "private"): (say("{subject} is private now"), say("{subject} is not private any more")),
    ("Field", "published"): (
        say("{subject} is guarded as a text for everybody"),
        say("{subject} is not guarded as a text for everybody any more"),
    ),
    ("Limit", "chosen"): (
        say("{subject}: there need not be a limit for every other value"),
        say("{subject}: there must be a limit for every other value"),
    ),
    ("Counting", "each_rolls"): (
        say("{subject}: each of its lengths moves off days of rest"),
        say("{subject}: only the last of its lengths moves off days of rest"),
    ),
    ("Counting", "clear"): (say("{subject} counts clear days"), say("{subject} does not count clear days any more")),
    ("Counting", "months_from_next_day"): (
        say("{subject}: months are counted from the next day"),
        say("{subject}: months are counted from the day of the start"),
    ),
    ("Counting", "hours_roll"): (
        say("{subject}: hours that end on a day of rest move on"),
        say("{subject}: hours end on days of rest too"),
    ),
    ("DeemedReceipt", "outside_hours"): (
        say("{subject}: what comes outside office hours counts from the next opening"),
        say("{subject}: what comes outside office hours counts at once"),
    ),
    ("DeemedReceipt", "rest_day"): (
        say("{subject}: what comes on a day of rest counts from the next working day"),
        say("{subject}: what comes on a day of rest counts at once"),
    ),
    ("Pause", "first_day"): (
        say("{subject}: the day on which it begins is paused"),
        say("{subject}: the day on which it begins is counted"),
    ),
    ("Pause", "last_day"): (
        say("{subject}: the day on which it ends is paused"),
        say("{subject}: the day on which it ends is counted"),
    ),
    ("Extension", "before_due"): (
        say("{subject}: it is possible before due only"),
        say("{subject}: it is possible after due too"),
    ),
    ("Extension", "every_run"): (
        say("{subject}: a grant holds for later runs too"),
        say("{subject}: a grant holds for its own run only"),
    ),
    ("OtherReading", "pauses"): (
        say("{subject}: time stands still by it too"),
        say("{subject}: time does not stand still by it"),
    ),
}
"""What is said when a yes-or-no of the model becomes yes, and when it becomes no."""
