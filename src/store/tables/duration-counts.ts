/** Shorter durations, nearly all, are counted by millisecond. */
const COUNTED_BELOW_MS = 65_536;

/** Durations in whole milliseconds, of which it tells exact quantiles. */
export interface DurationCounts {
  add(ms: number): void;
  /** The smallest duration that a share of all durations does not exceed (nearest rank); undefined without durations. */
  quantile(share: number): number | undefined;
}

export function createDurationCounts(): DurationCounts {
  const counts = new Uint32Array(COUNTED_BELOW_MS);
  const long: number[] = [];
  let short = 0;
  let isSorted = true;
  return {
    add(ms) {
      if (ms >= 0 && ms < COUNTED_BELOW_MS) {
        counts[ms] = (counts[ms] as number) + 1;
        short += 1;
      } else {
        long.push(ms);
        isSorted = false;
      }
    },
    quantile(share) {
      if (!isSorted) long.sort((a, b) => a - b);
      isSorted = true;
      // A clock that was set back leaves durations below zero.
      const negative = long.findIndex((ms) => ms >= 0);
      const before = negative === -1 ? long.filter((ms) => ms < 0).length : negative;
      let rank = Math.ceil(share * (short + long.length));
      if (rank <= before) return long[rank - 1];
      rank -= before;
      if (rank > short) return long[before + rank - short - 1];
      for (let ms = 0, seen = 0; ms < COUNTED_BELOW_MS; ms += 1) {
        seen += counts[ms] as number;
        if (seen >= rank) return ms;
      }
      return undefined;
    },
  };
}
