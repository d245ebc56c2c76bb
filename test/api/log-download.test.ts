import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';
import { createTestUsers } from '../support/test-users.ts';

it('the log of a run is downloaded whole or by step, by those who may see the run', async () => {
  await using server = await startServer();
  const users = await createTestUsers(server);
  const python = (id: string) => ({ id, kind: 'tool', tool: 'python.run', input: { entrypoint: '-c', code: '1' } });
  const document = { name: 'talkative', steps: [python('one'), { ...python('two'), depends_on: ['one'] }] };
  const run = await users.start({ document }, { waitMs: 60_000 }, 'admin');
  expect(run).toMatchObject({ state: 'SUCCEEDED' });
  const read = (query: string, who: 'admin' | 'bob') =>
    server.fetch(`/runs/${run.id}/log${query}`, { token: users.tokens[who] });
  const line = (step: string) => `\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z INFO \\[${step}\\] Python .* ended with 0\\.\\n`;
  expect(await (await read('', 'admin')).text()).toMatch(new RegExp(`^${line('one')}${line('two')}$`));
  expect(await (await read('?step=two', 'admin')).text()).toMatch(new RegExp(`^${line('two')}$`));
  expect(await (await read('?step=none', 'admin')).text()).toBe('');
  expect((await read('', 'bob')).status).toBe(404);
});
