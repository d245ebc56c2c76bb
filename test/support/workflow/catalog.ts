import type { Json, JsonObject } from '../../../src/lib/json.ts';
import type { Catalog, CatalogBackend, CatalogEntry } from '../../../src/workflow/model/catalog.ts';
import type { WorkflowPlan } from '../../../src/workflow/model/workflow-document.ts';
import { readWorkflow } from '../../../src/workflow/read-workflow.ts';

const source: JsonObject = {
  'x-signalbox': 'resource',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { uri: { type: 'string' }, text: { type: 'object' }, bytes: { type: 'object' } },
};

const entry = (
  properties: JsonObject,
  required: readonly string[],
  more: Partial<CatalogEntry> = {},
): CatalogEntry => ({
  effect: 'pure',
  title: 'A title',
  options: { type: 'object', properties, required },
  ...more,
});

const COMMANDS: ReadonlyMap<string, CatalogEntry> = new Map([
  ['fetch', entry({ source, schemaUri: { type: 'string' } }, ['source'])],
  [
    'convertToJson',
    entry(
      {
        source,
        schemaUri: { type: 'string' },
        mode: { type: 'string', enum: ['AUTO', 'CSV'], default: 'AUTO' },
        header: { type: 'boolean' },
      },
      ['source'],
    ),
  ],
  [
    'render',
    entry(
      { source, data: {}, template: { type: 'string' }, templateUri: { type: 'string' }, title: { type: 'string' } },
      [],
    ),
  ],
  ['send', entry({ to: { type: 'string' }, times: { type: 'integer', minimum: 1 } }, ['to'], { effect: 'external' })],
  ['pipeline', entry({ steps: { type: 'array' } }, ['steps'], { composite: true })],
]);

const QUERIES: ReadonlyMap<string, CatalogEntry> = new Map([
  [
    'resources',
    entry({}, [], {
      options: {
        type: 'object',
        minProperties: 1,
        properties: { uri: { type: 'string' }, uris: { type: 'array' }, schemaUri: { type: 'string' } },
      },
    }),
  ],
  ['catalog', entry({}, [])],
]);

const TOOLS: ReadonlyMap<string, CatalogEntry> = new Map([
  ['web.search', entry({ query: { type: 'string' }, limit: { type: 'integer', default: 10 } }, ['query'])],
  ['notify.send', entry({ message: { type: 'string' } }, ['message'], { effect: 'external' })],
  ['python.run', entry({ entrypoint: { type: 'string' } }, ['entrypoint'], { effect: 'external', idempotent: true })],
]);

const PLAN_OPTIONS: JsonObject = {
  goal: { type: 'string' },
  resource: { type: 'string' },
  stack: { type: 'string' },
  requirements: { type: 'array' },
};
const CODEGEN_OPTIONS: JsonObject = {
  plan: {},
  problems: {},
  findings: { type: 'array' },
  stack: {},
  deliverables: {},
};

const KINDS: ReadonlyMap<string, CatalogEntry> = new Map([
  ['plan', entry(PLAN_OPTIONS, ['goal'], { effect: 'external', idempotent: true })],
  ['research', entry({ query: { type: 'string' } }, [], { effect: 'external', idempotent: true })],
  ['codegen', entry(CODEGEN_OPTIONS, ['plan'], { effect: 'external', idempotent: true })],
  [
    'eval',
    entry({ files: { type: 'array' }, stack: {}, commands: {} }, ['files'], { effect: 'external', idempotent: true }),
  ],
  ['repo', entry({ message: { type: 'string' }, files: { type: 'array' } }, ['message'], { effect: 'external' })],
  [
    'notify',
    entry({ message: { type: 'string' }, level: { enum: ['INFO', 'WARN'] } }, ['message'], { effect: 'external' }),
  ],
  [
    'http',
    entry({ url: { type: 'string' }, method: {}, headers: { type: 'object' }, json: {}, body: {} }, ['url'], {
      effectOf: ({ method = 'GET' }) => (method === 'GET' ? 'pure' : 'external'),
    }),
  ],
]);

const backend = (properties: JsonObject, required: readonly string[] = [], resumes = false): CatalogBackend => ({
  config: { type: 'object', properties, required },
  resumes,
});

const server: JsonObject = {
  stdioCommand: { type: 'array', items: { type: 'string' }, minItems: 1 },
  serverUrl: { type: 'string' },
  headers: { type: 'object', additionalProperties: { type: 'string' } },
};

const BACKENDS: ReadonlyMap<string, CatalogBackend> = new Map([
  ['mcp', backend({ ...server, arguments: { type: 'object' } })],
  [
    'litellm',
    backend(
      {
        model: { type: 'string' },
        maxTokens: { type: 'integer', minimum: 1, default: 1024 },
        mcpServers: { type: 'array', items: { type: 'object', additionalProperties: false, properties: server } },
      },
      ['model'],
      true,
    ),
  ],
  ['bash_cli', backend({ commandTemplate: { type: 'string' }, timeoutMs: { type: 'integer' } })],
  ['http_api', backend({ url: { type: 'string' } }, ['url'])],
]);

/** A server with a few of everything, to check documents against; it has no backend websocket. */
export const testCatalog: Catalog = {
  command: (name) => COMMANDS.get(name),
  query: (name) => QUERIES.get(name),
  tool: (name) => TOOLS.get(name),
  kind: (name) => KINDS.get(name),
  backend: (name) => BACKENDS.get(name),
  topicOf: (pool) => (pool === 'far' ? 'job.pool.far' : undefined),
  names: {
    commands: [...COMMANDS.keys()],
    queries: [...QUERIES.keys()],
    tools: [...TOOLS.keys()],
    backends: [...BACKENDS.keys()],
    kinds: [...KINDS.keys()],
    pools: ['inline', 'fast', 'far'],
  },
};

/** The problems of a document, one a line. */
export function problemsOf(document: Json): string {
  const { problems } = readWorkflow({ document }, testCatalog);
  return problems.map(({ severity, message }) => `${severity} ${message}`).join('\n');
}

/** The steps of a valid document, without their ids. */
export function stepsOf(document: Json, inputs: JsonObject = {}): readonly Omit<WorkflowPlan['steps'][number], 'id'>[] {
  const { document: parsed, problems } = readWorkflow({ document }, testCatalog);
  if (!parsed) throw new Error(JSON.stringify(problems));
  return parsed.compile(inputs).steps.map(({ id: _, ...step }) => step);
}
