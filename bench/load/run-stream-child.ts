import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../src/core/ids.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { finished, runCreated, textOutput } from '../../test/support/store/sample-events.ts';

/** The argument of the process, as JSON. */
export interface RunStreamOrder {
  /** Of the PostgreSQL database that the server has, too: this process is one more node. */
  readonly url: string;
  readonly runsPerSecond: number;
}

/** The answer of the process when it was stopped. */
export interface RunStream {
  readonly runs: number;
  readonly seconds: number;
}

/** Appends that may be in progress; they share commits. */
const MAX_OPEN = 512;
const TICK_MS = 20;
const RENEW_MS = 2_000;

/** Writes whole runs to the journal until it gets a message. */
async function main({ url, runsPerSecond }: RunStreamOrder): Promise<void> {
  const database = { kind: 'postgres', url } as const;
  const { journal, leases, close } = await openStore({ database, logger: createLogger({ level: 'error' }) });
  await leases.renew(new Date());
  const renewal = setInterval(() => void leases.renew(new Date()), RENEW_MS);
  const output = textOutput('done');
  let written = 0;
  let open = 0;
  let isStopped = false;
  process.once('message', () => {
    isStopped = true;
  });

  async function write() {
    open += 1;
    await journal.append(newId('run'), 1, [runCreated(), ...finished(output)]);
    open -= 1;
    written += 1;
  }

  const began = performance.now();
  while (!isStopped) {
    await sleep(TICK_MS);
    const due = Math.floor(((performance.now() - began) / 1_000) * runsPerSecond) - written - open;
    for (let n = Math.min(due, MAX_OPEN - open); n > 0; n -= 1) void write();
  }
  while (open > 0) await sleep(TICK_MS);
  const answer: RunStream = { runs: written, seconds: (performance.now() - began) / 1_000 };
  await new Promise((resolve) => process.send?.(answer, resolve));
  clearInterval(renewal);
  await close();
  process.disconnect();
}

await main(JSON.parse(process.argv[2] ?? 'null') as RunStreamOrder);
