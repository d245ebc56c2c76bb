import { JinjaError } from './errors.ts';

/** What one rendering may use. */
export interface Limits {
  /** Expressions and statements that are evaluated. */
  readonly maxSteps: number;
  /** Bytes of what is made: a character is one, an entry of a list eight. What is no longer needed counts as well. */
  readonly maxBytes: number;
}

/** Calls of macros, loops and templates inside each other. */
const MAX_DEPTH = 200;
const BYTES_OF_ENTRY = 8;
/** Of one text, however it is composed; V8 holds twice as much. */
const MAX_TEXT_LENGTH = 2 ** 28;

/** Counts before anything is made, so that no template can exhaust the process. */
export class Budget {
  #steps: number;
  #bytes: number;
  #depth = 0;

  constructor({ maxSteps, maxBytes }: Limits) {
    this.#steps = maxSteps;
    this.#bytes = maxBytes;
  }

  /** @throws JinjaError */
  step(): void {
    this.#steps -= 1;
    if (this.#steps < 0) throw new JinjaError('the template takes too many steps', { limit: 'steps' });
  }

  /** @throws JinjaError */
  bytes(count: number): void {
    this.#bytes -= count;
    // The comparison is false for NaN.
    if (!(this.#bytes >= 0)) throw new JinjaError('the template takes too much memory', { limit: 'memory' });
  }

  /** For a list or a mapping that is made. @throws JinjaError */
  entries(count: number): void {
    this.bytes(count * BYTES_OF_ENTRY);
  }

  /** V8 joins two texts without a copy, so only the shorter one counts. @throws JinjaError */
  joined(left: string, right: string): string {
    this.bytes(Math.min(left.length, right.length) + BYTES_OF_ENTRY);
    if (left.length + right.length > MAX_TEXT_LENGTH) this.bytes(Number.POSITIVE_INFINITY);
    return left + right;
  }

  /** Runs one level deeper. @throws JinjaError */
  nested<T>(act: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      throw new JinjaError(`recursion limit: more than ${MAX_DEPTH} calls inside each other`, { limit: 'depth' });
    }
    this.#depth += 1;
    try {
      return act();
    } finally {
      this.#depth -= 1;
    }
  }
}
