import type { RunSnapshot } from '../../src/core/run.ts';
import { isFinalRunState } from '../../src/core/states.ts';
import { THREE_STEPS } from './noop.ts';
import { BENCH_PRINCIPAL, type OpenEngine, openEngine } from './open-engine.ts';
import type { OpenSubject } from './subject.ts';

const START_INPUT = { source: { yaml: THREE_STEPS } };
const RUN_TIMEOUT_MS = 30_000;

/**
 * One workflow of three steps, from its start to its durable end. The caller waits for the end: the whole run is one
 * append. With the variant `accepted first` the start is answered when the run is durable, and its end is awaited in the
 * journal, as a client on another connection would do: at least two appends.
 */
export const open: OpenSubject = async ({ url, variant }) => {
  const opened = await openEngine(url);
  return {
    perform: variant === 'accepted first' ? () => runAfterAcceptance(opened) : () => runToCompletion(opened),
    close: async () => void (await opened[Symbol.asyncDispose]()),
  };
};

async function runToCompletion({ engine }: OpenEngine): Promise<void> {
  const { run } = await engine.startWorkflow(BENCH_PRINCIPAL, { ...START_INPUT, waitMs: RUN_TIMEOUT_MS });
  expectSucceeded(run);
}

async function runAfterAcceptance({ engine, store }: OpenEngine): Promise<void> {
  const { run } = await engine.startWorkflow(BENCH_PRINCIPAL, START_INPUT);
  const { tenant } = BENCH_PRINCIPAL;
  if (isFinalRunState(run.state) && run.headPosition > 0) return expectSucceeded(run);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(RUN_TIMEOUT_MS)]);
  try {
    for await (const { events } of store.journal.read(run.headPosition, { runId: run.id }, { tenant }, { signal })) {
      for (const event of events) {
        if (event.type !== 'RUN_STATE_CHANGED' || !isFinalRunState(event.payload.to)) continue;
        return expectSucceeded({ ...run, state: event.payload.to });
      }
    }
  } finally {
    stop.abort();
  }
  throw new Error(`The run ${run.id} did not end within ${RUN_TIMEOUT_MS} ms.`);
}

function expectSucceeded({ id, state, error }: RunSnapshot['run']): void {
  if (state !== 'SUCCEEDED') throw new Error(`The run ${id} ended as ${state}: ${error?.message}`);
}
