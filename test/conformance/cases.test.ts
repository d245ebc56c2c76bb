import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectOutcome, readCases } from '../support/cases/case.ts';
import { startCaseRunner } from '../support/cases/run-case.ts';
import { hasSandbox } from '../support/runtime/has-sandbox.ts';

/** Kinds whose cases run programs. */
const IN_SANDBOX = ['git', 'sandbox'];

let runner: Awaited<ReturnType<typeof startCaseRunner>>;
beforeAll(async () => {
  runner = await startCaseRunner();
});
afterAll(() => runner?.close());

for (const [kind, cases] of readCases()) {
  describe.skipIf(IN_SANDBOX.includes(kind) && !hasSandbox)(kind, () => {
    for (const [name, { expected, ...request }] of Object.entries(cases)) {
      it(name, async () => expectOutcome(await runner.run(request), expected));
    }
  });
}
