import { hash } from 'node:crypto';
import { canonicalJson } from '../lib/json.ts';

/** The part of an event that its hash covers, in addition to its position in the chain. */
export interface HashedEvent {
  readonly type: string;
  readonly at: Date;
  readonly step?: string | undefined;
  /** Canonical JSON (RFC 8785) of the payload. */
  readonly payload: string;
}

/** `prevHash` of the first event of a run. */
export const GENESIS_HASH = '0'.repeat(64);

/**
 * The hash of one event, in lower-case hex: sha256(0x00 ‖ runId ‖ seq ‖ prevHash ‖ JCS(event)), all of it UTF-8.
 * runId is 36 characters, seq 16 decimal digits with leading zeros, prevHash 64 hex digits: since all three have a fixed
 * length, no two inputs give the same bytes. The byte 0x00 marks a leaf, as in RFC 6962 section 2.1.
 * JCS(event) is the object of `at` (RFC 3339, UTC, milliseconds), `payload`, `step` (if any) and `type`.
 */
export function eventHash(runId: string, seq: number, prevHash: string, event: HashedEvent): string {
  return hash('sha256', `\0${runId}${String(seq).padStart(16, '0')}${prevHash}${canonicalEvent(event)}`, 'hex');
}

/** The members are in the order of RFC 8785, so that a canonical payload need not be parsed again. */
function canonicalEvent({ type, at, step, payload }: HashedEvent): string {
  const stepMember = step === undefined ? '' : `,"step":${canonicalJson(step)}`;
  return `{"at":"${at.toISOString()}","payload":${payload}${stepMember},"type":${canonicalJson(type)}}`;
}
