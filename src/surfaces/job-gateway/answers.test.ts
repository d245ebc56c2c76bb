import { expect, it } from 'vitest';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { RunRecord } from '../../core/run.ts';
import { createAnswers } from './answers.ts';
import type { JobGatewayDeps } from './gateway-deps.ts';
import type { Reports } from './reports.ts';

/** Reads two endings, of which the first cannot be undone. @returns the runs that were tried, and what is done */
async function readEndings(code: ErrorCode) {
  const runs: string[] = [];
  const finished = Promise.withResolvers<void>();
  let done = 0;
  const endings = [1, 2].map((position) => ({ runId: `run_${position}`, tenant: 'default', position }));
  const deps = {
    clock: { now: () => new Date() },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    reader: { run: async (_: unknown, id: string) => ({ id }) as RunRecord },
    engine: {
      async undoJobs({ id }: RunRecord) {
        runs.push(id);
        if (runs.length === 4) finished.resolve();
        if (id === 'run_1' && runs.length < 3) throw new Fault(code, 'It cannot be undone.');
      },
    },
    jobEndings: {
      next: async () => endings.filter(({ position }) => position > done),
      async done(position: number) {
        done = position;
        finished.resolve();
      },
    },
  };
  const answers = createAnswers(deps as unknown as JobGatewayDeps, {} as Reports);
  answers.begin();
  await finished.promise;
  await answers.stop();
  return { runs, done };
}

it('an ending that cannot be undone for good does not hold up the others', async () => {
  expect(await readEndings('BAD_INPUT')).toEqual({ runs: ['run_1', 'run_2'], done: 2 });
});

it('an ending that cannot be undone for now is tried again, before the others', async () => {
  expect(await readEndings('UNAVAILABLE')).toEqual({ runs: ['run_1', 'run_1', 'run_1', 'run_2'], done: 2 });
});
