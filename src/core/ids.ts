import { hash, randomFillSync } from 'node:crypto';

export type IdPrefix =
  | 'run'
  | 'step'
  | 'art'
  | 'apr'
  | 'wf'
  | 'call'
  | 'usr'
  | 'node'
  | 'msg'
  | 'dead'
  | 'ses'
  | 'tok'
  | 'hook'
  | 'view';

/** Requesting random bytes from the system costs far more than taking them from a pool. */
const pool = Buffer.alloc(8_192);
let poolOffset = pool.length;

/** Offset of the next `count` random bytes in the pool. They are never used twice. */
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
 * A typed id: prefix, `_`, UUIDv7 (RFC 9562) in hex. Ids created later by the same process sort later, also within one
 * millisecond: the 12 bits after the version are a counter (section 6.2, method 1).
 * @param time milliseconds since 1970, default now; ids with an explicit time have no order within a millisecond
 */
export function newId(prefix: IdPrefix, time?: number): string {
  const at = randomBytes(10);
  const random = ((pool[at] as number) << 8) | (pool[at + 1] as number);
  if (time === undefined) advanceCounter(random);
  const [ms, count] = time === undefined ? [lastTime, lastCount] : [time, random & 0xfff];
  // The time and the count are followed by the variant (binary 10) and 62 random bits.
  pool[at + 2] = ((pool[at + 2] as number) & 0x3f) | 0x80;
  const tail = pool.toString('hex', at + 2, at + 10);
  return `${prefix}_${ms.toString(16).padStart(12, '0')}7${count.toString(16).padStart(3, '0')}${tail}`;
}

/** Hides from callers that the clock was set back, or that the counter of a millisecond is exhausted. */
function advanceCounter(random: number): void {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    // Half of the range remains for counting up.
    lastCount = random & 0x7ff;
  } else if (lastCount < 0xfff) lastCount += 1;
  else {
    lastTime += 1;
    lastCount = 0;
  }
}

/** The prefix of an id from `newId`; undefined for any other text. */
export function idPrefix(id: string): IdPrefix | undefined {
  return /^(run|step|art|apr|wf|call|usr|node|msg|dead|ses|tok|hook|view)_[0-9a-f]{32}$/.exec(id)?.[1] as
    | IdPrefix
    | undefined;
}

/** A W3C trace id: 32 random hex digits. */
export function newTraceId(): string {
  const at = randomBytes(16);
  return pool.toString('hex', at, at + 16);
}

/** Whether it is a trace id of the W3C: 32 lower-case hex digits, not all zero. */
export function isTraceId(text: string): boolean {
  return /^(?!0{32})[0-9a-f]{32}$/.test(text);
}

/** An id that this server gives a job: of a step, and the number of its attempt. */
const OWN_JOB_ID = /^(step_[0-9a-f]{32})-\d+$/;

/** The id of the step whose job this is. A result names its job only, and is found by it. */
export function stepIdOfJob(jobId: string): string {
  return OWN_JOB_ID.exec(jobId)?.[1] ?? `step_${hash('sha256', jobId, 'hex').slice(0, 32)}`;
}

/** Whether a client may choose this id: it must not be one that this server gives. */
export function isClientJobId(jobId: string): boolean {
  return !OWN_JOB_ID.test(jobId);
}
