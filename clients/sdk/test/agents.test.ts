import { afterEach, expect, it } from 'vitest';
import { startFakeOpenai } from '../../../test/support/agents/openai.ts';
import { startServer } from '../../../test/support/server.ts';
import { adminClient, cleanUp, disposeLater } from './test-clients.ts';

afterEach(cleanUp);

it('starts an agent, and reads what it writes, its result and its tool calls', async () => {
  const model = disposeLater(
    await startFakeOpenai([
      { text: ['I will ', 'tell them.'], calls: [{ name: 'notify_send', arguments: '{"message":"it is done"}' }] },
      { text: ['They have ', 'been told.'] },
    ]),
    (fake) => fake.close(),
  );
  await using server = await startServer({
    env: { LLM_API_BASE: model.url, LLM_MODEL: 'scripted', LLM_API_KEY: 'a', ALLOWED_PRIVATE_HOSTS: model.endpoint },
  });
  const client = await adminClient(server.url);
  const { id } = await client.runs.agent({
    agent: {
      role: 'Herald',
      goal: 'Tell everybody that it is done.',
      tools: ['notify.send'],
      backend: { litellm: { model: 'scripted' } },
    },
  });
  const written = await Array.fromAsync(client.runs.text(id));
  expect(written.join('')).toContain('They have been told.');
  const step = (await client.runs.get(id)).steps[0]?.key as string;
  expect(await Array.fromAsync(client.runs.text(id, { step }))).toEqual(written);
  expect(await Array.fromAsync(client.runs.text(id, { step: 'another' }))).toEqual([]);
  expect(await client.runs.result(id)).toMatchObject({ text: 'They have been told.' });
  const [called] = await Array.fromAsync(client.runs.events(id, { types: ['TOOL_CALLED'] }));
  expect(called).toMatchObject({ call: { tool: 'notify.send' } });
});
