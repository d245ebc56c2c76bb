import { Fault } from '../../../src/core/errors.ts';
import { newId } from '../../../src/core/ids.ts';
import { IN_DOUBT } from '../../../src/store/journal/plan-commit.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { finished, log, runCreated, textOutput } from './sample-events.ts';
import { silentLogger } from './sqlite-harness.ts';

/** Runs that are appended concurrently. */
const RUNS = 25;

const isInDoubt = ({ details }: Fault) => JSON.stringify(details) === JSON.stringify(IN_DOUBT);

/**
 * A separate node for stress tests: appends runs to the PostgreSQL database of its argument until its standard input ends, and
 * prints a line at its first event, and at its end how many events were acknowledged. A run whose append is refused, because
 * the process was stopped in the middle of it, is left as it is.
 */
if (import.meta.main) {
  const [, , url = ''] = process.argv;
  const store = await openStore({ database: { kind: 'postgres', url }, logger: silentLogger });
  let isStopped = false;
  process.stdin.resume().once('end', () => {
    isStopped = true;
  });
  let events = 0;
  const appendRun = async () => {
    const runId = newId('run');
    const groups = [[runCreated(), log('first')], [log('second')], finished(textOutput(runId))];
    for (const [index, seq] of [1, 3, 4].entries()) {
      const appended = await store.journal.append(runId, seq, groups[index] ?? []);
      if (events === 0) process.stdout.write('begun\n');
      events += appended.events.length;
    }
  };
  const appendRuns = async () => {
    while (!isStopped) {
      await appendRun().catch((error) => {
        const isRefused = error instanceof Fault && error.code === 'UNAVAILABLE' && !isInDoubt(error);
        if (!isRefused) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: RUNS }, appendRuns));
  await store.close();
  process.stdout.write(`${events}\n`);
}
