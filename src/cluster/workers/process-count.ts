/** Of heartbeats, by the protocol at most. */
const MAX_INTERVAL_MS = 5_000;
/** Heartbeats from which the interval of a worker is known. */
const GAPS_TO_CALIBRATE = 3;
/** A gap that is shorter than this part of the interval is not one of the same process. */
const MIN_REGULAR_PART = 0.75;
/** Short gaps after which there are several processes. */
const SHORT_GAPS = 2;
/** Regular gaps in a row after which there is one process. */
const REGULAR_GAPS = 4;

/** A heartbeat that differs by at most this part of the interval from when the process before would have sent one may be its. */
const RHYTHM_PART = 0.05;

/** How many processes have the id of a worker. */
export interface ProcessCount {
  /** Certain: a job that is sent to the subject of the worker is done once. */
  isOne(): boolean;
  /** Between two heartbeats of one process, in milliseconds; undefined until it is known. */
  intervalMs(): number | undefined;
  /**
   * If it has become certain that one process has taken the place of another one: when its handshake came. Once for each restart.
   */
  takeRestart(): number | undefined;
  /**
   * @param isHeard something was heard of the worker shortly before, or could not have been
   * @param now when it came
   */
  onHandshake(isHeard: boolean, now: number): void;
  /** @param at by the clock of the worker */
  onHeartbeat(at: number): void;
}

/**
 * Every process sends one handshake when it starts, so one of a worker that is alive means a restart, or another process with
 * the same id. The heartbeats then decide: those of one process are regular, and those of two are closer to each other. What
 * is regular is known from the time when there was one, or from the protocol.
 * @param known of a worker whose handshake was heard earlier, perhaps by another node
 */
export function createProcessCount(known?: { readonly intervalMs?: number }): ProcessCount {
  // What has happened meanwhile is not known, so the heartbeats decide.
  let count: 'unknown' | 'one' | 'several' = known ? 'several' : 'unknown';
  /** Between two heartbeats of one process. */
  let interval = known?.intervalMs;
  let shortest = Number.POSITIVE_INFINITY;
  let gaps = 0;
  let last: number | undefined;
  let shortGaps = 0;
  let regularGaps = 0;
  /** When the newest handshake came, if all heartbeats since are of its process. */
  let beganAt: number | undefined;
  /** The last heartbeat before it. */
  let lastBefore: number | undefined;

  const mayBeOfBefore = (at: number) => {
    if (interval === undefined || lastBefore === undefined) return true;
    const beats = (at - lastBefore) / interval;
    return Math.abs(beats - Math.round(beats)) <= RHYTHM_PART;
  };

  return {
    takeRestart() {
      if (count !== 'one') return undefined;
      const restartedAt = beganAt;
      beganAt = undefined;
      return restartedAt;
    },
    isOne: () => count === 'one',
    intervalMs: () => interval,
    onHandshake(isHeard, now) {
      beganAt = isHeard ? now : undefined;
      lastBefore = last ?? lastBefore;
      count = isHeard ? 'several' : 'one';
      if (!isHeard) interval = undefined;
      shortest = Number.POSITIVE_INFINITY;
      gaps = 0;
      // The gap before the first heartbeat of a process says nothing.
      last = undefined;
      shortGaps = 0;
      regularGaps = 0;
    },
    onHeartbeat(at) {
      const gap = last === undefined ? undefined : at - last;
      last = at;
      if (beganAt !== undefined && mayBeOfBefore(at)) beganAt = undefined;
      if (gap === undefined) return;
      if (count === 'unknown') return;
      if (interval === undefined && count === 'one') {
        shortest = Math.min(shortest, gap);
        gaps += 1;
        if (gaps === GAPS_TO_CALIBRATE) interval = shortest;
      } else if (gap < (interval ?? MAX_INTERVAL_MS) * MIN_REGULAR_PART) {
        shortGaps += 1;
        regularGaps = 0;
        beganAt = undefined;
        if (shortGaps >= SHORT_GAPS && count === 'one') count = 'several';
      } else {
        regularGaps += 1;
        if (regularGaps < REGULAR_GAPS) return;
        shortGaps = 0;
        count = 'one';
      }
    },
  };
}
