import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldKindOf } from '../../parts/schema-form/schema.ts';
import type { WorkflowSchema } from './schema-at.ts';
import { stepSchema } from './step-schema.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/workflow.schema.json', import.meta.url), 'utf8'),
) as WorkflowSchema;

describe('the form of a step', () => {
  const kinds = (kind: string, input?: object) =>
    Object.entries(stepSchema(schema, kind, input).properties ?? {}).map(([name, one]) => [
      name,
      fieldKindOf(name, one),
    ]);

  it('asks for the values of its kind, and not for what stands elsewhere', () => {
    const names = kinds('agent').map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['agent', 'input', 'when', 'retry']));
    expect(names).not.toEqual(expect.arrayContaining(['id']));
    expect(names.filter((name) => ['id', 'kind', 'depends_on'].includes(String(name)))).toEqual([]);
    expect(stepSchema(schema, 'command').required).toEqual(['command']);
  });

  it('asks for a value of several types as the one that is no expression', () => {
    const fields = Object.fromEntries(kinds('sleep'));
    expect(fields).toMatchObject({
      when: 'line',
      for_each: 'line',
      input: 'group',
      retry: 'group',
      timeout_ms: 'number',
    });
    expect(stepSchema(schema, 'sleep').properties?.input?.properties?.ms?.type).toBe('integer');
    expect(Object.fromEntries(kinds('workflow'))).toMatchObject({ compensate: 'json', version: 'json' });
  });

  it('has the schema of what the step calls for its input', () => {
    const input = { type: 'object', properties: { source: { type: 'string' } }, required: ['source'] };
    expect(stepSchema(schema, 'command', input).properties?.input).toEqual({ ...input, title: 'Input' });
  });
});
