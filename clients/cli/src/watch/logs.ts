import type { LiveEvent } from '../../../sdk/src/live/index.ts';

/** Lines that are kept of each step. */
const LINES = 10;

/** The last lines of the log of each step. */
export class RecentLogs {
  readonly #lines = new Map<string, string[]>();

  add(event: LiveEvent): void {
    if (event.__typename !== 'LogLine') return;
    const key = event.step ?? '';
    const lines = [...(this.#lines.get(key) ?? []), ...event.text.split('\n')];
    this.#lines.set(key, lines.slice(-LINES));
  }

  of = (step: string): readonly string[] => this.#lines.get(step) ?? [];
}
