import type { ErrorCode, RunFilter, RunKind } from '../../api/generated/graphql.ts';
import { choice, list, text } from '../../api/url-state.ts';
import { RUN_STATES } from '../../ui/states.ts';
import { momentOf } from './time-range.ts';

/** Which runs the list shows, as its URL has it. */
export const FILTER_PARAMS = {
  state: list,
  kind: list,
  workflow: text,
  label: list,
  by: text,
  q: text,
  from: text,
  to: text,
  roots: choice('false', 'true'),
  error: list,
};

export interface RunQuery {
  readonly state: readonly string[];
  readonly kind: readonly string[];
  readonly workflow: string;
  /** Each as `name=value`. */
  readonly label: readonly string[];
  readonly by: string;
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly roots: 'false' | 'true';
  readonly error: readonly string[];
}

/** No conditions. */
export const emptyQuery: RunQuery = {
  state: [],
  kind: [],
  workflow: '',
  label: [],
  by: '',
  q: '',
  from: '',
  to: '',
  roots: 'false',
  error: [],
};

const RUN_KINDS: readonly RunKind[] = ['COMMAND', 'WORKFLOW', 'AGENT', 'PIPELINE', 'JOB'];

const ERROR_CODES: readonly ErrorCode[] = [
  'BAD_INPUT',
  'SCHEMA_VIOLATION',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNSUPPORTED_SCHEME',
  'RESOURCE_UNREACHABLE',
  'RESOURCE_TOO_LARGE',
  'CONFLICT',
  'THROTTLED',
  'TIMEOUT',
  'CANCELLED',
  'UNAVAILABLE',
  'INTERNAL',
];

/** Words with a fixed set of values, in lower case. */
const VALUES = {
  state: RUN_STATES.map((state) => state.toLowerCase()),
  kind: RUN_KINDS.map((kind) => kind.toLowerCase()),
  error: ERROR_CODES.map((code) => code.toLowerCase()),
} as const;

/** The filter of the API. What a URL has that does not exist is left out. */
export function filterOf(query: RunQuery, now: number): RunFilter {
  const { workflow, by, q, roots } = query;
  const state = RUN_STATES.filter((one) => query.state.includes(one));
  const kind = RUN_KINDS.filter((one) => query.kind.includes(one));
  const errorCode = ERROR_CODES.filter((one) => query.error.includes(one));
  const from = momentOf(query.from, now);
  const to = momentOf(query.to, now);
  return {
    ...(state.length > 0 && { state }),
    ...(kind.length > 0 && { kind }),
    ...(errorCode.length > 0 && { errorCode }),
    ...(workflow !== '' && { workflow }),
    ...(by !== '' && { principal: by }),
    ...(q !== '' && { q }),
    ...(query.label.length > 0 && { label: Object.fromEntries(query.label.map(pairOf)) }),
    ...(from !== undefined && { createdAfter: new Date(from).toISOString() }),
    ...(to !== undefined && { createdBefore: new Date(to).toISOString() }),
    ...(roots === 'true' && { roots: true }),
  };
}

function pairOf(label: string): [string, string] {
  const at = label.indexOf('=');
  return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
}

/** One condition of the list. */
export interface Chip {
  readonly name: string;
  readonly value: string;
  /** What removes it. */
  readonly without: Partial<RunQuery>;
}

/** The conditions, in the order of the URL. `from` and `to` are one, as is all free text. */
export function chipsOf(query: RunQuery, momentText: (text: string) => string): readonly Chip[] {
  const lists = (['state', 'kind', 'label', 'error'] as const).flatMap((name) =>
    query[name].map((value) => ({
      name,
      value: name === 'label' ? value : value.toLowerCase(),
      without: { [name]: query[name].filter((one) => one !== value) },
    })),
  );
  const texts = (['workflow', 'by'] as const).flatMap((name) =>
    query[name] === '' ? [] : [{ name, value: query[name], without: { [name]: '' } }],
  );
  const { q, from, to, roots } = query;
  return [
    ...lists,
    ...texts,
    ...(q === '' ? [] : [{ name: 'text', value: q, without: { q: '' } }]),
    ...(roots === 'true' ? [{ name: 'only', value: 'roots', without: { roots: 'false' as const } }] : []),
    ...(from === '' && to === ''
      ? []
      : [{ name: 'time', value: timeText(from, to, momentText), without: { from: '', to: '' } }]),
  ];
}

function timeText(from: string, to: string, momentText: (text: string) => string): string {
  if (to === '') return /^\d+[mhd]$/.test(from) ? `last ${from}` : `since ${momentText(from)}`;
  return from === '' ? `until ${momentText(to)}` : `${momentText(from)} to ${momentText(to)}`;
}

/**
 * The query with what somebody typed: `workflow:NAME by:USER label:NAME=VALUE error:CODE kind:KIND from:24h`, states, `roots`, and other
 * words, which are searched for. `problem` says which word is wrong; nothing has changed then.
 */
export function withTyped(query: RunQuery, typed: string): { readonly query: RunQuery; readonly problem?: string } {
  let next = query;
  const free: string[] = [];
  for (const word of typed.split(/\s+/).filter(Boolean)) {
    const added = withWord(next, word);
    if (typeof added === 'string') return { query, problem: added };
    if (added) next = added;
    else free.push(word);
  }
  return { query: free.length > 0 ? { ...next, q: free.join(' ') } : next };
}

/** The query with one condition; why the value does not exist; or undefined for a word that is to be searched for. */
function withWord(query: RunQuery, word: string): RunQuery | string | undefined {
  const [, name = '', value = ''] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  const add = (key: 'state' | 'kind' | 'label' | 'error', one: string) => ({
    ...query,
    [key]: query[key].includes(one) ? query[key] : [...query[key], one],
  });
  if (VALUES.state.includes(word.toLowerCase())) return add('state', word.toUpperCase());
  if (word === 'roots') return { ...query, roots: 'true' };
  switch (name) {
    case 'state':
    case 'kind':
    case 'error':
      return VALUES[name].includes(value.toLowerCase())
        ? add(name, value.toUpperCase())
        : `${name}: requires one of ${VALUES[name].join(', ')}.`;
    case 'label':
      return /^[^=]+=.+$/.test(value) ? add('label', value) : 'label: requires a name and a value: label:team=sales.';
    case 'workflow':
    case 'by':
      return value === '' ? `${name}: requires a name.` : { ...query, [name]: value };
    case 'from':
    case 'to':
      return momentOf(value, 0) === undefined
        ? `${name}: requires a time such as 24h, 7d or 2026-11-30.`
        : { ...query, [name]: value };
    default:
      return undefined;
  }
}

/** What completions know besides fixed values. */
interface Known {
  readonly workflows: readonly string[];
  readonly users: readonly string[];
  readonly labels: readonly string[];
}

const MAX_COMPLETIONS = 8;

/** Words that can stand in the place of the last one typed. */
export function completionsOf(typed: string, { workflows, users, labels }: Known): readonly string[] {
  const word = (typed.split(/\s+/).at(-1) ?? '').toLowerCase();
  if (word === '') return [];
  const all = [
    ...VALUES.state,
    'roots',
    ...['workflow:', 'by:', 'label:', 'error:', 'kind:', 'from:'],
    ...workflows.map((name) => `workflow:${name}`),
    ...users.map((name) => `by:${name}`),
    ...labels.map((label) => `label:${label}`),
    ...VALUES.error.map((code) => `error:${code}`),
    ...VALUES.kind.map((kind) => `kind:${kind}`),
    ...['1h', '24h', '7d', '30d'].map((span) => `from:${span}`),
  ];
  const [, value] = /^[a-z]+:(.+)$/.exec(word) ?? [];
  return all
    .filter((one) => {
      const candidate = one.toLowerCase();
      if (candidate === word) return false;
      if (candidate.startsWith(word)) return !candidate.includes(':') || candidate.endsWith(':') || word.includes(':');
      return value !== undefined && candidate.startsWith(`${word.split(':')[0]}:`) && candidate.includes(value);
    })
    .slice(0, MAX_COMPLETIONS);
}

/** Without any condition. */
export const isEmptyQuery = (query: RunQuery) => chipsOf(query, String).length === 0;
