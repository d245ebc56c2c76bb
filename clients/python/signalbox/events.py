"""Events one by one, of batches."""

from __future__ import annotations

from contextlib import closing
from typing import Generator

from .generated.operations import Event, EventBatch

# Events that the server sends at a time. With all their fields, a larger number exceeds its limit on the cost of an operation.
EVENT_BATCH = 350


def events_of(batches: Generator[EventBatch, None, None], *, follow: bool = True) -> Generator[Event, None, None]:
    """Without `follow` it ends with what has happened."""
    with closing(batches):
        for batch in batches:
            yield from batch["events"]
            if batch["caughtUp"] and not follow:
                return
