import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewEvent } from '../../src/core/event.ts';
import { newId } from '../../src/core/ids.ts';
import type { StepState } from '../../src/core/states.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { log, plannedStep, runCreated, textOutput } from '../../test/support/store/sample-events.ts';
import { type BusyRunCommand, type BusyRunOrder, isWarning, lineText } from './busy-run.ts';

const LOGGING = 'work';
const LINES_PER_APPEND = 1_000;
const TICK_MS = 50;
const RENEW_MS = 2_000;
/** Steps that depend on the same steps. */
const COLUMN = 10;

/** A run in progress: one step logs, the others begin, wait and continue. */
async function main(order: BusyRunOrder): Promise<void> {
  const database = { kind: 'postgres', url: order.url } as const;
  const { journal, leases, close } = await openStore({ database, logger: createLogger({ level: 'error' }) });
  await leases.renew(new Date());
  const renewal = setInterval(() => void leases.renew(new Date()), RENEW_MS);
  const runId = newId('run');
  const keys = [LOGGING, ...Array.from({ length: order.steps - 1 }, (_, n) => `s${n}`)];
  const states = new Map<string, StepState>(keys.map((key) => [key, 'PENDING']));
  let seq = 1;
  let lines = 0;
  let changes = 0;

  async function append(events: readonly NewEvent[]) {
    await journal.append(runId, seq, events);
    seq += events.length;
  }

  const runChanged = (from: 'PENDING' | 'RUNNING', to: 'RUNNING' | 'SUCCEEDED'): NewEvent => {
    return { type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from, to } };
  };

  function stepChanged(step: string, to: StepState): NewEvent {
    const from = states.get(step) ?? 'PENDING';
    states.set(step, to);
    changes += 1;
    const output = to === 'SUCCEEDED' && { output: textOutput(step) };
    return { type: 'STEP_STATE_CHANGED', at: new Date(), step, payload: { from, to, attempt: 1, ...output } };
  }

  function nextChange(): NewEvent {
    const step = keys[1 + (changes % (keys.length - 1))] ?? LOGGING;
    return stepChanged(step, states.get(step) === 'RUNNING' ? 'WAITING' : 'RUNNING');
  }

  const nextLines = (count: number) =>
    Array.from({ length: count }, () => {
      lines += 1;
      return log(lineText(lines - 1), isWarning(lines - 1) ? 'WARN' : 'INFO', LOGGING);
    });

  async function addLines(count: number) {
    for (let left = count; left > 0; left -= LINES_PER_APPEND)
      await append(nextLines(Math.min(left, LINES_PER_APPEND)));
  }

  /** As many as are due by the clock, also when the machine was slow. */
  async function load(signal: AbortSignal) {
    const began = performance.now();
    const before = { lines, changes };
    while (!signal.aborted) {
      await sleep(TICK_MS);
      const seconds = (performance.now() - began) / 1_000;
      const due = (perSecond: number, done: number) => Math.max(0, Math.floor(seconds * perSecond) - done);
      const newChanges = due(order.changesPerSecond, changes - before.changes);
      const newLines = nextLines(due(order.linesPerSecond, lines - before.lines));
      const events = [...newLines, ...Array.from({ length: newChanges }, nextChange)];
      if (events.length > 0) await append(events);
    }
  }

  await append([
    runCreated({
      kind: 'WORKFLOW',
      steps: keys.map((key, n) =>
        plannedStep(key, { title: key, ...(n > COLUMN && { dependsOn: [keys[n - COLUMN] ?? LOGGING] }) }),
      ),
    }),
    runChanged('PENDING', 'RUNNING'),
    stepChanged(LOGGING, 'RUNNING'),
  ]);
  await addLines(order.lines);
  changes = 0;
  const answer = () => process.send?.({ runId, step: LOGGING, lines, changes, states: Object.fromEntries(states) });
  answer();

  let stopping = new AbortController();
  let loading = Promise.resolve();
  for (let isEnded = false; !isEnded; ) {
    const [command] = (await once(process, 'message')) as [BusyRunCommand];
    stopping.abort();
    await loading;
    if (command === 'load') {
      stopping = new AbortController();
      loading = load(stopping.signal);
      continue;
    }
    if (typeof command === 'object') await addLines(command.burst);
    isEnded = command === 'end';
    if (isEnded)
      await append([...keys.map((key) => stepChanged(key, 'SUCCEEDED')), runChanged('RUNNING', 'SUCCEEDED')]);
    answer();
  }
  clearInterval(renewal);
  await leases.release();
  await close();
  process.disconnect();
}

await main(JSON.parse(process.argv[2] ?? 'null') as BusyRunOrder);
