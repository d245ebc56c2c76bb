// Part of the one-shot child of python-wasi.ts: what the shim does not do well for a program that is not trusted.
import { wasi } from '@bjorn3/browser_wasi_shim';

const SUBSCRIPTION = { userdata: 0, type: 8, clock: 16, timeout: 24, flags: 40 };
const EVENT = { userdata: 0, error: 8, type: 10 };
const NANOSECONDS = 1_000_000;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** @param {import('@bjorn3/browser_wasi_shim').WASI} program */
export function importsFor(program) {
  const memory = () => new DataView(program.inst.exports.memory.buffer);
  const unsupported = () => wasi.ERRNO_NOTSUP;
  return {
    ...program.wasiImport,
    // Sockets do not exist: the shim throws, which would end the program in the middle.
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
    sched_yield: () => wasi.ERRNO_SUCCESS,
    /** Sleeps, where the shim would spin. One subscription, to a clock (WASI preview 1, poll_oneoff). */
    poll_oneoff(from, to, count, countAt) {
      const view = memory();
      if (count !== 1 || view.getUint8(from + SUBSCRIPTION.type) !== wasi.EVENTTYPE_CLOCK) return wasi.ERRNO_NOTSUP;
      const isMonotonic = view.getUint32(from + SUBSCRIPTION.clock, true) === wasi.CLOCKID_MONOTONIC;
      const timeout = Number(view.getBigUint64(from + SUBSCRIPTION.timeout, true)) / NANOSECONDS;
      const isAbsolute =
        view.getUint16(from + SUBSCRIPTION.flags, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
      const now = isMonotonic ? performance.now() : Date.now();
      Atomics.wait(sleeper, 0, 0, Math.max(0, isAbsolute ? timeout - now : timeout));
      view.setBigUint64(to + EVENT.userdata, view.getBigUint64(from + SUBSCRIPTION.userdata, true), true);
      view.setUint16(to + EVENT.error, wasi.ERRNO_SUCCESS, true);
      view.setUint8(to + EVENT.type, wasi.EVENTTYPE_CLOCK);
      view.setUint32(countAt, 1, true);
      return wasi.ERRNO_SUCCESS;
    },
  };
}
