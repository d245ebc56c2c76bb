import type { Role, User } from '../../core/principal.ts';
import type { Failure, Priority, RunKind, RunPlan, RunRecord } from '../../core/run.ts';
import { isFinalRunState, type RunState } from '../../core/states.ts';
import { canonicalJson, type Json, type JsonObject } from '../../lib/json.ts';

/** A row of `runs`, as it is written. When it is read, times may be Dates and positions bigints. */
export interface RunRow<Time = number, Long = number> {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
  readonly username: string;
  readonly roles: string;
  readonly kind: string;
  readonly state: string;
  readonly goal: string | null;
  readonly workflow: string | null;
  readonly priority: string;
  readonly traceId: string;
  readonly idempotencyKey: string | null;
  readonly requestDigest: string;
  readonly parentId: string | null;
  readonly rerunOf: string | null;
  readonly createdAt: Time;
  readonly startedAt: Time | null;
  readonly finishedAt: Time | null;
  readonly seq: number;
  readonly headPosition: Long;
  readonly headHash: string;
  readonly error: string | null;
  readonly errorCode: string | null;
  readonly labels: string;
  readonly inputs: string;
  readonly plan: string | null;
  readonly outputs: string | null;
  readonly owner: string;
  readonly dueAt: Long | null;
}

/** Whose a run is; every row of it says so. */
export type RunIdentity = Pick<User, 'tenant' | 'subject'>;

export interface LabelRow {
  readonly runId: string;
  readonly tenant: string;
  readonly key: string;
  readonly value: string;
}

/** @param owner the node that drives the run */
export function toRunRow(run: RunRecord, owner: string): RunRow {
  return {
    id: run.id,
    tenant: run.principal.tenant,
    subject: run.principal.subject,
    username: run.principal.username,
    roles: JSON.stringify(run.principal.roles),
    kind: run.kind,
    state: run.state,
    goal: run.goal ?? null,
    workflow: run.workflow ?? null,
    priority: run.priority,
    traceId: run.traceId,
    idempotencyKey: run.idempotencyKey ?? null,
    requestDigest: run.requestDigest,
    parentId: run.parentId ?? null,
    rerunOf: run.rerunOf ?? null,
    createdAt: run.createdAt.getTime(),
    startedAt: run.startedAt?.getTime() ?? null,
    finishedAt: run.finishedAt?.getTime() ?? null,
    seq: run.seq,
    headPosition: run.headPosition,
    headHash: run.headHash,
    error: run.error ? JSON.stringify(run.error) : null,
    errorCode: run.error?.code ?? null,
    labels: JSON.stringify(run.labels),
    inputs: JSON.stringify(run.inputs),
    plan: run.plan ? JSON.stringify(run.plan) : null,
    outputs: run.outputs ? JSON.stringify(run.outputs) : null,
    owner,
    dueAt: dueAtOf(run.state),
  };
}

/** A run that is appended to is driven until it ends. */
export function dueAtOf(state: RunState): number | null {
  return isFinalRunState(state) ? null : 0;
}

export function toLabelRows(run: RunRecord): LabelRow[] {
  const { id: runId, labels, principal } = run;
  return Object.entries(labels).map(([key, value]) => ({
    runId,
    tenant: principal.tenant,
    key,
    value: canonicalJson(value),
  }));
}

export function toRunRecord(
  row: Omit<RunRow<Date | number, bigint | number>, 'owner' | 'dueAt' | 'errorCode'>,
): RunRecord {
  const { tenant, subject, username } = row;
  return {
    id: row.id,
    kind: row.kind as RunKind,
    state: row.state as RunState,
    ...(row.goal !== null && { goal: row.goal }),
    ...(row.workflow !== null && { workflow: row.workflow }),
    principal: { subject, username, tenant, roles: JSON.parse(row.roles) as Role[] },
    inputs: JSON.parse(row.inputs) as Json,
    ...(row.plan !== null && { plan: JSON.parse(row.plan) as RunPlan }),
    ...(row.outputs !== null && { outputs: JSON.parse(row.outputs) as JsonObject }),
    labels: JSON.parse(row.labels) as JsonObject,
    priority: row.priority as Priority,
    traceId: row.traceId,
    ...(row.idempotencyKey !== null && { idempotencyKey: row.idempotencyKey }),
    requestDigest: row.requestDigest,
    ...(row.parentId !== null && { parentId: row.parentId }),
    ...(row.rerunOf !== null && { rerunOf: row.rerunOf }),
    ...(row.error !== null && { error: JSON.parse(row.error) as Failure }),
    createdAt: new Date(row.createdAt),
    ...(row.startedAt !== null && { startedAt: new Date(row.startedAt) }),
    ...(row.finishedAt !== null && { finishedAt: new Date(row.finishedAt) }),
    seq: row.seq,
    headPosition: Number(row.headPosition),
    headHash: row.headHash,
  };
}
