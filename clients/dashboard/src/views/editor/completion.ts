import { type Place, placeAt } from './place.ts';
import { propertiesOf, schemasAt, valuesOf, type WorkflowSchema } from './schema-at.ts';

/** Something that can be typed here. */
interface Completion {
  readonly label: string;
  readonly detail: string;
  /** What is inserted. */
  readonly apply: string;
}

export interface Completions {
  /** Where the word begins that a completion replaces. */
  readonly from: number;
  readonly options: readonly Completion[];
}

/** Names of this server, by the key whose value they can be. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

/** What the published schema, the steps of the document and the names of the server allow at a position of the text. */
export function completionsAt(
  text: string,
  offset: number,
  schema: WorkflowSchema,
  names: KnownNames = {},
): Completions | undefined {
  const steps = expressionAt(text, offset);
  if (steps) return steps;
  const place = placeAt(text, offset);
  if (!place) return undefined;
  const options = place.role === 'key' ? keysAt(place, schema) : valuesAt(place, schema, names);
  return options.length > 0 ? { from: place.from, options } : undefined;
}

function keysAt(place: Place, schema: WorkflowSchema): readonly Completion[] {
  const { path, siblings, hasColon, document } = place;
  const schemas = schemasAt(schema, path, document);
  const properties = [...propertiesOf(schemas, schema)].filter(([name]) => !siblings.includes(name));
  // In a list of plain values no key follows.
  if (properties.length === 0) return valuesAt(place, schema, {});
  return properties.map(([label, detail]) => ({ label, detail, apply: hasColon ? label : `${label}: ` }));
}

function valuesAt({ path, document }: Place, schema: WorkflowSchema, names: KnownNames): readonly Completion[] {
  const key = path.findLast((part) => typeof part === 'string') ?? '';
  const listed = schemasAt(schema, path, key === 'kind' ? undefined : document).flatMap((one) =>
    valuesOf(one).map((label) => ({ label, detail: one.description ?? '', apply: label })),
  );
  const known = key === 'depends_on' ? otherSteps(document, path) : (names[key] ?? []);
  const all = [...listed, ...known.map((label) => ({ label, detail: '', apply: label }))];
  return all.filter(({ label }, index) => all.findIndex((one) => one.label === label) === index);
}

/** IDs of the steps of a document. */
function stepsOf(document: unknown): readonly string[] {
  const { steps } = (document ?? {}) as { readonly steps?: unknown };
  if (!Array.isArray(steps)) return [];
  return steps.map((step: { readonly id?: unknown } | null) => step?.id).filter((id) => typeof id === 'string');
}

function otherSteps(document: unknown, [, index]: Place['path']): readonly string[] {
  return stepsOf(document).filter((_, position) => position !== index);
}

/** In an expression, `steps.` is followed by the ID of a step. */
function expressionAt(text: string, offset: number): Completions | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const match = /\{\{[^}]*\bsteps\.([\w-]*)$/.exec(text.slice(lineStart, offset));
  if (!match) return undefined;
  const ids = [...text.matchAll(/^\s*-\s+id:\s*["']?([A-Za-z][\w-]*)|\{\s*"?id"?:\s*["']?([A-Za-z][\w-]*)/gm)];
  const options = ids
    .map(([, block, flow]) => block ?? flow ?? '')
    .map((id) => ({ label: id, detail: 'step', apply: id }));
  return options.length > 0 ? { from: offset - (match[1]?.length ?? 0), options } : undefined;
}
