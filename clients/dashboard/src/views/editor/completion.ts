import { stepsOfText } from './edits/steps-of-text.ts';
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
  const part = partAround(text, offset);
  const place = placeAt(part.text, offset - part.moved);
  if (!place) return undefined;
  const options =
    place.role === 'key' ? keysAt(place, schema, part.otherSteps) : valuesAt(place, schema, names, part.otherSteps);
  return options.length > 0 ? { from: place.from + part.moved, options } : undefined;
}

interface Part {
  readonly text: string;
  /** What is added to an offset in it, for the offset in the text. */
  readonly moved: number;
  /** The steps that are not in it, where the list of steps is known. */
  readonly otherSteps?: readonly string[];
}

const HEAD = 'steps:\n';

/** As much of the text as decides what can stand at a position: the step around it, or all but the steps. */
function partAround(text: string, offset: number): Part {
  const places = stepsOfText(text);
  const [first, last] = [places?.[0], places?.at(-1)];
  if (!places || !first || !last) return { text, moved: 0 };
  const own = places.find(({ from, to }) => from < offset && (offset < to || (offset === to && text[to - 1] !== '\n')));
  const isAfter = offset >= last.to;
  if (own) {
    const otherSteps = places.flatMap((one) => (one === own || one.key === undefined ? [] : [one.key]));
    return { text: HEAD + text.slice(own.from, own.to), moved: own.from - HEAD.length, otherSteps };
  }
  if (offset > first.from && !isAfter) return { text, moved: 0 };
  return { text: text.slice(0, first.from) + text.slice(last.to), moved: isAfter ? last.to - first.from : 0 };
}

function keysAt(place: Place, schema: WorkflowSchema, otherSteps?: readonly string[]): readonly Completion[] {
  const { path, siblings, hasColon, document } = place;
  const schemas = schemasAt(schema, path, document);
  const properties = [...propertiesOf(schemas, schema)].filter(([name]) => !siblings.includes(name));
  // In a list of plain values no key follows.
  if (properties.length === 0) return valuesAt(place, schema, {}, otherSteps);
  return properties.map(([label, detail]) => ({ label, detail, apply: hasColon ? label : `${label}: ` }));
}

function valuesAt(
  { path, document }: Place,
  schema: WorkflowSchema,
  names: KnownNames,
  otherSteps: readonly string[] = otherStepsOf(document, path),
): readonly Completion[] {
  const key = path.findLast((part) => typeof part === 'string') ?? '';
  const listed = schemasAt(schema, path, key === 'kind' ? undefined : document).flatMap((one) =>
    valuesOf(one).map((label) => ({ label, detail: one.description ?? '', apply: label })),
  );
  const known = key === 'depends_on' ? otherSteps : (names[key] ?? []);
  const all = [...listed, ...known.map((label) => ({ label, detail: '', apply: label }))];
  return all.filter(({ label }, index) => all.findIndex((one) => one.label === label) === index);
}

/** IDs of the steps of a document. */
function stepsOf(document: unknown): readonly string[] {
  const { steps } = (document ?? {}) as { readonly steps?: unknown };
  if (!Array.isArray(steps)) return [];
  return steps.map((step: { readonly id?: unknown } | null) => step?.id).filter((id) => typeof id === 'string');
}

function otherStepsOf(document: unknown, [, index]: Place['path']): readonly string[] {
  return stepsOf(document).filter((_, position) => position !== index);
}

/** In an expression, `steps.` is followed by the ID of a step. */
function expressionAt(text: string, offset: number): Completions | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const match = /\{\{[^}]*\bsteps\.([\w-]*)$/.exec(text.slice(lineStart, offset));
  if (!match) return undefined;
  const flow = () => [...text.matchAll(/\{\s*"?id"?:\s*["']?([A-Za-z][\w-]*)/g)].map(([, id]) => id);
  const ids = stepsOfText(text)?.map(({ key }) => key) ?? flow();
  const options = ids.flatMap((id) => (id === undefined ? [] : [{ label: id, detail: 'step', apply: id }]));
  return options.length > 0 ? { from: offset - (match[1]?.length ?? 0), options } : undefined;
}
