import { randomFillSync } from 'node:crypto';

export type IdPrefix = 'run' | 'step' | 'art' | 'apr' | 'wf' | 'call' | 'usr' | 'node' | 'msg';

/** Asking the system for random bytes costs far more than taking them out of a pool. */
const pool = Buffer.alloc(8_192);
let poolOffset = pool.length;

/** Where the next `count` random bytes begin in the pool; nobody gets them again. */
function randomBytes(count: number): number {
  if (poolOffset + count > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  poolOffset += count;
  return poolOffset - count;
}

let lastTime = 0;
let lastCount = 0;

/**
 * A typed id: prefix, `_`, UUIDv7 (RFC 9562) in hex. Ids made later by the same process sort later, also within one
 * millisecond: the 12 bits after the version count (section 6.2, method 1).
 * @param time of something else than now, in milliseconds since 1970; such ids have no order within a millisecond
 */
export function newId(prefix: IdPrefix, time?: number): string {
  const at = randomBytes(10);
  const random = ((pool[at] as number) << 8) | (pool[at + 1] as number);
  if (time === undefined) advanceCounter(random);
  const [ms, count] = time === undefined ? [lastTime, lastCount] : [time, random & 0xfff];
  // After the time and the count come the variant (binary 10) and 62 random bits.
  pool[at + 2] = ((pool[at + 2] as number) & 0x3f) | 0x80;
  const tail = pool.toString('hex', at + 2, at + 10);
  return `${prefix}_${ms.toString(16).padStart(12, '0')}7${count.toString(16).padStart(3, '0')}${tail}`;
}

/** Of a clock that was set back, and of a millisecond whose numbers are used up, nobody sees anything. */
function advanceCounter(random: number): void {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    // Half of the range is left to count up.
    lastCount = random & 0x7ff;
  } else if (lastCount < 0xfff) lastCount += 1;
  else {
    lastTime += 1;
    lastCount = 0;
  }
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
