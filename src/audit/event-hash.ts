import { hash } from 'node:crypto';
import { canonicalJson } from '../lib/json.ts';

/** What of an event its hash covers, beside its place in the chain. */
export interface HashedEvent {
  readonly type: string;
  readonly at: Date;
  readonly step?: string | undefined;
  /** Canonical JSON (RFC 8785) of the payload. */
  readonly payload: string;
}

/** What the first event of a run has as `prevHash`. */
export const GENESIS_HASH = '0'.repeat(64);

/**
 * The hash of one event, in lower-case hex: sha256(0x00 ‖ runId ‖ seq ‖ prevHash ‖ JCS(event)), all of it UTF-8.
 * runId is 36 characters, seq 16 decimal digits with leading zeros, prevHash 64 hex digits: since all three have a fixed
 * length, no two inputs give the same bytes. The byte 0x00 marks a leaf, as in RFC 6962 section 2.1.
 * JCS(event) is the object of `at` (RFC 3339, UTC, milliseconds), `payload`, `step` (where there is one) and `type`.
 */
export function eventHash(runId: string, seq: number, prevHash: string, event: HashedEvent): string {
  return hash('sha256', `\0${runId}${String(seq).padStart(16, '0')}${prevHash}${canonicalEvent(event)}`, 'hex');
}

/** Its members come in the order that RFC 8785 sorts them in, so that a canonical payload is not parsed again. */
function canonicalEvent({ type, at, step, payload }: HashedEvent): string {
  const about = step === undefined ? '' : `,"step":${canonicalJson(step)}`;
  return `{"at":"${at.toISOString()}","payload":${payload}${about},"type":${canonicalJson(type)}}`;
}
