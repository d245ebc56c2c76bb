import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../test/support/workflow/catalog.ts';
import { COMPLETE_DOCUMENT } from '../../test/support/workflow/complete-document.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { WorkflowPlan } from './model/workflow-document.ts';
import { readWorkflow } from './read-workflow.ts';

const read = (text: string) => readWorkflow({ text }, testCatalog);
const readValue = (document: Json) => readWorkflow({ document }, testCatalog);
const sleep = (id: string, more: JsonObject = {}): JsonObject => ({ id, kind: 'sleep', input: { ms: 1 }, ...more });
const plan = (document: Json, inputs: JsonObject = {}): WorkflowPlan => {
  const { document: parsed, problems } = readValue(document);
  if (!parsed) throw new Error(JSON.stringify(problems));
  return parsed.compile(inputs);
};

describe('a native document', () => {
  it('reads without problems and compiles with everything that it says', () => {
    const { document, graph, problems } = read(COMPLETE_DOCUMENT);
    expect(problems).toEqual([]);
    expect(document).toMatchObject({
      name: 'products_report',
      description: 'Everything there is.',
      yaml: COMPLETE_DOCUMENT,
    });
    expect(document?.schedule).toEqual({
      cron: '0 2 * * *',
      timeZone: 'Europe/Warsaw',
      overlap: 'queue',
      catchUp: 'one',
    });
    expect(graph?.edges).toContainEqual({ from: 'agree', to: 'send' });
    const compiled = document?.compile({ source: 'data:,a' }) as WorkflowPlan;
    expect(compiled).toMatchObject({ goal: 'Report on data:,a', inputs: { source: 'data:,a', limit: 10 } });
    expect(compiled.plan).toEqual({
      maxParallel: 8,
      maxParallelRuns: 20,
      outputs: { total: '{{ steps.total.output }}' },
    });
    const byKey = Object.fromEntries(compiled.steps.map(({ id, key, ...rest }) => [key, rest]));
    expect(byKey.rows).toEqual({
      title: 'The rows',
      kind: 'COMMAND',
      capability: 'convertToJson',
      effect: 'pure',
      input: { source: { uri: '{{ source }}' }, mode: 'CSV' },
      maxAttempts: 4,
      dependsOn: [],
      terms: {
        evaluate: true,
        retry: { backoffMs: 100, maxBackoffMs: 5000, on: ['TIMEOUT'] },
        outputMediaType: 'application/json',
        timeoutMs: 10_000,
        idempotent: true,
        pool: 'fast',
        labels: { a: 1 },
        cache: { key: '{{ source }}', ttlMs: 60_000 },
      },
    });
    expect(byKey.pages?.terms).toEqual({
      evaluate: true,
      forEach: '{{ steps.rows.output.rows }}',
      maxParallel: 8,
      onItemFailure: 'collect',
    });
    expect(byKey.agree).toMatchObject({
      kind: 'APPROVAL',
      capability: 'approval',
      dependsOn: ['pages', 'rows'],
      maxAttempts: 1,
    });
    expect(byKey.agree?.terms).toMatchObject({
      when: 'steps.rows.output.rows | length > limit',
      continueOnError: true,
    });
    expect(byKey.send).toMatchObject({ effect: 'external', dependsOn: ['agree'] });
    expect(byKey.send?.terms?.compensate).toEqual({
      kind: 'COMMAND',
      capability: 'send',
      effect: 'external',
      input: { to: '{{ steps.send.output }}' },
      maxAttempts: 3,
      terms: { evaluate: true, retry: { backoffMs: 200, maxBackoffMs: 30_000 } },
    });
    expect(byKey.wait).toEqual({
      title: 'wait',
      kind: 'SIGNAL',
      capability: 'signal',
      effect: 'pure',
      maxAttempts: 1,
      dependsOn: ['send'],
      input: { name: 'go', timeout_ms: 1000 },
    });
    expect(byKey.sub).toMatchObject({ kind: 'WORKFLOW', capability: 'other', dependsOn: ['nap'] });
    expect(byKey.look).toMatchObject({ kind: 'QUERY', capability: 'resources' });
    expect(byKey.total?.terms?.repair).toEqual({ step: 'send', maxRounds: 3 });
    expect(compiled.steps.map(({ id }) => id)).toEqual([...new Set(compiled.steps.map(({ id }) => id))]);
  });

  it('fills in the defaults of options without expressions', () => {
    const input = { source: { uri: 'data:,a' } };
    const compiled = plan({ name: 'a', steps: [{ id: 'a', kind: 'command', command: 'convertToJson', input }] });
    expect(compiled.steps[0]).toMatchObject({ input: { ...input, mode: 'AUTO' } });
    expect(compiled.steps[0]).not.toHaveProperty('terms');
  });

  it('gives a document that is a value as YAML that reads the same', () => {
    const document = { name: 'a', steps: [sleep('one'), sleep('two', { depends_on: ['one'] })] };
    const yaml = readValue(document).document?.yaml as string;
    expect(read(yaml).document?.source).toEqual(document);
  });

  it('creates new ids for each run', () => {
    const { document } = readValue({ name: 'a', steps: [sleep('one')] });
    expect(document?.compile({}).steps[0]?.id).not.toBe(document?.compile({}).steps[0]?.id);
  });
});
