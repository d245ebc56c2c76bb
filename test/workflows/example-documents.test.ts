import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BackendDeps, createBackends } from '../../src/agents/registry.ts';
import { createQueries } from '../../src/commands/read/registry.ts';
import { commands } from '../../src/commands/registry.ts';
import { createCapabilities } from '../../src/engine/capabilities/capabilities.ts';
import { catalogOf } from '../../src/engine/capabilities/catalog-of.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { createStepKinds, type StepKindDeps } from '../../src/step-kinds/registry.ts';
import { createTools, type ToolDeps } from '../../src/tools/registry.ts';
import { readWorkflow } from '../../src/workflow/read-workflow.ts';
import { WORKFLOW_SCHEMA } from '../../src/workflow/schema/workflow-schema.ts';

// They do nothing: only their names and schemas are read.
const capabilities = createCapabilities({
  commands,
  queries: createQueries(() => ({})),
  tools: createTools({} as ToolDeps),
  backends: createBackends({} as BackendDeps),
  kinds: createStepKinds({ stacksDir: '' } as StepKindDeps),
  pools: new Map([['inline', 'inline']]),
});

/** Everything that a document may name on this server. */
const catalog = catalogOf(capabilities);

const folder = new URL('../../examples/workflows/', import.meta.url);
const agents = new URL('../../examples/agents/', import.meta.url);

const read = (file: string) => readWorkflow({ text: readFileSync(new URL(file, folder), 'utf8') }, catalog);

describe('the examples', () => {
  const files = readdirSync(folder).filter((file) => /\.(yaml|json)$/.test(file));

  it.each(files)('%s reads without problems', (file) => {
    const { document, problems } = read(file);
    expect(problems).toEqual([]);
    expect(document?.graph.nodes.length).toBeGreaterThan(0);
  });

  it.each(readdirSync(agents))('of agents are valid in a pipeline: %s', (file) => {
    const agent = JSON.parse(readFileSync(new URL(file, agents), 'utf8')) as JsonObject;
    expect(readWorkflow({ document: { steps: [{ agent }] } }, catalog).problems).toEqual([]);
  });

  it('of the products mean the same in all three forms', () => {
    const [native, dag, pipeline] = ['products.yaml', 'products.dag.json', 'products.pipeline.json'].map((file) => {
      const plan = read(file).document?.compile({});
      // Only a pipeline cannot name its steps.
      const rename = (text: string) => text.replaceAll('convertToJson_1', 'rows').replaceAll('render_2', 'output');
      return JSON.parse(
        rename(JSON.stringify({ ...plan, steps: plan?.steps.map(({ id: _, ...step }) => step) })),
      ) as JsonObject;
    });
    expect(dag).toEqual(native);
    expect(pipeline).toEqual(native);
  });
});

describe('docs/workflows.md', () => {
  const text = readFileSync(new URL('../../docs/workflows.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```(?:yaml|json)\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  it('shows a document of each form, one with an agent, one with batches and one with flow control, and each reads without problems', () => {
    expect(blocks).toHaveLength(6);
    for (const block of blocks) expect(readWorkflow({ text: block }, catalog).problems).toEqual([]);
  });

  it('describes every key that a document and a step may have', () => {
    const { properties, $defs } = WORKFLOW_SCHEMA as unknown as {
      properties: Record<string, object>;
      $defs: Record<string, { properties: Record<string, object> }>;
    };
    const agent = $defs.agent_step?.properties.agent as { readonly properties: object };
    const steps = [...Object.keys($defs.command_step?.properties ?? {}), ...Object.keys(agent.properties)];
    for (const key of [...Object.keys(properties), ...steps]) {
      if (key !== '$schema') expect(text, key).toContain(`\`${key}\``);
    }
  });
});
