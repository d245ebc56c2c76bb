import { escapeControls } from '../output/sanitize.ts';
import { propertyName, typeOfSchema } from './schema-type.ts';

export interface WorkflowDescription {
  readonly name: string;
  /** JSON Schema of its inputs. */
  readonly inputs: unknown;
  /** Its document, whose `outputs` name what a run gives. */
  readonly document: unknown;
}

/**
 * A declaration file that adds the types of these workflows to `WorkflowTypes` of `@signalbox/sdk`. An output is `unknown`,
 * because it is the value of an expression. Control characters of names and texts are escaped.
 */
export function declareWorkflows(workflows: readonly WorkflowDescription[]): string {
  const members = workflows
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, inputs, document }) =>
      [
        `    ${propertyName(name)}: {`,
        `      inputs: ${typeOfSchema(inputs)};`,
        `      outputs: ${typeOfOutputs(document)};`,
        '    };',
      ].join('\n'),
    );
  const lines = [
    '// Written by `signalbox types`. Do not edit: run it again when a workflow was saved.',
    "import '@signalbox/sdk';",
    '',
    "declare module '@signalbox/sdk' {",
    '  interface WorkflowTypes {',
    ...members,
    '  }',
    '}',
    '',
  ];
  return escapeControls(lines.join('\n'));
}

function typeOfOutputs(document: unknown): string {
  const outputs = isObject(document) ? document.outputs : undefined;
  // A list of outputs is that of a graph; its entries may name them in several ways.
  if (!isObject(outputs)) return '{ readonly [name: string]: unknown }';
  const members = Object.keys(outputs).map((name) => `readonly ${propertyName(name)}: unknown`);
  return `{ ${members.join('; ')} }`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
