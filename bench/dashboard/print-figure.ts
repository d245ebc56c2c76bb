import { figure, quantile } from '../load/figure.ts';
import type { InputTimes, Work } from './page-meter.ts';

const MAX_DELAY_P95_MS = 50;
const MAX_DELAY_MS = 100;
const MAX_PAINT_P95_MS = 200;
export const MAX_HEAP_MB = 80;

/** A figure of the dashboard next to its limit. */
export function printFigure(
  metric: string,
  value: number,
  unit: string,
  n: number,
  [name, limit]: readonly ['maximum' | 'minimum', number],
): void {
  figure({ bench: 'dashboard', metric, value, unit, n, peer: { name, value: limit } });
}

export function printInputs(when: string, { count, delays, paints }: InputTimes): void {
  printFigure(`${when}: input delay, p95`, quantile(delays, 0.95), 'ms', count, ['maximum', MAX_DELAY_P95_MS]);
  printFigure(`${when}: input delay, longest`, Math.max(...delays), 'ms', count, ['maximum', MAX_DELAY_MS]);
  printFigure(`${when}: input to next paint, p95`, quantile(paints, 0.95), 'ms', count, ['maximum', MAX_PAINT_P95_MS]);
}

/** How much of the time the main thread has used a processor, between two moments, and for what. */
export function printWork(when: string, before: Work, after: Work, seconds: number): void {
  for (const name of ['task', 'script', 'style', 'layout'] as const) {
    const value = ((after[name] - before[name]) / seconds) * 100;
    figure({ bench: 'dashboard', metric: `${when}: main thread, ${name}`, value, unit: '%', n: Math.round(seconds) });
  }
}
