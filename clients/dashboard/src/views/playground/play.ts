import type { PlayCatalogQuery } from '../../api/generated/graphql.ts';
import type { FormSchema } from '../../parts/schema-form/schema.ts';
import type { FormValue } from '../../parts/schema-form/schema-form.tsx';

export type PlayKind = 'document' | 'command' | 'tool' | 'agent' | 'workflow';

/** Something that the playground can run, with a form for it. */
export interface PlayItem {
  readonly kind: PlayKind;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Of what the form asks for. */
  readonly schema: FormSchema;
  /** What the form begins with. */
  readonly initial: FormValue;
}

/** A mutation with its input, as it is sent and as it is shown as code. */
export interface PlayRequest {
  readonly mutation: 'execute' | 'startRun' | 'runAgent';
  readonly input: FormValue;
}

const DOCUMENT: FormSchema = {
  properties: {
    document: {
      type: 'string',
      title: 'Document text',
      maxLength: 1_000_000,
      description: 'A workflow, as YAML or JSON.',
    },
    inputs: { type: 'object', description: 'Values of its inputs, by name.' },
  },
  required: ['document'],
};

/** Inputs with which an example shows what it can do. */
const EXAMPLE_INPUTS: Readonly<Record<string, FormValue>> = { build_service: { resource: 'Listing' } };

const AGENT: FormSchema = {
  properties: {
    role: { type: 'string', description: 'Who the agent is.' },
    goal: { type: 'string', description: 'What it should achieve.' },
    tools: { type: 'array', items: { type: 'string' }, description: 'Tools that it may call.' },
    context: { description: 'What it should know: any JSON value.' },
  },
  required: ['role', 'goal'],
};

/** Everything that the playground offers, in the order of its list. */
export function itemsOf({ catalog, workflows }: PlayCatalogQuery): readonly PlayItem[] {
  return [
    {
      ...{
        kind: 'document',
        name: 'new',
        title: 'Unsaved workflow',
        description: 'Write a workflow and run it without saving it.',
      },
      schema: DOCUMENT,
      initial: {},
    },
    ...catalog.examples.map(({ name, title, description, kind, text }): PlayItem => {
      const shared = { kind: 'document' as const, name, title, description };
      if (kind === 'WORKFLOW' || kind === 'PIPELINE') {
        const inputs = EXAMPLE_INPUTS[name];
        return { ...shared, schema: DOCUMENT, initial: { document: text, ...(inputs && { inputs }) } };
      }
      const { command, options } = JSON.parse(text) as { readonly command: string; readonly options: FormValue };
      const schema = catalog.commands.find((one) => one.name === command)?.options as FormSchema | undefined;
      return { ...shared, kind: 'command', name: command, schema: schema ?? {}, initial: options };
    }),
    ...catalog.commands.map(
      ({ name, title, description, options }): PlayItem => ({
        ...{ kind: 'command', name, title, description },
        schema: options as FormSchema,
        initial: {},
      }),
    ),
    ...catalog.tools.map(
      ({ name, title, description, options }): PlayItem => ({
        ...{ kind: 'tool', name, title, description },
        schema: options as FormSchema,
        initial: {},
      }),
    ),
    ...catalog.agentBackends.map(({ name, description, config }): PlayItem => {
      const properties = {
        ...AGENT.properties,
        config: { ...(config as FormSchema), title: 'Configuration of the backend' },
      };
      return {
        ...{ kind: 'agent', name, title: name, description },
        schema: { ...AGENT, properties },
        initial: {},
      };
    }),
    ...workflows.nodes.map(
      ({ name, description, inputs }): PlayItem => ({
        ...{ kind: 'workflow', name, title: name, description: description ?? 'A saved workflow.' },
        schema: inputs as FormSchema,
        initial: {},
      }),
    ),
  ];
}

/** Runs as it is, or is where a document is written. */
export const isExample = ({ kind, initial }: PlayItem) =>
  kind === 'document' || (kind === 'command' && Object.keys(initial).length > 0);

/** Where its form is. */
export function pathOf(item: PlayItem): string {
  const path = `/play/${item.kind}/${encodeURIComponent(item.name)}`;
  return item.kind === 'command' && isExample(item) ? `${path}?title=${encodeURIComponent(item.title)}` : path;
}

/** `BASH_CLI` → `bashCli`, as the input of the API names it. */
const camelCase = (name: string) =>
  name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What is sent for the values of the form. */
export function requestOf({ kind, name }: Pick<PlayItem, 'kind' | 'name'>, value: FormValue): PlayRequest {
  switch (kind) {
    case 'command':
      return { mutation: 'execute', input: { command: name, options: value } };
    case 'tool': {
      const step = { id: 'call', kind: 'tool', tool: name, input: value };
      return { mutation: 'startRun', input: { source: { document: { name: 'tool', steps: [step] } } } };
    }
    case 'agent': {
      const { context, config, ...agent } = value;
      const backend = { [camelCase(name)]: config ?? {} };
      return {
        mutation: 'runAgent',
        input: { agent: { ...agent, backend }, ...(context !== undefined && { context }) },
      };
    }
    case 'workflow':
      return { mutation: 'startRun', input: { source: { name }, inputs: value } };
    case 'document': {
      const { document, inputs } = value;
      return { mutation: 'startRun', input: { source: { yaml: document }, ...(inputs !== undefined && { inputs }) } };
    }
  }
}
