import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackendDeps, createBackends } from '../../agents/registry.ts';
import { createQueries } from '../../commands/read/registry.ts';
import { commands } from '../../commands/registry.ts';
import { Fault } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { createCapabilities } from '../capabilities/capabilities.ts';
import { compileCommand } from './compile-command.ts';

const capabilities = createCapabilities({
  commands,
  queries: createQueries(() => ({})),
  tools: [],
  backends: createBackends({} as BackendDeps),
  kinds: [],
  pools: new Map(),
});
const folder = new URL('../../../test/support/workflow/source-documents/', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
const envelopes = read('envelopes.json') as { command?: string; query?: string; request: JsonObject }[];
const calls: readonly (readonly [string, JsonObject])[] = [
  ...envelopes.map(({ command, query, request }) => [command ?? query ?? '', request] as const),
  ['pipeline', read('pipeline.json')],
  ['pipeline', read('pipeline-with-agent.json')],
];

/** Every way to replace one value of the request, or to add a member to one of its objects. */
function changesOf(value: Json, other: Json): readonly Json[] {
  if (typeof value !== 'object' || value === null) return [other];
  const entries = Object.entries(value);
  const put = (name: string, one: Json): Json =>
    Array.isArray(value) ? value.map((item, i) => (String(i) === name ? one : item)) : { ...value, [name]: one };
  const inner = entries.flatMap(([name, one]) => changesOf(one, other).map((changed) => put(name, changed)));
  const added = Array.isArray(value) ? [[...value, other]] : ENVELOPE_KEYS.map((name) => put(name, other));
  return [other, ...inner, ...added];
}

const ENVELOPE_KEYS = [
  'input_uri',
  'payload_b64',
  'source_uris',
  'schema_uri',
  'output_mime',
  'meta',
  'agent_node',
  'x',
];

describe('compileCommand', () => {
  it.each(calls.map(([name, request], i) => [name, i, request] as const))(
    'compiles the envelope of %s (%i)',
    (name, _, request) => {
      const { kind, steps } = compileCommand(capabilities, name, request);
      expect(kind).toBe(name === 'pipeline' ? 'PIPELINE' : 'COMMAND');
      for (const step of steps) expect(['COMMAND', 'QUERY', 'AGENT']).toContain(step.kind);
    },
  );

  it('compiles a request with one change, or says in few words what is wrong with it', () => {
    const values = fc.oneof(
      fc.constantFrom<Json[]>(null, '', 0, true, [], {}, [[]], 'data:,a', '$previous.output', 'x'.repeat(100_000), {
        steps: [null],
      }),
      fc.jsonValue().map((value) => value as Json),
    );
    fc.assert(
      fc.property(fc.constantFrom(...calls), values, fc.nat(), ([name, request], value, n) => {
        const changes = changesOf(request, value).filter(
          (one): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one),
        );
        const changed = changes[n % Math.max(1, changes.length)] ?? request;
        try {
          expect(compileCommand(capabilities, name, changed).steps.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          expect(['BAD_INPUT', 'NOT_FOUND']).toContain(error.code);
          expect(error.message.length).toBeLessThan(2_000);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
