import { createHash } from 'node:crypto';
import { Fault } from '../core/errors.ts';
import type { EventPayloads, NewEvent } from '../core/event.ts';
import { newId, newTraceId } from '../core/ids.ts';
import { canonicalJson } from '../core/json.ts';
import type { SignedIn, User } from '../core/principal.ts';
import { activeTraceId } from '../core/span.ts';
import type { Start } from './driver/drive-run.ts';
import { openRun } from './model/run-aggregate.ts';

/** What a run is known by, beside what it does. */
export interface About {
  readonly traceId: string;
  readonly requestDigest: string;
  readonly idempotencyKey?: string;
}

type Opening = EventPayloads['RUN_CREATED'];

/** A run that is about to begin; nothing of it is recorded yet. */
export function beginRun(
  who: User,
  what: Pick<Opening, 'kind' | 'inputs' | 'steps'> & Partial<Opening>,
  about: About,
  at: Date,
  id = newId('run'),
): Start {
  const payload: Opening = { principal: who, labels: {}, priority: 'INTERACTIVE', ...what, ...about };
  const event: NewEvent = { type: 'RUN_CREATED', at, payload };
  return { live: openRun(id, at, payload), recorded: 0, events: [event], signal: { type: 'started' } };
}

/** @param asked what tells one request from another under the same key. @throws Fault BAD_INPUT for a key that is none */
export function aboutOf(request: { traceId?: string; idempotencyKey?: string }, asked: unknown): About {
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
