import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beginEventStream,
  chunkEvent,
  type FakeOpenai,
  serverSentEvent,
  startFakeOpenai,
} from '../../../test/support/agents/openai.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const START = `mutation { runAgent(input: { agent: {
  role: "You are a herald.", goal: "Tell them.", tools: ["notify.send"], backend: { litellm: { model: "scripted" } }
} }) { ... on Run { id } } }`;
const APPROVE = `mutation ($id: ID!) {
  decideApproval(input: { approvalId: $id, approve: true }) { __typename ... on Refusal { message } } }`;

describe.skipIf(skipped)(`the agent of a step ${skipped ?? ''}`, () => {
  const closing = new AsyncDisposableStack();
  let model: FakeOpenai;
  let dashboard: Dashboard;
  /** The answer that the model has begun. */
  let answer: ServerResponse | undefined;

  beforeAll(async () => {
    const folder = closing.use(await createTempFolder());
    const policy = join(folder.path, 'policy.csv');
    const shipped = await readFile('policy/policy.csv', 'utf8');
    await writeFile(policy, `${shipped}\np, analyst, tool:notify.send, **, *, approve\n`);
    model = await startFakeOpenai([
      {
        text: ['I will ', 'tell **them**.'],
        calls: [{ name: 'notify_send', arguments: '{"message":"it is done"}' }],
        usage: { prompt: 1_200, completion: 34 },
      },
      (response) => {
        answer = beginEventStream(response);
        answer.write(chunkEvent({ role: 'assistant', content: 'They have' }));
      },
    ]);
    dashboard = await openDashboard({
      env: {
        LLM_API_BASE: model.url,
        LLM_MODEL: 'scripted',
        LLM_API_KEY: 'a',
        LLM_TOKENS_PER_RUN: '200000',
        ALLOWED_PRIVATE_HOSTS: model.endpoint,
        POLICY_FILE: policy,
      },
    });
  });
  afterAll(async () => {
    await dashboard?.close();
    await model?.close();
    await closing.disposeAsync();
  });

  it('is seen as it thinks, asks, calls a tool and writes, with the tokens that it uses', async () => {
    const { runAgent } = await dashboard.ask('alice', START);
    const page = await dashboard.open(`/runs/${runAgent.id}`, { as: 'alice' });
    await page.getByRole('tab', { name: 'Agent' }).click();
    const talk = page.getByRole('list', { name: 'What the agent said and did' });
    await talk.locator('strong', { hasText: 'them' }).waitFor();
    await talk.getByText('1,200 tokens in, 34 out').waitFor();
    await talk.getByText('waits for an approval').waitFor();
    const link = await talk.getByRole('link', { name: 'Review and decide' }).getAttribute('href');
    expect(await accessibilityProblems(page)).toEqual([]);
    const review = await dashboard.open(link ?? '', { as: 'admin' });
    await review.getByRole('heading', { name: 'Call notify.send?' }).waitFor();
    await review.getByText('started by alice, asks to do it').waitFor();
    await review.getByRole('link', { name: /tool:notify.send.*approve$/ }).click();
    await review.getByRole('row', { name: 'Needs an approval' }).waitFor();
    await dashboard.ask('admin', APPROVE, { id: link?.split('/').at(-1) });

    await talk.getByText('They have', { exact: true }).waitFor();
    await talk.getByText('approved').waitFor();
    await until('the model was asked again', () => answer !== undefined);
    answer?.write(chunkEvent({ content: ' been told.' }));
    await talk.getByText('They have been told.').waitFor();
    answer?.write(chunkEvent({}, 'stop'));
    const usage = { prompt_tokens: 1_300, completion_tokens: 6, total_tokens: 1_306 };
    answer?.write(serverSentEvent({ object: 'chat.completion.chunk', choices: [], usage }));
    answer?.end(serverSentEvent('[DONE]'));
    await page.getByText('This step: 2,500 tokens in, 40 out.').waitFor();
    await page.getByText('The run: 2,540 of 200,000 tokens').waitFor();
    await talk.getByText('notify.send').click();
    await talk.getByText('it is done').first().waitFor();
    const seen = await talk.innerText();
    await page.reload();
    await talk.getByText('They have been told.').waitFor();
    expect((await talk.innerText()).split('They have been told.').length).toBe(
      seen.split('They have been told.').length,
    );
  });

  it('has a tab in steps of agents only, and a step that cannot log has no log', async () => {
    const { startRun } = await dashboard.ask(
      'alice',
      `mutation { startRun(input: { source: { yaml: "name: plain\\nsteps:\\n  - { id: only, kind: transform, input: { data: 1, expression: $ } }" } }) { ... on Run { id } } }`,
    );
    const page = await dashboard.open(`/runs/${startRun.id}?tab=agent`, { as: 'alice' });
    const tabs = page.getByRole('tablist', { name: 'Parts of only' }).getByRole('tab');
    await tabs.first().waitFor();
    expect(await tabs.allInnerTexts()).toEqual(['Input', 'Output', 'Decision', 'Attempts']);
  });
});
