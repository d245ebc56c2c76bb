import type { Clock } from '../core/clock.ts';

/** From the start to the end, or until now while it is under way; null before the start. */
export function durationMs(
  span: { readonly startedAt?: Date; readonly finishedAt?: Date },
  clock: Clock,
): number | null {
  if (!span.startedAt) return null;
  return (span.finishedAt ?? clock.now()).getTime() - span.startedAt.getTime();
}
