"""Runs."""

from __future__ import annotations

import builtins
import math
import time
from contextlib import closing
from typing import Any, Collection, Generator

from .errors import TRANSIENT, RunFailed, SignalboxError
from .events import EVENT_BATCH, events_of
from .generated.operations import (
    AgentInput,
    Event,
    EventType,
    LogLevel,
    LogLine,
    Operations,
    PageInfo,
    Priority,
    Run,
    RunDetail,
    RunFilter,
    RunState,
    StepState,
    WorkflowSource,
)
from .pages import Pages
from .transport import Backoff

FINAL: tuple[RunState, ...] = ("SUCCEEDED", "FAILED", "TIMEOUT", "DENIED", "CANCELLED")
FAILED: tuple[StepState, ...] = ("FAILED", "FAILED_FATAL", "TIMEOUT", "DENIED", "CANCELLED")
LEVELS: tuple[LogLevel, ...] = ("DEBUG", "INFO", "WARN", "ERROR")


class Runs:
    """Every method raises SignalboxError; Refused if the server refuses what it is asked for."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def start(
        self,
        source: WorkflowSource,
        *,
        inputs: Any = None,
        labels: Any = None,
        priority: Priority | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Starts a workflow. It is repeated with the same idempotency key, so it starts once."""
        return self._operations.start_run(
            source, inputs=inputs, labels=labels, priority=priority, idempotency_key=idempotency_key
        )

    def agent(
        self,
        *,
        agent: AgentInput | None = None,
        document: Any = None,
        context: Any = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Starts an agent, likewise once."""
        return self._operations.run_agent(
            agent=agent, document=document, context=context, idempotency_key=idempotency_key
        )

    def get(self, id: str) -> RunDetail:
        """A run with its steps and outputs."""
        run = self._operations.run_detail(id)
        if run is None:
            raise _not_found(id)
        return run

    def list(
        self, *, filter: RunFilter | None = None, first: int | None = None, after: str | None = None
    ) -> Pages[Run]:
        """Newest first."""

        def read(after: str | None) -> tuple[builtins.list[Run], PageInfo]:
            page = self._operations.run_page(filter=filter, first=first, after=after)
            return page["nodes"], page["pageInfo"]

        return Pages(after, read)

    def cancel(self, id: str, *, reason: str | None = None) -> Run:
        return self._operations.cancel_run(id, reason=reason)

    def retry(self, id: str, step: str | None = None) -> Run:
        """Repeats a step that failed, by default the first, and what depends on it."""
        return self._operations.retry_step(id, step if step is not None else self._first_failed_step(id))

    def _first_failed_step(self, id: str) -> str:
        run = self.get(id)
        for step in run["steps"]:
            if step["state"] in FAILED:
                return step["key"]
        raise SignalboxError("CONFLICT", f"Run {id} is {run['state']}, and no step of it failed.")

    def rerun(self, id: str, *, from_step: str | None = None, inputs: Any = None) -> Run:
        """
        Starts another run like this one: of the same document, with the same inputs and labels. With `from_step` it
        keeps the results of the steps that do not depend on that one.
        """
        if from_step is not None:
            return self._operations.rerun_from(id, from_step, inputs=inputs)
        source = self._operations.run_source(id)
        if source is None:
            raise _not_found(id)
        text = source["text"]
        if text is None:
            message = f"The document of run {id} is not stored. Start it again with its document, or name the step to begin with (from_step)."
            raise SignalboxError("BAD_INPUT", message)
        return self.start({"yaml": text}, inputs=source["inputs"] if inputs is None else inputs, labels=source["labels"])

    def signal(self, id: str, name: str, payload: Any = None) -> Run:
        """Sends a signal to a run that waits for it."""
        return self._operations.send_signal(id, name, payload=payload)

    def wait(self, id: str, *, timeout: float | None = None) -> RunDetail:
        """
        The run when it has ended, in whatever state. Lost connections and restarts of the server are waited out.
        Raises TIMEOUT after `timeout` seconds; the run continues.
        """
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        backoff = Backoff()
        while True:
            remaining = None if timeout is None else deadline - time.monotonic()
            try:
                with closing(self._operations.run_updates(id, timeout=remaining)) as updates:
                    for update in updates:
                        if update["state"] in FINAL:
                            break
                run = self.get(id)
                if run["state"] in FINAL:
                    return run
                error = SignalboxError("UNAVAILABLE", f"The server ended the subscription before run {id} has ended.")
            except SignalboxError as interruption:
                if time.monotonic() >= deadline:
                    break
                if interruption.code not in TRANSIENT:
                    raise
                error = interruption
            backoff.wait(error, deadline)
        message = f"Run {id} has not ended within {timeout} s (timeout). It continues; wait for it again, or cancel it."
        raise SignalboxError("TIMEOUT", message)

    def result(self, id: str, *, timeout: float | None = None) -> Any:
        """The outputs of a run by name, or its output, when it has ended. Raises RunFailed unless it has succeeded."""
        run = self.wait(id, timeout=timeout)
        if run["state"] != "SUCCEEDED":
            raise RunFailed(run)
        outputs = run["outputs"]
        return {output["name"]: output["value"] for output in outputs} if outputs else run["output"]

    def events(
        self,
        id: str,
        *,
        after: str | None = None,
        types: Collection[EventType] | None = None,
        steps: Collection[str] | None = None,
    ) -> Generator[Event, None, None]:
        """Its events, each once and in order, until it has ended. Without `after` from its first event."""
        for event in self._events(id, after):
            if (types is None or event["type"] in types) and (steps is None or event["step"] in steps):
                yield event

    def logs(
        self,
        id: str,
        *,
        step: str | None = None,
        level: LogLevel = "DEBUG",
        after: str | None = None,
        follow: bool = True,
    ) -> Generator[LogLine, None, None]:
        """What its steps log, of at least this level. Without `follow` it ends with what has been logged."""
        levels = LEVELS[LEVELS.index(level) :]
        for event in self._events(id, after, follow=follow):
            if event["__typename"] == "LogLine" and event["level"] in levels and step in (None, event["step"]):
                yield event

    def text(self, id: str, *, step: str | None = None) -> Generator[str, None, None]:
        """What its agents write, as it comes."""
        for event in self._events(id):
            if event["__typename"] == "AgentDelta" and step in (None, event["step"]):
                yield event["text"]

    def _events(self, id: str, after: str | None = None, *, follow: bool = True) -> Generator[Event, None, None]:
        return events_of(self._operations.run_events(id, after=after, batch=EVENT_BATCH), follow=follow)


def _not_found(id: str) -> SignalboxError:
    return SignalboxError("NOT_FOUND", f"There is no run {id}, or you may not see it.")
