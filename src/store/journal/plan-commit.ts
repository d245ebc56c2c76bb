import { eventHash, GENESIS_HASH } from '../../audit/event-hash.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { ArtifactRecord, StepRecord } from '../../core/run.ts';
import { isFinalRunState, type RunState } from '../../core/states.ts';
import { canonicalJson, type JsonObject } from '../../lib/json.ts';
import type { EventRow } from '../rows/event-row.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import { createQuotaChanges, type QuotaChangeRow } from '../rows/quota-changes.ts';
import { applyEvent, createRunDraft, type RunDraft } from '../rows/run-draft.ts';
import type { RunIdentity } from '../rows/run-row.ts';

/** One call of `Journal.append`. */
export interface AppendRequest {
  readonly runId: string;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  /** The canonical text of each payload, if it exists already. */
  readonly payloads?: readonly string[];
}

/** The state of a stored run that the next append depends on. */
export interface RunHead {
  readonly seq: number;
  readonly hash: string;
  readonly tenant: string;
  readonly subject: string;
  readonly workflow: string | undefined;
  /** The run that started it. */
  readonly parentId: string | null;
  /** The node that drives it. */
  readonly owner: string;
  readonly state: RunState;
}

/** The state of the store, read in the transaction that writes the plan. */
export interface CommitBase {
  /** The newest position. */
  readonly position: number;
  head(runId: string): RunHead | undefined;
  /** The run that has this idempotency key. */
  runByIdempotencyKey(tenant: string, subject: string, key: string): string | undefined;
  /** A step of a stored run: the parent of added steps. */
  step(runId: string, key: string): StepRecord | undefined;
}

/** The append is in the plan: its events have the positions from `first` on, and these hashes. */
export interface AcceptedAppend {
  readonly first: number;
  readonly prevHash: string;
  readonly hashes: readonly string[];
  readonly tenant: string;
  readonly subject: string;
  readonly workflow: string | undefined;
}

/** No part of the append is in the plan. */
export interface RejectedAppend {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: JsonObject;
  /** The stack of an internal error, for the log. */
  readonly cause?: string;
}

export type AppendOutcome = AcceptedAppend | RejectedAppend;

/** `details` of a rejection after which the append may or may not have happened. */
export const IN_DOUBT = { inDoubt: true } as const;

/** Everything that one transaction writes, and the outcome of each append once it is durable. */
export interface CommitPlan {
  readonly outcomes: readonly AppendOutcome[];
  readonly runs: Iterable<RunDraft>;
  readonly events: readonly EventRow[];
  readonly leaves: readonly LeafRow[];
  /** The parents of runs that end: those that are parked become due. */
  readonly parentIds: readonly string[];
  /** The newest position after the commit. */
  readonly position: number;
  readonly artifacts: readonly (ArtifactRecord & RunIdentity)[];
  /** What the artifacts and the waiting runs count for. */
  readonly quotas: readonly QuotaChangeRow[];
}

/**
 * Decides what a group of appends writes, in their order: fences each by its run's owner and next seq, keeps idempotency
 * keys unique, assigns positions, chains hashes, and folds the events into the tables' rows. A rejected append does not
 * affect the others. Pure, and the same for every database.
 */
export function planCommit(appends: readonly AppendRequest[], base: CommitBase, nodeId: string): CommitPlan {
  const heads = new Map<string, RunHead | undefined>();
  const keys = new Map<string, string>();
  const runs = new Map<string, RunDraft>();
  const events: EventRow[] = [];
  const leaves: LeafRow[] = [];
  const parentIds: string[] = [];
  const artifacts: (ArtifactRecord & RunIdentity)[] = [];
  const quotas = createQuotaChanges();

  const accept = ({ runId, expectedSeq, events: added, payloads }: AppendRequest): AppendOutcome => {
    if (!heads.has(runId)) heads.set(runId, base.head(runId));
    const head = heads.get(runId);
    if (head && head.owner !== nodeId) return rejectLostLease(runId, head.owner);
    const nextSeq = (head?.seq ?? 0) + 1;
    if (expectedSeq !== nextSeq) return rejectStaleSeq(runId, expectedSeq, nextSeq);

    const [opening] = added;
    const identity = head ?? (opening?.type === 'RUN_CREATED' ? describeOpening(opening) : undefined);
    if (!opening || !identity) return { code: 'BAD_INPUT', message: 'The first event of a run must be RUN_CREATED.' };
    const { tenant, subject, workflow } = identity;

    const key = opening.type === 'RUN_CREATED' ? opening.payload.idempotencyKey : undefined;
    const keyName = key === undefined ? '' : JSON.stringify([tenant, subject, key]);
    const keyOwner =
      key === undefined ? undefined : (keys.get(keyName) ?? base.runByIdempotencyKey(tenant, subject, key));
    if (keyOwner !== undefined) return rejectDuplicateKey(keyOwner);

    const prevHash = head?.hash ?? GENESIS_HASH;
    const first = base.position + events.length + 1;
    const stored = chainEvents(added, payloads, { runId, seq: nextSeq, position: first, prevHash, tenant, subject });
    if (stored instanceof Error) return rejectNonCanonical(stored);
    const last = stored.at(-1) as EventRow;

    if (key !== undefined) keys.set(keyName, runId);
    const draft = runs.get(runId) ?? createRunDraft(runId, opening, { tenant, subject });
    runs.set(runId, draft);
    for (const [index, event] of added.entries()) {
      applyEvent(draft, event, nextSeq + index, (stepKey) => base.step(runId, stepKey));
      if (event.type === 'ARTIFACT_CREATED') {
        const { step, at: createdAt, payload } = event;
        artifacts.push({ ...payload, runId, tenant, subject, createdAt, ...(step !== undefined && { step }) });
        quotas.add(identity, 'artifacts', 1);
        quotas.add(identity, 'artifactBytes', payload.size);
      }
    }
    Object.assign(draft.run, { seq: last.seq, headPosition: last.position, headHash: last.hash });
    const { state = head?.state ?? 'PENDING' } = draft.run;
    quotas.addRunState(identity, head?.state, state);
    // The parent of a new run cannot be parked: that takes a child that is stored.
    const parentId = head?.parentId ?? null;
    heads.set(runId, { seq: last.seq, hash: last.hash, tenant, subject, workflow, parentId, owner: nodeId, state });
    events.push(...stored);
    if (draft.run.state !== undefined && isFinalRunState(state)) {
      leaves.push({ position: last.position, runId, seq: last.seq, hash: last.hash });
      if (parentId !== null) parentIds.push(parentId);
    }
    return { first, prevHash, hashes: stored.map((event) => event.hash), tenant, subject, workflow };
  };

  const outcomes = appends.map(accept);
  const position = base.position + events.length;
  return { outcomes, runs: runs.values(), events, leaves, parentIds, artifacts, quotas: quotas.rows(), position };
}

function describeOpening({ payload }: Extract<NewEvent, { type: 'RUN_CREATED' }>) {
  const { principal, workflow } = payload;
  return { tenant: principal.tenant, subject: principal.subject, workflow };
}

/** The events with their positions and hashes, or why one of them has no canonical form. */
function chainEvents(
  events: readonly NewEvent[],
  payloads: readonly string[] | undefined,
  start: Pick<EventRow, 'runId' | 'seq' | 'position' | 'prevHash' | 'tenant' | 'subject'>,
): EventRow[] | Error {
  let { prevHash } = start;
  try {
    return events.map(({ type, at, step, payload: value }, index) => {
      const seq = start.seq + index;
      const payload = payloads?.[index] ?? canonicalJson(value);
      const hash = eventHash(start.runId, seq, prevHash, { type, at, step, payload });
      const stored: EventRow = {
        position: start.position + index,
        runId: start.runId,
        seq,
        tenant: start.tenant,
        subject: start.subject,
        type,
        at: at.getTime(),
        step: step ?? null,
        prevHash,
        hash,
        payload,
      };
      prevHash = hash;
      return stored;
    });
  } catch (error) {
    return error as Error;
  }
}

/** For example a lone surrogate in a string, which has no UTF-8. */
export function rejectNonCanonical(error: Error): RejectedAppend {
  return {
    code: 'BAD_INPUT',
    message: `The input cannot be recorded as canonical JSON: ${error.message}. Correct the value, then try again.`,
  };
}

function rejectStaleSeq(runId: string, expectedSeq: number, nextSeq: number): RejectedAppend {
  const message =
    expectedSeq === 1
      ? `The run ${runId} already exists; give the new run another id.`
      : `The run ${runId} has changed: its next event has seq ${nextSeq}, not ${expectedSeq}. Read it again.`;
  return { code: 'CONFLICT', message, details: { expectedSeq, nextSeq } };
}

function rejectLostLease(runId: string, owner: string): RejectedAppend {
  const message = `The run ${runId} is now driven by the node ${owner}; this node can no longer change it.`;
  return { code: 'CONFLICT', message, details: { owner } };
}

function rejectDuplicateKey(runId: string): RejectedAppend {
  return {
    code: 'CONFLICT',
    message: `The idempotency key belongs to the run ${runId}; read that run, or use another key.`,
    details: { runId },
  };
}
