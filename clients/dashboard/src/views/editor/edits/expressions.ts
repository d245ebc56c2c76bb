/** Where an expression refers to a step. */
export interface StepReference {
  readonly step: string;
  /** The whole expression, as it is written. */
  readonly expression: string;
  /** What follows `steps`, with the dot or the brackets: offsets in the text. */
  readonly from: number;
  readonly to: number;
}

/** A text of the document that can hold expressions, with the keys that lead to it. */
export interface Template {
  readonly path: readonly string[];
  readonly text: string;
  /** The text is an expression also without braces. */
  readonly isBare: boolean;
}

/** Keys of a step whose expressions make dependencies. */
const NEEDING = ['input', 'agent', 'cache', 'when', 'for_each'];
const BARE = ['when', 'for_each'];
const TOKEN = /\s+|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[A-Za-z_]\w*|[\s\S]/y;

interface Token {
  readonly text: string;
  readonly from: number;
}

/** The texts of a step whose expressions make it depend on others. */
export const templatesThatNeed = (step: object): readonly Template[] => templatesOf(step, NEEDING);

/** All texts of a workflow that can hold expressions, with their paths in it. */
export function templatesOfWorkflow(json: { readonly steps?: readonly object[] | null }): readonly Template[] {
  const ofSteps = (json.steps ?? []).flatMap((step, index) =>
    templatesOf(step, [...NEEDING, 'compensate']).map((one) => ({
      ...one,
      path: ['steps', String(index), ...one.path],
    })),
  );
  return [...ofSteps, ...templatesOf(json, ['outputs', 'goal_template'])];
}

function templatesOf(value: object, keys: readonly string[]): readonly Template[] {
  return keys.flatMap((key) => textsOf((value as Record<string, unknown>)[key], [key]));
}

function textsOf(value: unknown, path: readonly string[]): readonly Template[] {
  if (typeof value === 'string')
    return [{ path, text: value, isBare: path.length === 1 && BARE.includes(path[0] ?? '') }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsOf(member, [...path, key]));
}

/** What the expressions of a text say about steps. */
export function stepReferences({ text, isBare }: Pick<Template, 'text' | 'isBare'>): readonly StepReference[] {
  if (!text.includes('steps')) return [];
  return expressionsOf(text, isBare).flatMap(({ tokens, expression }) =>
    tokens.flatMap((token, index) => {
      const reference = token.text === 'steps' && !isMember(tokens[index - 1]) && referenceAt(tokens, index);
      return reference ? [{ ...reference, expression }] : [];
    }),
  );
}

export const refersTo = (template: Template, step: string) => stepReferences(template).some((one) => one.step === step);

/** The text with other references to steps: what is returned for a step replaces what follows `steps`. */
export function withReferences(
  template: Pick<Template, 'text' | 'isBare'>,
  accessTo: (step: string) => string,
): string {
  return stepReferences(template).reduceRight(
    (text, { step, from, to }) => text.slice(0, from) + accessTo(step) + text.slice(to),
    template.text,
  );
}

const isMember = (before: Token | undefined) => before?.text === '.' || before?.text === '|';

function referenceAt(tokens: readonly Token[], index: number): Omit<StepReference, 'expression'> | undefined {
  const [sign, name, end] = tokens.slice(index + 1, index + 4);
  if (!sign || !name) return undefined;
  if (sign.text === '.' && /^\w/.test(name.text)) {
    return { step: name.text, from: sign.from, to: name.from + name.text.length };
  }
  if (sign.text === '[' && /^["']/.test(name.text) && end?.text === ']') {
    return { step: name.text.slice(1, -1), from: sign.from, to: end.from + 1 };
  }
  return undefined;
}

/** The expressions of a text: those in braces, where braces inside of them and texts do not end them; or the whole text. */
function expressionsOf(text: string, isBare: boolean) {
  const found: { readonly expression: string; readonly tokens: readonly Token[] }[] = [];
  if (isBare && !text.trimStart().startsWith('{{')) return [{ expression: text, tokens: tokensFrom(text, 0).tokens }];
  for (let at = text.indexOf('{{'); at >= 0; ) {
    const { tokens, end } = tokensFrom(text, at + 2);
    found.push({ expression: text.slice(at, end), tokens });
    at = text.indexOf('{{', end);
  }
  return found;
}

/** The tokens up to the `}}` that ends an expression, or to the end of the text. */
function tokensFrom(text: string, begin: number): { readonly tokens: readonly Token[]; readonly end: number } {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = begin; at < text.length; ) {
    if (depth === 0 && text.startsWith('}}', at)) return { tokens, end: at + 2 };
    TOKEN.lastIndex = at;
    const [token = ''] = TOKEN.exec(text) ?? [];
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth -= 1;
    if (token.trim() !== '') tokens.push({ text: token, from: at });
    at += token.length;
  }
  return { tokens, end: text.length };
}
