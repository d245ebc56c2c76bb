import { createHash } from 'node:crypto';
import { Fault } from '../../core/errors.ts';
import type { Event, EventPayloads, NewEvent } from '../../core/event.ts';
import { newId, newTraceId } from '../../core/ids.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { activeTraceId } from '../../core/tracing.ts';
import { canonicalJson } from '../../lib/json.ts';
import type { MachineInput } from '../model/machine-input.ts';
import { applyEvent, createRunAggregate, type RunAggregate, setHead } from '../model/run-aggregate.ts';

/** What the driver needs to drive a run. */
export interface RunStart {
  readonly run: RunAggregate;
  /** Seq of its newest event in the journal; 0 when it is new. */
  readonly persistedSeq: number;
  /** Events that are not in the journal yet. */
  readonly events: readonly NewEvent[];
  readonly input: MachineInput;
}

/** A run as the journal has it. */
export interface LoadedRun extends Pick<RunStart, 'run' | 'persistedSeq'> {
  readonly opening: Event & { type: 'RUN_CREATED' };
}

/** Reads a run from its events. @throws Fault NOT_FOUND */
export async function loadRun(reader: Pick<StoreReader, 'history'>, runId: string): Promise<LoadedRun> {
  let run: RunAggregate | undefined;
  let opening: (Event & { type: 'RUN_CREATED' }) | undefined;
  let head: Event | undefined;
  for await (const event of reader.history(runId)) {
    if (event.type === 'RUN_CREATED') {
      opening = event;
      run = createRunAggregate(runId, event.at, event.payload);
    } else if (run) applyEvent(run, event);
    head = event;
  }
  if (!run || !opening || !head) throw new Fault('NOT_FOUND', `There is no run ${runId}.`);
  setHead(run, head);
  return { run, persistedSeq: head.seq, opening };
}

/** What identifies the request that started a run. */
export interface RequestIdentity {
  readonly traceId: string;
  readonly requestDigest: string;
  readonly idempotencyKey?: string;
}

type Opening = EventPayloads['RUN_CREATED'];

/** A new run, of which nothing is recorded yet. */
export function createRunStart(
  user: User,
  plan: Pick<Opening, 'kind' | 'inputs' | 'steps'> & Partial<Opening>,
  identity: RequestIdentity,
  at: Date,
  id = newId('run'),
): RunStart {
  const payload: Opening = { principal: user, labels: {}, priority: 'INTERACTIVE', ...plan, ...identity };
  const event: NewEvent = { type: 'RUN_CREATED', at, payload };
  return { run: createRunAggregate(id, at, payload), persistedSeq: 0, events: [event], input: { type: 'started' } };
}

/**
 * @param content what distinguishes this request from another one with the same key
 * @throws Fault BAD_INPUT for an invalid key
 */
export function identifyRequest(
  request: { traceId?: string; idempotencyKey?: string },
  content: unknown,
): RequestIdentity {
  const { idempotencyKey, traceId = activeTraceId() ?? newTraceId() } = request;
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const message = 'An idempotency key has 1 to 255 visible ASCII characters.';
    throw new Fault('BAD_INPUT', message, { path: ['idempotencyKey'] });
  }
  if (idempotencyKey === undefined) return { traceId, requestDigest: '' };
  const requestDigest = createHash('sha256').update(canonicalJson(content)).digest('hex');
  return { traceId, requestDigest, idempotencyKey };
}

/** With its keys in canonical order, so that nothing is sorted when it is recorded. */
export function userOf({ subject, username, tenant, roles }: SignedIn): User {
  return { roles, subject, tenant, username };
}
