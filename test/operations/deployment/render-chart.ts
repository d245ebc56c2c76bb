import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Scope {
  readonly dot: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
}
type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: string }
  | {
      readonly kind: 'block';
      readonly word: string;
      readonly args: string;
      readonly body: Node[];
      readonly otherwise: Node[];
    };

/**
 * Renders the templates of a chart as Helm does, as far as this chart uses its language: if, else, range, define, include and a few
 * functions. Whatever else occurs is an error. @returns the documents, by template
 */
export async function renderChart(folder: string, values: object): Promise<ReadonlyMap<string, string>> {
  const chart = parse(await readFile(join(folder, 'Chart.yaml'), 'utf8'));
  const dot = {
    Values: values,
    Release: { Name: 'test' },
    Chart: { AppVersion: chart.appVersion, Name: chart.name },
  };
  const names = (await readdir(join(folder, 'templates'))).sort();
  const defined = new Map<string, readonly Node[]>();
  const trees = new Map<string, readonly Node[]>();
  for (const name of names) {
    const tree = readTemplate(await readFile(join(folder, 'templates', name), 'utf8'));
    for (const node of tree)
      if (node.kind === 'block' && node.word === 'define') defined.set(JSON.parse(node.args), node.body);
    if (!name.startsWith('_')) trees.set(name, tree);
  }
  const render = (nodes: readonly Node[], scope: Scope): string =>
    nodes
      .map((node) => {
        if (node.kind === 'text') return node.text;
        if (node.kind === 'output') return toText(evaluate(node.pipeline, scope, include));
        if (node.word === 'define') return '';
        if (node.word === 'if')
          return render(isTrue(evaluate(node.args, scope, include)) ? node.body : node.otherwise, scope);
        const [, key, value, of = node.args] = /^\$(\w+), \$(\w+) := (.+)$/.exec(node.args) ?? [];
        const list = Object.entries((evaluate(of, scope, include) ?? {}) as object);
        const variables = (entry: [string, unknown]) =>
          new Map([
            ...scope.variables,
            ...(key && value ? [[key, entry[0]] as const, [value, entry[1]] as const] : []),
          ]);
        return list
          .map((entry) => render(node.body, { dot: key ? scope.dot : entry[1], variables: variables(entry) }))
          .join('');
      })
      .join('');
  const include = (name: string, inner: unknown) => {
    const body = defined.get(name);
    if (!body) throw new SyntaxError(`no template ${name} is defined`);
    return render(body, { dot: inner, variables: new Map() });
  };
  return new Map([...trees].map(([name, tree]) => [name, render(tree, { dot, variables: new Map() })]));
}

function readTemplate(text: string): readonly Node[] {
  const root: Node[] = [];
  const open: { body: Node[]; block?: Extract<Node, { kind: 'block' }> }[] = [{ body: root }];
  let trims = false;
  let at = 0;
  const addText = (raw: string, trimsEnd: boolean) => {
    const text = trimsEnd ? raw.trimEnd() : raw;
    open.at(-1)?.body.push({ kind: 'text', text: trims ? text.trimStart() : text });
  };
  for (const match of text.matchAll(/\{\{(-?) *(.*?) *(-?)\}\}/g)) {
    addText(text.slice(at, match.index), match[1] === '-');
    trims = match[3] === '-';
    at = match.index + match[0].length;
    const [, word = '', args = ''] = /^(if|range|define|else|end)\b *(.*)$/.exec(match[2] ?? '') ?? [];
    const top = open.at(-1) as (typeof open)[number];
    if (word === '') top.body.push({ kind: 'output', pipeline: match[2] ?? '' });
    else if (word === 'end') open.pop();
    else if (word === 'else') open.splice(-1, 1, { ...top, body: top.block?.otherwise ?? [] });
    else {
      const block = { kind: 'block', word, args, body: [], otherwise: [] } as Extract<Node, { kind: 'block' }>;
      top.body.push(block);
      open.push({ body: block.body, block });
    }
    if (open.length === 0) throw new SyntaxError('an end without a beginning');
  }
  addText(text.slice(at), false);
  if (open.length !== 1) throw new SyntaxError('an end is missing');
  return root;
}

function evaluate(pipeline: string, scope: Scope, include: (name: string, dot: unknown) => string): unknown {
  const stages = pipeline.match(/(?:"[^"]*"|\([^)]*\)|[^|])+/g) ?? [];
  return stages.reduce<unknown>((input, stage, i) => {
    const words = stage.match(/"[^"]*"|\([^)]*\)|\S+/g) ?? [];
    const [first = '', ...rest] = words;
    const read = (word: string): unknown => {
      if (word.startsWith('"')) return JSON.parse(word);
      if (word.startsWith('(')) return evaluate(word.slice(1, -1), scope, include);
      if (/^\d+$/.test(word)) return Number(word);
      if (word.startsWith('$')) return known(scope.variables.get(word.slice(1)), word);
      if (word === '.') return scope.dot;
      if (!word.startsWith('.')) throw new SyntaxError(`not a value: ${word} in {{ ${pipeline} }}`);
      return word
        .slice(1)
        .split('.')
        .reduce<unknown>((of, name) => known((of as Record<string, unknown>)[name], word), scope.dot);
    };
    if (/^[."$(]/.test(first) && rest.length === 0 && i === 0) return read(first);
    const args = [...rest.map(read), ...(i > 0 ? [input] : [])];
    const apply = FUNCTIONS[first];
    if (first === 'include') return include(args[0] as string, args[1]);
    if (!apply) throw new SyntaxError(`no function ${first} in {{ ${pipeline} }}`);
    return apply(...args);
  }, undefined);
}

const FUNCTIONS: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  quote: (value) => JSON.stringify(String(value)),
  not: (value) => !isTrue(value),
  default: (otherwise, value) => (isTrue(value) ? value : otherwise),
  printf: (format, ...values) =>
    values.reduce<string>((text, value) => text.replace('%s', String(value)), String(format)),
  toYaml: (value) => stringify(value).trimEnd(),
  toJson: (value) => JSON.stringify(value),
  nindent: (spaces, text) => `\n${String(text).replace(/^(?=.)/gm, ' '.repeat(Number(spaces)))}`,
};

/** Helm takes what is missing for empty; here it is a mistake. */
function known(value: unknown, name: string): unknown {
  if (value === undefined) throw new SyntaxError(`${name} has no value`);
  return value;
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

const toText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
