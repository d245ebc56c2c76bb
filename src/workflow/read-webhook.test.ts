import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import { readWorkflow } from './read-workflow.ts';

const read = (on: string, name = 'deploy-site') =>
  readWorkflow(
    {
      text: `name: ${name}\ninputs: { event: object, kind: { type: string, default: push } }\nsteps: [{ id: a, kind: sleep, input: { ms: 1 } }]\n${on}\n`,
    },
    testCatalog,
  );
const problemsOf = (on: string) => read(on).problems.map(({ line, message }) => `${line} ${message}`);

describe('on: webhook', () => {
  it.each(['on: webhook', 'on:\n  webhook:', 'on: { webhook: {} }'])('has defaults, written as %j', (on) => {
    expect(read(on).document?.webhook).toEqual({ scheme: 'standard', secrets: ['WEBHOOK_DEPLOY_SITE'], headers: {} });
  });

  it('names its scheme, its secrets, and where inputs come from', () => {
    const on =
      'on: { webhook: { scheme: github, secret: [NEW, OLD], body: event, headers: { kind: X-GitHub-Event } } }';
    expect(read(on).document?.webhook).toEqual({
      scheme: 'github',
      secrets: ['NEW', 'OLD'],
      body: 'event',
      headers: { kind: 'x-github-event' },
    });
    expect(read('').document).not.toHaveProperty('webhook');
  });

  it.each([
    ['on: webhok', ['4 on must be one of webhook. Did you mean webhook?']],
    ['on: 7', [expect.stringMatching(/^4 on must be string,object/)]],
    ['on: {}', ['4 on is missing the required key webhook.']],
    ['on: { webhook: { sheme: github } }', [expect.stringMatching(/^4 .*unknown key "sheme"\. Did you mean scheme\?/)]],
    [
      'on: { webhook: { scheme: githup } }',
      [expect.stringMatching(/one of standard, github, token\. Did you mean github\?/)],
    ],
    ['on: { webhook: { secret: lower } }', [expect.stringMatching(/^4 "lower" is not the name of a secret/)]],
    ['on: { webhook: { secret: [A, B, C, D, E] } }', [expect.stringMatching(/^4 on\.webhook\.secret/)]],
    [
      'on:\n  webhook:\n    body: evnt',
      [expect.stringMatching(/^6 on\.webhook\.body: .* no input "evnt"\. Did you mean event\?/)],
    ],
    ['on:\n  webhook:\n    headers: { x: A }', [expect.stringMatching(/^6 on\.webhook\.headers\.x: .* no input "x"/)]],
    ['on: { webhook: { headers: { kind: Authorization } } }', [expect.stringMatching(/cannot be Authorization/)]],
    ['on: { webhook: { headers: { kind: "a b" } } }', [expect.stringMatching(/is not the name of a header/)]],
    ['on: { webhook: { body: event, headers: { event: A } } }', [expect.stringMatching(/both the body and a header/)]],
  ])('reports what is wrong with %j, by line', (on, problems) => {
    expect(problemsOf(on)).toEqual(problems);
  });
});
