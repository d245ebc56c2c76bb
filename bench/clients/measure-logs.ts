import type { NewEvent } from '../../src/core/event.ts';
import { newId } from '../../src/core/ids.ts';
import { log, runCreated } from '../../test/support/store/sample-events.ts';
import { figure, quantile } from '../load/figure.ts';
import type { FillTarget } from '../load/fill-store.ts';
import { openFilledStore } from '../load/growth-store.ts';
import type { ListSubject } from './measure-lists.ts';

const LINES = 50_000;
const LINES_PER_APPEND = 1_000;
const MAX_END_MS = 50;
const MAX_SEARCH_MS = 300;
/** In one line, near the beginning of the log. */
const WORD = 'needle-700';

const QUERY = `query ($id: ID!, $text: String, $counts: Boolean!) { run(id: $id) { step(key: "one") {
  logCount(text: $text) @include(if: $counts)
  logs(last: 500, text: $text) { startCursor events { ... on LogLine { at level text } } }
} } }`;

/** A run with one step, which has logged 50,000 lines of about 100 characters. @returns its id */
export async function fillLog(target: FillTarget): Promise<string> {
  const store = await openFilledStore(target);
  const runId = newId('run');
  await store.journal.append(runId, 1, [runCreated()]);
  for (let n = 0; n < LINES; n += LINES_PER_APPEND) {
    const lines = Array.from({ length: LINES_PER_APPEND }, (_, i): NewEvent => {
      const text = `needle-${n + i} GET /a/path/of/the/service?page=${i} 200 12 ms, served from the cache of the worker`;
      return log(text, 'INFO', 'one');
    });
    await store.journal.append(runId, n + 2, lines);
  }
  await store.close();
  return runId;
}

/** The end of that log, a word in it, and how many lines have a word, over HTTP. */
export async function measureLog({ kind, rounds, filled, token }: ListSubject, id: string): Promise<void> {
  const cases = {
    [`the last 500 of ${LINES} lines`]: [{ id, counts: false }, MAX_END_MS],
    [`a word in one of ${LINES} lines, and its count`]: [{ id, text: WORD, counts: true }, MAX_SEARCH_MS],
    [`a word in none of ${LINES} lines, and its count`]: [{ id, text: 'nowhere', counts: true }, MAX_SEARCH_MS],
    [`a word in each of ${LINES} lines, and its count`]: [{ id, text: 'needle', counts: true }, MAX_SEARCH_MS],
  } as const;
  for (const [name, [variables, maximum]] of Object.entries(cases)) {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const began = performance.now();
      const { data } = await filled.query(QUERY, variables, token);
      if (!data.run.step) throw new Error('The bench has no log.');
      if (round > 0) times.push(performance.now() - began);
    }
    const peer = { name: 'maximum', value: maximum };
    figure({
      bench: 'clients',
      metric: `${kind}: ${name}, p95`,
      value: quantile(times, 0.95),
      unit: 'ms',
      n: rounds,
      peer,
    });
  }
}
