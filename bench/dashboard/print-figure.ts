import { figure } from '../load/figure.ts';

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
