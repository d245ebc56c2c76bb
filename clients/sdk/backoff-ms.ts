const FLOOR_MS = 50;
const FIRST_MS = 250;
const MOST_MS = 30_000;

/**
 * How long to wait after so many failures in a row (1, 2, 3 …), in milliseconds. Doubling with full jitter: the many
 * clients of a server that restarts do not all come back in the same moment.
 * @param random from 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  return FLOOR_MS + random * Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
}
