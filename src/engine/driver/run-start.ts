import { createHash } from 'node:crypto';
import { Fault } from '../../core/errors.ts';
import type { Event, EventPayloads, NewEvent } from '../../core/event.ts';
import { newId, newTraceId } from '../../core/ids.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { activeTraceId } from '../../core/tracing.ts';
import { canonicalJson } from '../../lib/json.ts';
import { applyEvent, createRunAggregate, type RunAggregate } from '../model/run-aggregate.ts';
import type { RunStart } from './drive-run.ts';

/** A run as its events tell it. @throws Fault NOT_FOUND */
export async function loadRun(
  reader: Pick<StoreReader, 'history'>,
  runId: string,
): Promise<{
  readonly live: RunAggregate;
  readonly recorded: number;
  readonly opening: Event & { type: 'RUN_CREATED' };
}> {
  let live: RunAggregate | undefined;
  let opening: (Event & { type: 'RUN_CREATED' }) | undefined;
  let head: Event | undefined;
  for await (const event of reader.history(runId)) {
    if (event.type === 'RUN_CREATED') {
      opening = event;
      live = createRunAggregate(runId, event.at, event.payload);
    } else if (live) applyEvent(live, event);
    head = event;
  }
  if (!live || !opening || !head) throw new Fault('NOT_FOUND', `There is no run ${runId}.`);
  Object.assign(live.record, { seq: head.seq, headPosition: head.position, headHash: head.hash });
  return { live, recorded: head.seq, opening };
}

/** What a run is known by, beside what it does. */
export interface RequestIdentity {
  readonly traceId: string;
  readonly requestDigest: string;
  readonly idempotencyKey?: string;
}

type Opening = EventPayloads['RUN_CREATED'];

/** A run that is about to begin; nothing of it is recorded yet. */
export function createRunStart(
  who: User,
  what: Pick<Opening, 'kind' | 'inputs' | 'steps'> & Partial<Opening>,
  about: RequestIdentity,
  at: Date,
  id = newId('run'),
): RunStart {
  const payload: Opening = { principal: who, labels: {}, priority: 'INTERACTIVE', ...what, ...about };
  const event: NewEvent = { type: 'RUN_CREATED', at, payload };
  return { run: createRunAggregate(id, at, payload), persistedSeq: 0, events: [event], input: { type: 'started' } };
}

/** @param asked what tells one request from another under the same key. @throws Fault BAD_INPUT for a key that is none */
export function identifyRequest(
  request: { traceId?: string; idempotencyKey?: string },
  asked: unknown,
): RequestIdentity {
  const { idempotencyKey, traceId = activeTraceId() ?? newTraceId() } = request;
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const message = 'An idempotency key has 1 to 255 visible ASCII characters.';
    throw new Fault('BAD_INPUT', message, { path: ['idempotencyKey'] });
  }
  if (idempotencyKey === undefined) return { traceId, requestDigest: '' };
  const requestDigest = createHash('sha256').update(canonicalJson(asked)).digest('hex');
  return { traceId, requestDigest, idempotencyKey };
}

export function userOf({ subject, username, tenant, roles }: SignedIn): User {
  return { subject, username, tenant, roles };
}
