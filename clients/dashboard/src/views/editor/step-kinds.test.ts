import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WorkflowSchema } from './schema-at.ts';
import { newStep, stepKindsOf } from './step-kinds.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/workflow.schema.json', import.meta.url), 'utf8'),
) as WorkflowSchema;

describe('the palette', () => {
  it('has every kind of the published schema, with what it does', () => {
    const kinds = stepKindsOf(schema);
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['command', 'agent', 'sleep', 'http']));
    expect(kinds.every(({ description }) => description !== '')).toBe(true);
  });

  it('begins a step with what the schema requires, under an ID that no step has', () => {
    expect(newStep('command', schema, ['command', 'command_2'])).toEqual({
      id: 'command_3',
      kind: 'command',
      command: '',
    });
    expect(newStep('agent', schema, [])).toEqual({
      id: 'agent',
      kind: 'agent',
      agent: { role: '', goal: '', backend: '' },
    });
    expect(newStep('transform', schema, ['rows'])).toEqual({
      id: 'transform',
      kind: 'transform',
      input: { expression: '' },
    });
  });
});
