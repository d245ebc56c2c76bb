import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { readWorkflow } from '../read-workflow.ts';

const readValue = (document: Json) => readWorkflow({ document }, testCatalog);
const sleep = (id: string, more: JsonObject = {}): JsonObject => ({ id, kind: 'sleep', input: { ms: 1 }, ...more });
/** The problems of a document of these steps, as one text. */
const problemsOf = (steps: readonly Json[], more: JsonObject = {}) =>
  readValue({ name: 'test', steps, ...more })
    .problems.map(({ severity, message }) => `${severity} ${message}`)
    .join('\n');

describe('options', () => {
  it('of any type may be an expression', () => {
    const input = { source: '{{ s }}', mode: '{{ s }}', header: '{{ h }}' };
    const steps = [{ id: 'a', kind: 'command', command: 'convertToJson', input }];
    expect(problemsOf(steps, { inputs: { s: {}, h: 'boolean' } })).toBe('');
    expect(
      problemsOf([{ id: 'a', kind: 'command', command: 'convertToJson', input: '{{ o }}' }], {
        inputs: { o: 'object' },
      }),
    ).toBe('');
  });

  it('of steps that repair another may refer to repair, and only those', () => {
    const input = { ms: '{{ repair.round if repair is defined else 1 }}' };
    const steps = [
      sleep('a', { input }),
      sleep('b', { input, when: 'steps.a.state' }),
      sleep('c', { depends_on: ['b'], repair: { step: 'a' } }),
    ];
    expect(problemsOf(steps)).toBe('');
    expect(problemsOf([...steps, sleep('d', { input })])).toMatch(/Step d: .* refers to repair/);
  });

  it('of a for_each over a source are those of convertToJson, with batch', () => {
    const over = (source: JsonObject, more: JsonObject = {}) => problemsOf([sleep('a', { for_each: source, ...more })]);
    const source = { uri: 'file:///a.csv' };
    expect(over({ source, mode: 'CSV' }, { batch: 1_000 })).toBe('');
    expect(over({ source })).toMatch(/^ERROR Step a, for_each: .*Set batch/);
    expect(over({ uri: 'file:///a.csv' }, { batch: 10 })).toMatch(/source must be given/);
    expect(over({ source, modes: 'CSV' }, { batch: 10 })).toMatch(/modes is not a known option\. Did you mean mode\?/);
    expect(over({ source }, { batch: 10_001 })).toMatch(/batch must be <= 10000/);
    expect(problemsOf([sleep('a', { batch: 5 })])).toMatch(/WARNING Step a: batch has no effect without for_each/);
  });
});
