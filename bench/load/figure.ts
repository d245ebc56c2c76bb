import { availableParallelism, cpus } from 'node:os';

/** One measured number, as printed. */
export interface Figure {
  readonly bench: string;
  /** The metric, including its setting: `decisions, 1000 rules, cold`. */
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** Number of operations or samples behind the value. */
  readonly n: number;
  /** The value for comparison, measured in the same run on the same machine. */
  readonly peer?: { readonly name: string; readonly value: number };
}

/** How much a benchmark measures. */
export interface BenchOptions {
  /** Fewer rounds and settings: at most a minute, for a first look. */
  readonly quick: boolean;
}

const ratios = new Map<string, number>();

/** Prints the figure as one JSON line on standard output. `ratio` is value over the peer's value. */
export function figure({ bench, metric, value, unit, n, peer }: Figure): void {
  if (peer) ratios.set(`${metric} / ${peer.name}`, rounded(value / peer.value));
  const line = {
    bench,
    metric,
    value: rounded(value),
    unit,
    n,
    peer: peer?.name ?? null,
    peerValue: peer ? rounded(peer.value) : null,
    ratio: peer ? rounded(value / peer.value) : null,
    machine,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Prints the ratios of all figures since the last summary, as one JSON line. */
export function summarize(bench: string): void {
  process.stdout.write(`${JSON.stringify({ bench, summary: Object.fromEntries(ratios), machine })}\n`);
  ratios.clear();
}

/** The middle value (or the mean of the two in the middle), so that one slow sample does not count. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest samples; NaN without samples. @param share 0.99 for p99 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.versions.node}`;

const rounded = (value: number) => Number(value.toPrecision(4));
