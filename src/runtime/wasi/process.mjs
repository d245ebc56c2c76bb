// Part of the one-shot child of wasi-python.ts: arguments, environment, time and randomness.
import { CLOCK, ERRNO, WasiError } from './abi.mjs';

const SUBSCRIPTION = { userdata: 0, type: 8, clock: 16, timeout: 24, flags: 40 };
const EVENT = { userdata: 0, error: 8, type: 10 };
const EVENTTYPE_CLOCK = 0;
const ABSOLUTE = 1;
const POINTER_BYTES = 4;
/** In nanoseconds. */
const MICROSECOND = 1_000;
const MILLISECOND = 1_000_000;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Thrown to leave the program. */
export class Exit {
  /** @param {number} code */
  constructor(code) {
    this.code = code;
  }
}

/** @param {import('./memory.mjs').Program} program */
export function processCalls({ memory, args, env, seed }) {
  const [args_sizes_get, args_get] = stringCalls(memory, args);
  const [environ_sizes_get, environ_get] = stringCalls(memory, env);
  let unused = seed;
  return {
    args_sizes_get,
    args_get,
    environ_sizes_get,
    environ_get,
    clock_res_get: (clock, to) => memory.u64(to, clock === CLOCK.REALTIME ? MILLISECOND : MICROSECOND),
    clock_time_get: (clock, _precision, to) => memory.u64(to, nanoseconds(clock)),
    random_get(to, length) {
      const bytes = memory.bytes(to, length);
      if (length <= unused.byteLength) {
        bytes.set(unused.subarray(0, length));
        unused = unused.subarray(length);
      } else {
        // Loaded only when a program needs more than Python's start does: loading takes a tenth of a call.
        process.getBuiltinModule('node:crypto').randomFillSync(bytes);
      }
    },
    /** Supports one subscription, to a clock. */
    poll_oneoff(from, to, count, countAt) {
      const { view } = memory;
      if (count !== 1 || view.getUint8(from + SUBSCRIPTION.type) !== EVENTTYPE_CLOCK) throw new WasiError(ERRNO.NOTSUP);
      const isMonotonic = view.getUint32(from + SUBSCRIPTION.clock, true) === CLOCK.MONOTONIC;
      const timeout = Number(view.getBigUint64(from + SUBSCRIPTION.timeout, true)) / MILLISECOND;
      const isAbsolute = view.getUint16(from + SUBSCRIPTION.flags, true) & ABSOLUTE;
      const now = isMonotonic ? performance.now() : Date.now();
      Atomics.wait(sleeper, 0, 0, Math.max(0, isAbsolute ? timeout - now : timeout));
      memory.u64(to + EVENT.userdata, view.getBigUint64(from + SUBSCRIPTION.userdata, true));
      view.setUint16(to + EVENT.error, ERRNO.SUCCESS, true);
      view.setUint8(to + EVENT.type, EVENTTYPE_CLOCK);
      memory.u32(countAt, 1);
    },
    proc_exit(code) {
      throw new Exit(code);
    },
    sched_yield() {},
  };
}

function nanoseconds(clock) {
  if (clock === CLOCK.REALTIME) return BigInt(Date.now()) * BigInt(MILLISECOND);
  if (clock === CLOCK.MONOTONIC) return Math.round(performance.now() * MILLISECOND);
  const { user, system } = process.cpuUsage();
  return (user + system) * MICROSECOND;
}

/** Two calls: one for the number and total size of the strings, one for the strings with a pointer to each. */
function stringCalls(memory, strings) {
  const all = Buffer.from(strings.map((text) => `${text}\0`).join(''));
  const starts = [];
  for (let at = 0; at < all.byteLength; at = all.indexOf(0, at) + 1) starts.push(at);
  return [
    (countAt, sizeAt) => {
      memory.u32(countAt, starts.length);
      memory.u32(sizeAt, all.byteLength);
    },
    (pointersAt, to) => {
      for (const [i, start] of starts.entries()) memory.u32(pointersAt + i * POINTER_BYTES, to + start);
      memory.bytes(to, all.byteLength).set(all);
    },
  ];
}
