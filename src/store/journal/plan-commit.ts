import { eventHash, GENESIS_HASH } from '../../audit/event-hash.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { ArtifactRecord, StepRecord } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import { canonicalJson, type JsonObject } from '../../lib/json.ts';
import type { EventRow } from '../rows/event-row.ts';
import type { LeafRow } from '../rows/leaf-row.ts';
import { applyEvent, createRunDraft, type RunDraft } from '../rows/run-draft.ts';

/** One call of `Journal.append`. */
export interface AppendRequest {
  readonly runId: string;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  /** The canonical text of each payload, where it has been made already. */
  readonly payloads?: readonly string[];
}

/** What a stored run tells the append that comes after it. */
export interface RunHead {
  readonly seq: number;
  readonly hash: string;
  readonly tenant: string;
  readonly subject: string;
  readonly workflow: string | undefined;
  /** The node that drives it. */
  readonly owner: string;
}

/** What the store holds, read in the same transaction that the plan is written in. */
export interface CommitBase {
  /** The newest position. */
  readonly position: number;
  head(runId: string): RunHead | undefined;
  /** The run that has this idempotency key. */
  runByIdempotencyKey(tenant: string, subject: string, key: string): string | undefined;
  /** A step of a stored run: the one that others are added to. */
  step(runId: string, key: string): StepRecord | undefined;
}

/** The append is in the plan: its events have the positions from `first`, and these hashes. */
export interface AcceptedAppend {
  readonly first: number;
  readonly prevHash: string;
  readonly hashes: readonly string[];
  readonly tenant: string;
  readonly subject: string;
  readonly workflow: string | undefined;
}

/** The append is not in the plan, and nothing of it. */
export interface RejectedAppend {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: JsonObject;
  /** The stack of a mistake in the code, for the log. */
  readonly cause?: string;
}

export type AppendOutcome = AcceptedAppend | RejectedAppend;

/** `details` of a refusal that does not know whether the append has happened. */
export const IN_DOUBT = { inDoubt: true } as const;

/** Everything that one transaction writes, and what each append is told once it is durable. */
export interface CommitPlan {
  readonly outcomes: readonly AppendOutcome[];
  readonly runs: Iterable<RunDraft>;
  readonly events: readonly EventRow[];
  readonly leaves: readonly LeafRow[];
  /** The newest position after it. */
  readonly position: number;
  readonly artifacts: readonly (ArtifactRecord & { readonly tenant: string })[];
}

/**
 * Decides what a group of appends writes, in their order: fences each by its run's owner and next seq, keeps idempotency
 * keys unique, gives positions, chains hashes, and folds the events into the tables' rows. A refused append leaves no trace
 * in the others. Pure, and the same for every database.
 */
export function planCommit(appends: readonly AppendRequest[], base: CommitBase, node: string): CommitPlan {
  const heads = new Map<string, RunHead | undefined>();
  const keys = new Map<string, string>();
  const runs = new Map<string, RunDraft>();
  const events: EventRow[] = [];
  const leaves: LeafRow[] = [];
  const artifacts: (ArtifactRecord & { tenant: string })[] = [];

  const accept = ({ runId, expectedSeq, events: added, payloads }: AppendRequest): AppendOutcome => {
    if (!heads.has(runId)) heads.set(runId, base.head(runId));
    const head = heads.get(runId);
    if (head && head.owner !== node) return rejectLostLease(runId, head.owner);
    const nextSeq = (head?.seq ?? 0) + 1;
    if (expectedSeq !== nextSeq) return rejectStaleSeq(runId, expectedSeq, nextSeq);

    const [opening] = added;
    const about = head ?? (opening?.type === 'RUN_CREATED' ? describeOpening(opening) : undefined);
    if (!opening || !about) return { code: 'BAD_INPUT', message: 'The first event of a run must be RUN_CREATED.' };
    const { tenant, subject, workflow } = about;

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
    const draft = runs.get(runId) ?? createRunDraft(runId, opening, tenant);
    runs.set(runId, draft);
    for (const [index, event] of added.entries()) {
      applyEvent(draft, event, nextSeq + index, (stepKey) => base.step(runId, stepKey));
      if (event.type === 'ARTIFACT_CREATED') {
        const { step, at: createdAt, payload } = event;
        artifacts.push({ ...payload, runId, tenant, createdAt, ...(step !== undefined && { step }) });
      }
    }
    Object.assign(draft.run, { seq: last.seq, headPosition: last.position, headHash: last.hash });
    heads.set(runId, { seq: last.seq, hash: last.hash, tenant, subject, workflow, owner: node });
    events.push(...stored);
    const { state } = draft.run;
    if (state !== undefined && isFinalRunState(state)) {
      leaves.push({ position: last.position, runId, seq: last.seq, hash: last.hash });
    }
    return { first, prevHash, hashes: stored.map((event) => event.hash), tenant, subject, workflow };
  };

  const results = appends.map(accept);
  return { outcomes: results, runs: runs.values(), events, leaves, artifacts, position: base.position + events.length };
}

function describeOpening({ payload }: Extract<NewEvent, { type: 'RUN_CREATED' }>) {
  const { principal, workflow } = payload;
  return { tenant: principal.tenant, subject: principal.subject, workflow };
}

/** The events with their places and hashes, or why one of them has no canonical form. */
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

/** For example a lone surrogate in a text, which has no UTF-8. */
export function rejectNonCanonical(error: Error): RejectedAppend {
  return { code: 'BAD_INPUT', message: `What was sent cannot be recorded as canonical JSON: ${error.message}.` };
}

function rejectStaleSeq(runId: string, expectedSeq: number, nextSeq: number): RejectedAppend {
  const message =
    expectedSeq === 1
      ? `The run ${runId} exists already; give the new run an id of its own.`
      : `The run ${runId} has moved on: its next event is ${nextSeq}, not ${expectedSeq}. Read it again.`;
  return { code: 'CONFLICT', message, details: { expectedSeq, nextSeq } };
}

function rejectLostLease(runId: string, owner: string): RejectedAppend {
  const message = `The run ${runId} is driven by the node ${owner} now; this one may not change it any more.`;
  return { code: 'CONFLICT', message, details: { owner } };
}

function rejectDuplicateKey(runId: string): RejectedAppend {
  return {
    code: 'CONFLICT',
    message: `The idempotency key belongs to the run ${runId}; read that run, or use another key.`,
    details: { runId },
  };
}
