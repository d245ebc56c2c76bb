import { newId } from '../../../src/core/ids.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { finished, log, runCreated, textOutput } from './sample-events.ts';
import { silentLogger } from './sqlite-harness.ts';

/** Runs that are appended concurrently. */
const RUNS = 25;

/**
 * A separate node for stress tests: appends runs to the PostgreSQL database of its argument until its standard input ends, and
 * prints a line at its first event, and at its end how many events were acknowledged.
 */
if (import.meta.main) {
  const [, , url = ''] = process.argv;
  const store = await openStore({ database: { kind: 'postgres', url }, logger: silentLogger });
  let isStopped = false;
  process.stdin.resume().once('end', () => {
    isStopped = true;
  });
  let events = 0;
  const appendRuns = async () => {
    while (!isStopped) {
      const runId = newId('run');
      const groups = [[runCreated(), log('first')], [log('second')], finished(textOutput(runId))];
      for (const [index, seq] of [1, 3, 4].entries()) {
        const appended = await store.journal.append(runId, seq, groups[index] ?? []);
        if (events === 0) process.stdout.write('begun\n');
        events += appended.events.length;
      }
    }
  };
  await Promise.all(Array.from({ length: RUNS }, appendRuns));
  await store.close();
  process.stdout.write(`${events}\n`);
}
