import { randomFillSync } from 'node:crypto';

export type IdPrefix = 'run' | 'step' | 'art' | 'apr' | 'wf' | 'call' | 'usr' | 'node' | 'msg';

/** Asking the system for random bytes costs far more than taking them out of a pool. */
const pool = Buffer.alloc(8_192);
let taken = pool.length;

/** Where the next `count` random bytes begin in the pool; nobody gets them again. */
function randomBytes(count: number): number {
  if (taken + count > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += count;
  return taken - count;
}

/** A typed id: prefix, `_`, UUIDv7 (RFC 9562) in hex. Ids made later sort later. */
export function newId(prefix: IdPrefix, now = Date.now()): string {
  const at = randomBytes(10);
  // After the time come the version (7), 12 random bits, the variant (binary 10) and 62 random bits.
  pool[at + 2] = ((pool[at + 2] as number) & 0x3f) | 0x80;
  const time = now.toString(16).padStart(12, '0');
  return `${prefix}_${time}7${pool.toString('hex', at, at + 10).slice(1)}`;
}

/** The prefix of an id made by `newId`, or undefined when the text is none. */
export function idPrefix(id: string): IdPrefix | undefined {
  return /^(run|step|art|apr|wf|call|usr|node|msg)_[0-9a-f]{32}$/.exec(id)?.[1] as IdPrefix | undefined;
}

/** A W3C trace id: 32 random hex digits. */
export function newTraceId(): string {
  const at = randomBytes(16);
  return pool.toString('hex', at, at + 16);
}
