import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDashboard } from '../../clients/dashboard/test/support/open-dashboard.ts';
import { createMigratedDatabase } from '../../test/support/store/migrated-database.ts';
import { type BenchOptions, figure, median } from '../load/figure.ts';
import { messageOf } from '../load/measure.ts';
import type { RunStream, RunStreamOrder } from '../load/run-stream-child.ts';
import { startMeter } from './page-meter.ts';
import { MAX_HEAP_MB, printFigure, printInputs, printWork } from './print-figure.ts';

const CHILD = join(import.meta.dirname, '../load/run-stream-child.ts');
const RUNS_PER_SECOND = 2_000;
const SECONDS = { full: 60, quick: 20 };
/** Updates of the list come once a second at most; answers to pings are messages, too. */
const MAX_MESSAGES_PER_SECOND = 2;
/** Through the rows, and their selection. */
const KEYS = ['j', 'x', 'j', 'x', 'k', 'x', 'k', 'x', 'Escape'];
const KEY_PAUSE_MS = 80;
const ROUNDS = 3;

/** The list of runs while 2,000 start and end each second: rows are selected by the keyboard, and those that are new are counted, then shown. */
export async function measureRunList({ quick }: BenchOptions): Promise<void> {
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  const database = await createMigratedDatabase();
  try {
    await using dashboard = await openDashboard({ env: { DATABASE_URL: database.url } });
    const page = await dashboard.open('/frame.html', { as: 'admin' });
    let messages = 0;
    page.on('websocket', (socket) => {
      socket.on('framereceived', () => {
        messages += 1;
      });
    });
    const order: RunStreamOrder = { url: database.url, runsPerSecond: RUNS_PER_SECOND };
    const child = fork(CHILD, [JSON.stringify(order)]);
    await using _ = { [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') };
    await page.goto(`${dashboard.server.url}/runs`);
    const newRuns = page.getByRole('button', { name: '1,000+ new' });
    await newRuns.waitFor();
    await page.keyboard.press('n');
    await page.locator('[data-row]').nth(49).waitFor();

    const meter = await startMeter(page);
    const before = { work: await meter.work(), messages };
    const began = performance.now();
    while (performance.now() - began < seconds * 1_000) {
      for (const key of KEYS) {
        await page.keyboard.press(key);
        await sleep(KEY_PAUSE_MS);
      }
    }
    const measured = (performance.now() - began) / 1_000;
    const received = messages - before.messages;
    const work = await meter.work();
    printInputs('run list', await meter.inputs());
    printFigure('run list: heap', await meter.heap(), 'MB', 1, ['maximum', MAX_HEAP_MB]);
    const limit = ['maximum', MAX_MESSAGES_PER_SECOND] as const;
    printFigure('run list: messages', received / measured, 'messages/s', received, limit);
    printWork('run list', before.work, work, measured);

    const counted: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await newRuns.waitFor();
      await page.keyboard.press('n');
      await newRuns.waitFor({ state: 'detached' });
      const shown = performance.now();
      await newRuns.waitFor();
      counted.push(performance.now() - shown);
    }
    const metric = 'run list: from new runs shown to 1,000 more counted';
    figure({ bench: 'dashboard', metric, value: median(counted), unit: 'ms', n: ROUNDS });
    child.send('stop');
    const stream = await messageOf<RunStream>(child);
    const rate = stream.runs / stream.seconds;
    printFigure('run list: runs that start and end', rate, 'runs/s', stream.runs, ['minimum', RUNS_PER_SECOND]);
  } finally {
    await database.remove();
  }
}
