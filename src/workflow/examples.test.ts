import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AnyCommand, isComposite } from '../commands/define-command.ts';
import { commands } from '../commands/registry.ts';
import type { JsonObject } from '../core/json.ts';
import { queries } from '../queries/registry.ts';
import type { Catalog } from './plan.ts';
import { readWorkflow } from './read-workflow.ts';
import { WORKFLOW_SCHEMA } from './workflow-schema.ts';

const folder = new URL('../../examples/workflows/', import.meta.url);

/** What this server can do. */
const catalog: Catalog = {
  command(name) {
    const found = commands.find((command: AnyCommand) => command.name === name);
    if (!found) return undefined;
    const { title } = found;
    const options = found.options as unknown as JsonObject;
    return isComposite(found)
      ? { effect: 'pure', title, options, composite: true }
      : { effect: found.effect, title, options };
  },
  query(name) {
    const found = queries.find((query) => query.name === name);
    return found && { effect: 'pure', title: found.title, options: found.options as unknown as JsonObject };
  },
  names: { commands: commands.map(({ name }) => name), queries: queries.map(({ name }) => name) },
};

const read = (file: string) => readWorkflow({ text: readFileSync(new URL(file, folder), 'utf8') }, catalog);

describe('the examples', () => {
  const files = readdirSync(folder).filter((file) => /\.(yaml|json)$/.test(file));

  it.each(files)('%s reads without problems', (file) => {
    const { document, problems } = read(file);
    expect(problems).toEqual([]);
    expect(document?.graph.nodes.length).toBeGreaterThan(0);
  });

  it('of the products mean the same in all three forms', () => {
    const [native, dag, pipeline] = ['products.yaml', 'products.dag.json', 'products.pipeline.json'].map((file) => {
      const plan = read(file).document?.compile({});
      // Only a pipeline cannot tell what its steps are called.
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

  it('shows a document of each form, and each reads without problems', () => {
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(readWorkflow({ text: block }, catalog).problems).toEqual([]);
  });

  it('tells of every key that a document and a step may have', () => {
    const { properties, $defs } = WORKFLOW_SCHEMA as unknown as {
      properties: Record<string, object>;
      $defs: Record<string, { properties: Record<string, object> }>;
    };
    for (const key of [...Object.keys(properties), ...Object.keys($defs.command_step?.properties ?? {})]) {
      if (key !== '$schema') expect(text, key).toContain(`\`${key}\``);
    }
  });
});
