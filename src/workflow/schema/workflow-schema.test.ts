import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { STEP_KIND_NAMES, WORKFLOW_SCHEMA } from './workflow-schema.ts';

const printed = new URL('../../../docs/workflow.schema.json', import.meta.url);

describe('the JSON Schema of workflows', () => {
  it('is what docs/workflow.schema.json says', () => {
    expect(JSON.parse(readFileSync(printed, 'utf8'))).toEqual(WORKFLOW_SCHEMA);
  });

  it('is a JSON Schema 2020-12 that accepts one of each kind and nothing else', () => {
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(WORKFLOW_SCHEMA);
    const input = {
      command: { command: 'fetch', input: {} },
      query: { query: 'resources' },
      transform: { input: { data: [1], expression: '$' } },
      approval: { input: { reason: 'Go?', expires_ms: '{{ a }}' } },
      sleep: { input: { until: '2026-01-01T00:00:00Z' } },
      signal: { input: { name: 'go' } },
      workflow: { workflow: 'other' },
      tool: { tool: 'web.search', input: { query: 'a' }, compensate: { kind: 'tool', tool: 'notify.send' } },
      agent: { agent: { role: 'r', goal: 'g', backend: 'mcp', backend_config: { any: 1 } }, input: [1] },
      plan: { input: '{{ a }}' },
      research: { tool: 'web.search', input: { query: 'a' } },
      http: { input: { url: '{{ a }}' }, output_media_type: 'text/csv' },
    };
    const steps = STEP_KIND_NAMES.map((kind) => ({ id: kind, kind, ...input[kind as keyof typeof input] }));
    expect(validate({ name: 'a', steps })).toBe(true);
    expect(validate({ name: 'a', steps: [{ id: 'a', kind: 'agent' }] })).toBe(false);
    expect(validate({ name: 'a', steps: [{ ...steps[0], output: 1 }] })).toBe(false);
    expect(validate({ name: 'a', steps, outputs: {}, other: 1 })).toBe(false);
  });

  it('describes every property', () => {
    const undescribed: string[] = [];
    const visit = (schema: Json, at: string): void => {
      if (!isJsonObject(schema)) return;
      const properties = isJsonObject(schema.properties) ? schema.properties : {};
      for (const [name, one] of Object.entries(properties)) {
        const described = isJsonObject(one) && ('description' in one || '$ref' in one);
        // The definitions of the bodies describe the kind of a compensation.
        if (!described && name !== 'kind') undescribed.push(`${at}.${name}`);
        visit(one, `${at}.${name}`);
      }
    };
    visit(WORKFLOW_SCHEMA, '');
    for (const [name, one] of Object.entries(WORKFLOW_SCHEMA.$defs as Record<string, Json>)) {
      visit(one, name);
      expect(one, name).toHaveProperty('description');
    }
    expect(undescribed).toEqual([]);
  });
});
