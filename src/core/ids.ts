import { randomUUID } from 'node:crypto';

export type IdPrefix = 'run' | 'step' | 'art' | 'apr' | 'wf' | 'call' | 'usr';

/** A typed id: prefix, `_`, UUIDv7 (RFC 9562) in hex. Ids made later sort later. */
export function newId(prefix: IdPrefix, now = Date.now()): string {
  const random = randomUUID().replaceAll('-', '');
  const time = now.toString(16).padStart(12, '0');
  // Version 7 stands in the 13th digit; randomUUID (version 4) already has the variant in the 17th.
  return `${prefix}_${time}7${random.slice(13)}`;
}

/** The prefix of an id made by `newId`, or undefined when the text is none. */
export function idPrefix(id: string): IdPrefix | undefined {
  return /^(run|step|art|apr|wf|call|usr)_[0-9a-f]{32}$/.exec(id)?.[1] as IdPrefix | undefined;
}

/** A W3C trace id: 32 hex digits of a random UUID, which Node draws from a pool; asking the system costs far more. */
export function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}
