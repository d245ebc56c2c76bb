import type { ErrorCode, RunFilter, RunKind, RunState } from '../../../sdk/src/generated/graphql.ts';
import { UsageError } from '../output/exit-codes.ts';
import { parsePairs } from './pairs.ts';
import { momentOf, parseDuration } from './time.ts';

/** The options of `runs` that select runs. */
export interface RunFilterOptions {
  readonly state?: readonly string[];
  readonly kind?: readonly string[];
  readonly workflow?: string;
  readonly principal?: string;
  readonly label?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly q?: string;
  readonly error?: readonly string[];
  readonly schedule?: string;
  readonly rerunOf?: string;
  readonly longerThan?: string;
  readonly roots?: boolean;
}

export const STATES: Readonly<Record<RunState, true>> = {
  PENDING: true,
  RUNNING: true,
  WAITING: true,
  SUCCEEDED: true,
  FAILED: true,
  TIMEOUT: true,
  DENIED: true,
  CANCELLED: true,
};

export const KINDS: Readonly<Record<RunKind, true>> = {
  COMMAND: true,
  PIPELINE: true,
  AGENT: true,
  JOB: true,
  WORKFLOW: true,
};

/** The filter that the options describe. @throws UsageError */
export function parseRunFilter(options: RunFilterOptions, now: number): RunFilter {
  const { state, kind, error, label, since, until, longerThan, rerunOf } = options;
  const { workflow, principal, text, q, schedule, roots } = options;
  return definedOf({
    workflow,
    principal,
    text,
    q,
    schedule,
    roots,
    rerunOf,
    state: state && oneOf('--state', state, STATES),
    kind: kind && oneOf('--kind', kind, KINDS),
    // The server knows more codes than a client of an older version.
    errorCode: error?.map((code) => code.toUpperCase() as ErrorCode),
    label: label && parsePairs('--label', label),
    createdAfter: since === undefined ? undefined : momentOf('--since', since, now),
    createdBefore: until === undefined ? undefined : momentOf('--until', until, now),
    longerThanMs: longerThan === undefined ? undefined : duration('--longer-than', longerThan),
  });
}

function oneOf<Name extends string>(
  option: string,
  values: readonly string[],
  names: Readonly<Record<Name, true>>,
): Name[] {
  return values.map((value) => {
    const name = value.toUpperCase();
    if (Object.hasOwn(names, name)) return name as Name;
    throw new UsageError(`${option} cannot be ${value}. Write one or more of ${Object.keys(names).join(', ')}.`);
  });
}

function duration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`${option} requires a duration such as 90s, 5m or 2h, and got ${text}.`);
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOf<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
