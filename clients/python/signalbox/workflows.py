"""Saved workflows."""

from __future__ import annotations

import builtins
from typing import Any

from .errors import SignalboxError
from .generated.operations import Operations, PageInfo, ValidateWorkflow, Workflow, WorkflowSource, WorkflowText
from .pages import Pages


class Workflows:
    """Every method raises SignalboxError; Refused if the server refuses a change."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def list(self, *, first: int | None = None, after: str | None = None) -> Pages[Workflow]:
        def read(after: str | None) -> tuple[builtins.list[Workflow], PageInfo]:
            page = self._operations.workflow_page(first=first, after=after)
            return page["nodes"], page["pageInfo"]

        return Pages(after, read)

    def get(self, name: str, *, version: int | None = None) -> WorkflowText:
        """A workflow with its text. By default its newest version."""
        workflow = self._operations.workflow_text(name, version=version)
        if workflow is None:
            raise _not_found(name)
        return workflow

    def save(self, yaml: str, *, if_version: int | None = None) -> Workflow:
        """Saves a document as a new version. Raises CONFLICT unless the newest version is `if_version`."""
        return self._operations.save_workflow({"yaml": yaml}, if_version=if_version)

    def validate(self, source: WorkflowSource, *, inputs: Any = None) -> ValidateWorkflow:
        """What is wrong with a document, and what the policy would say."""
        return self._operations.validate_workflow(source, inputs=inputs)

    def delete(self, name: str) -> Workflow:
        return self._operations.delete_workflow(name)

    def versions(self, name: str, *, first: int | None = None, after: str | None = None) -> Pages[Workflow]:
        """Newest first."""

        def read(after: str | None) -> tuple[builtins.list[Workflow], PageInfo]:
            workflow = self._operations.workflow_versions(name, first=first, after=after)
            if workflow is None:
                raise _not_found(name)
            return workflow["versions"]["nodes"], workflow["versions"]["pageInfo"]

        return Pages(after, read)


def _not_found(name: str) -> SignalboxError:
    return SignalboxError("NOT_FOUND", f"There is no saved workflow {name} in this version, or you may not see it.")
