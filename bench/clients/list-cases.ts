import type { FilledRange } from './fill-runs.ts';

/** A filter of the list of runs, by name: what it matches of the filled store is 99 % (all), 1 % (some), one run, or nothing. */
export function listCases({ from, to }: FilledRange): Readonly<Record<string, object>> {
  const tenHours = 36_000_000;
  const after = (at: number) => ({ createdAfter: new Date(at).toISOString() });
  return {
    'no filter': {},
    ...choices('state', (state) => ({ state }), { all: ['FAILED'], some: ['TIMEOUT'], none: ['DENIED'] }),
    ...choices('kind', (kind) => ({ kind }), { all: ['WORKFLOW'], some: ['AGENT'], none: ['JOB'] }),
    ...choices('workflow', (workflow) => ({ workflow }), { all: 'weekly_report', some: 'rare', none: 'absent' }),
    ...choices('principal', (principal) => ({ principal }), { all: 'bob', some: 'carol', none: 'nobody' }),
    ...choices('label', (team) => ({ label: { team } }), { all: 'sales', some: 'rare', none: 'absent' }),
    ...choices('time', after, { all: from.getTime() - 1, some: to.getTime() - tenHours, none: to.getTime() }),
    ...choices('roots', (filter) => ({ roots: true, ...filter }), {
      all: {},
      some: { principal: 'carol' },
      none: { kind: ['JOB'] },
    }),
    ...choices('errorCode', (errorCode) => ({ errorCode }), {
      all: ['BAD_INPUT'],
      some: ['TIMEOUT'],
      none: ['INTERNAL'],
    }),
    ...choices('schedule', (schedule) => ({ schedule }), { all: 'weekly_report', some: 'rare', none: 'absent' }),
    ...choices('rerunOf', (rerunOf) => ({ rerunOf }), { all: 'run_usual', some: 'run_rare', none: 'run_none' }),
    ...choices('longerThanMs', (longerThanMs) => ({ longerThanMs }), { all: 40, some: 600_000, none: 86_400_000 }),
    ...choices('text', (text) => ({ text }), { all: 'report', some: 'on needles', none: 'haystack' }),
    ...choices('q', (q) => ({ q }), {
      all: 'report sales',
      some: 'needles late',
      one: 'report a-1234',
      none: 'report haystack',
    }),
  };
}

function choices<T>(name: string, filter: (value: T) => object, values: Readonly<Record<string, T>>) {
  return Object.fromEntries(Object.entries(values).map(([matches, value]) => [`${name}, ${matches}`, filter(value)]));
}
