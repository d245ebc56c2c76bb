import type { Role, User } from '../../core/principal.ts';
import type { ApprovalRecord, ApprovalState } from '../../core/run.ts';
import type { RunIdentity } from './run-row.ts';

/** What a decision changes in a row of `approvals`. */
export interface ApprovalChange<Time = number> {
  readonly state: string;
  readonly decidedAt: Time | null;
  readonly decidedBy: string | null;
  readonly comment: string | null;
}

/** A row of `approvals`, as it is written. When it is read, times may be Dates. */
export interface ApprovalRow<Time = number> extends ApprovalChange<Time> {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
  readonly runId: string;
  readonly step: string;
  readonly reason: string;
  readonly roles: string;
  readonly requestedAt: Time;
  readonly expiresAt: Time | null;
  readonly call: string | null;
}

export function toApprovalChange(
  approval: Pick<ApprovalRecord, 'state' | 'decidedAt' | 'decidedBy' | 'comment'>,
): ApprovalChange {
  return {
    state: approval.state,
    decidedAt: approval.decidedAt?.getTime() ?? null,
    decidedBy: approval.decidedBy ? JSON.stringify(approval.decidedBy) : null,
    comment: approval.comment ?? null,
  };
}

export function toApprovalRow(approval: ApprovalRecord, { tenant, subject }: RunIdentity): ApprovalRow {
  return {
    ...toApprovalChange(approval),
    id: approval.id,
    tenant,
    subject,
    runId: approval.runId,
    step: approval.step,
    reason: approval.reason,
    roles: JSON.stringify(approval.roles),
    requestedAt: approval.requestedAt.getTime(),
    expiresAt: approval.expiresAt?.getTime() ?? null,
    call: approval.call ?? null,
  };
}

export function toApprovalRecord(row: ApprovalRow<Date | number>): ApprovalRecord {
  return {
    id: row.id,
    runId: row.runId,
    step: row.step,
    state: row.state as ApprovalState,
    reason: row.reason,
    roles: JSON.parse(row.roles) as Role[],
    requestedAt: new Date(row.requestedAt),
    ...(row.call !== null && { call: row.call }),
    ...(row.expiresAt !== null && { expiresAt: new Date(row.expiresAt) }),
    ...(row.decidedAt !== null && { decidedAt: new Date(row.decidedAt) }),
    ...(row.decidedBy !== null && { decidedBy: JSON.parse(row.decidedBy) as User }),
    ...(row.comment !== null && { comment: row.comment }),
  };
}
