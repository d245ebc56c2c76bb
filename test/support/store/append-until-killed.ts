import { newId } from '../../../src/core/ids.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { finished, log, runCreated, textOutput } from './sample-events.ts';
import { silentLogger } from './sqlite-harness.ts';

/**
 * A separate process for crash tests: appends runs to the file of its argument until it is killed, and prints `RUN SEQ` for
 * each acknowledged append.
 */
if (import.meta.main) {
  const { journal } = await openStore({
    database: { kind: 'sqlite', file: process.argv[2] as string },
    logger: silentLogger,
  });
  const acknowledge = (runId: string, seq: number) => process.stdout.write(`${runId} ${seq}\n`);
  const appendRuns = async () => {
    for (;;) {
      const runId = newId('run');
      await journal.append(runId, 1, [runCreated(), log('first')]);
      acknowledge(runId, 2);
      await journal.append(runId, 3, [log('second'), log('third')]);
      acknowledge(runId, 4);
      await journal.append(runId, 5, finished(textOutput(runId)));
      acknowledge(runId, 7);
    }
  };
  await Promise.all(Array.from({ length: 50 }, appendRuns));
}
