import { readFile } from 'node:fs/promises';
import { builder } from '../builder/builder.ts';

const EXAMPLES_FOLDER = new URL('../../../../../examples/', import.meta.url);

const ExampleKind = builder.enumType('ExampleKind', {
  description: 'What an example is.',
  values: {
    COMMAND: { description: 'One command with its options.' },
    PIPELINE: { description: 'Commands of which each works on the result of the one before.' },
    WORKFLOW: { description: 'A workflow.' },
  },
});

interface ExampleView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: 'COMMAND' | 'PIPELINE' | 'WORKFLOW';
  /** Below `examples/`. */
  readonly file: string;
}

export const EXAMPLES: readonly ExampleView[] = [
  {
    ...{ name: 'csv_to_json', title: 'CSV to JSON', kind: 'COMMAND', file: 'presets/csv-to-json.json' },
    description: 'Reads a CSV file and returns its rows as JSON.',
  },
  {
    ...{ name: 'render_posts', title: 'Render posts', kind: 'COMMAND', file: 'presets/render-posts.json' },
    description: 'Renders a JSON file as an HTML page.',
  },
  {
    ...{ name: 'pipeline', title: 'Pipeline', kind: 'PIPELINE', file: 'workflows/products.pipeline.json' },
    description: 'Two commands: converts a CSV file to JSON, then renders it as an HTML page.',
  },
  {
    ...{ name: 'build_service', title: 'Build a service', kind: 'WORKFLOW', file: 'workflows/build_service.yaml' },
    description: 'A workflow of agents and tools that plans, writes and tests a small service.',
  },
];

/** A document to begin with; each is a file of `examples/`. */
export const Example = builder.objectRef<ExampleView>('Example').implement({
  description: 'A document to begin with.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    title: t.exposeString('title', { description: 'Its title, for people.' }),
    description: t.exposeString('description', { description: 'What it does.' }),
    kind: t.expose('kind', { type: ExampleKind, description: 'What it is.' }),
    text: t.string({
      description: 'The document, as YAML or JSON: the `yaml` of a source of `startRun`.',
      resolve: ({ file }) => readFile(new URL(file, EXAMPLES_FOLDER), 'utf8'),
    }),
  }),
});
