"""Approvals."""

from __future__ import annotations

import builtins
from typing import cast

from .errors import SignalboxError
from .generated.operations import Approval, ApprovalState, Operations, PageInfo
from .pages import Pages


class Approvals:
    """Every method raises SignalboxError; Refused if the server refuses a decision."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def list(
        self,
        *,
        state: ApprovalState | None = None,
        mine: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Pages[Approval]:
        """With `mine` only those that you may decide."""

        def read(after: str | None) -> tuple[builtins.list[Approval], PageInfo]:
            page = self._operations.approval_page(state=state, mine=mine, first=first, after=after)
            return page["nodes"], page["pageInfo"]

        return Pages(after, read)

    def get(self, id: str) -> Approval:
        node = self._operations.approval_node(id)
        # Other nodes have none of the fields.
        if node is None or "state" not in node:
            raise SignalboxError("NOT_FOUND", f"There is no approval {id}, or you may not see it.")
        return cast(Approval, node)

    def approve(self, id: str, *, comment: str | None = None) -> Approval:
        return self._operations.decide_approval(id, True, comment=comment)

    def reject(self, id: str, *, comment: str | None = None) -> Approval:
        return self._operations.decide_approval(id, False, comment=comment)
