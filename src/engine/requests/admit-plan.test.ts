import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOB } from '../../../test/support/engine/engine.ts';
import { startWorkflows } from '../../../test/support/engine/workflows.ts';

const source = { text: { text: 'a,b\n1,2', mediaType: 'text/csv' } };

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows([
    'p, user, command:convertToJson, **, *, throttle, rate=1/h',
    'p, user, command:convertToCsv, **, *, throttle, rate=2/h',
  ]);
});
afterAll(() => on.stop());

const execute = async (command: string) => {
  const { snapshot } = await on.engine.executeCommand(BOB, { command, options: { source } });
  return snapshot.run.state;
};
const pipeline = async (...commands: readonly string[]) => {
  const steps = commands.map((command) => ({ command, options: { source } }));
  const { snapshot } = await on.engine.executeCommand(BOB, { command: 'pipeline', options: { steps } });
  return snapshot;
};

it('takes no token of any step when another step is denied or throttled', async () => {
  for (let i = 0; i < 2; i += 1) {
    await expect(pipeline('convertToJson', 'convertToXml')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  expect(await execute('convertToJson')).toBe('SUCCEEDED');
  for (let i = 0; i < 3; i += 1) {
    await expect(pipeline('convertToCsv', 'convertToJson')).rejects.toMatchObject({ code: 'THROTTLED' });
  }
  expect([await execute('convertToCsv'), await execute('convertToCsv')]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  await expect(execute('convertToCsv')).rejects.toMatchObject({ code: 'THROTTLED' });
});
