import { empty, join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { Fault } from '../../core/errors.ts';
import type { Scope } from '../../core/principal.ts';
import { UNFINISHED_RUN_STATES } from '../../core/states.ts';
import type { RunFilter } from '../../core/store-reader.ts';
import { SCHEDULE_LABEL } from '../../core/workflows/workflows.ts';
import { canonicalJson } from '../../lib/json.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';
import { searchWords, wordCondition } from '../search/search-words.ts';

const MAX_SEARCH_CHARACTERS = 256;
const MAX_LABEL_FILTERS = 16;

/** A run that takes longer is in a separate index; the migration has the same number. */
const SLOW_RUN_MS = 1_000;
const MAX_LONGER_THAN_MS = 10 * 366 * 86_400_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** One condition on a run, and the lists of ids in which an index finds its matches in order of id. */
export interface RunCondition {
  /** On the row `r` of `runs`. */
  readonly where: Sql;
  /** Whose union it matches; each has a column `id` and ends in its conditions. Undefined if no index answers it. */
  readonly lists?: readonly Sql[];
  /** The lists have other runs as well: the condition on their rows, and the columns of these besides `id`. */
  readonly within?: { readonly columns: Sql; readonly where: Sql };
}

/** What a scope and a filter ask of a run. Ids outside the range cannot match. */
export interface RunConditions {
  readonly above: string;
  readonly below: string;
  readonly conditions: readonly RunCondition[];
  /** The lists of everything that the scope covers. */
  readonly covered: readonly Sql[];
}

/** @throws Fault BAD_INPUT for a filter that exceeds a limit */
export function runConditions(scope: Scope, filter: RunFilter, database: DatabaseConfig['kind']): RunConditions {
  checkLimits(filter);
  const { tenant, subject } = scope;
  const { state, kind, workflow, principal, label = {}, createdAfter, createdBefore, text } = filter;
  const { roots, errorCode, schedule, rerunOf, longerThanMs, words } = filter;
  const runs = (where: Sql) => sql`SELECT id FROM runs WHERE tenant = ${tenant} AND ${where}`;
  const column = (name: ColumnName, values: readonly string[]): RunCondition => ({
    where: values.length === 0 ? sql`1 = 0` : sql`r.${raw(name)} IN (${join([...values])})`,
    lists: [...new Set(values)].map((value) => runs(sql`${raw(name)} = ${value}`)),
  });
  const time = (at: Date) => (database === 'sqlite' ? sql`${at.getTime()}` : sql`${at}::timestamptz`);
  const conditions: (RunCondition | undefined)[] = [
    subject === undefined ? undefined : column('subject', [subject]),
    state && column('state', state),
    kind && column('kind', kind),
    workflow === undefined ? undefined : column('workflow', [workflow]),
    principal === undefined
      ? undefined
      : {
          where: sql`(r.subject = ${principal} OR r.username = ${principal})`,
          lists: [runs(sql`subject = ${principal}`), runs(sql`username = ${principal} AND username <> subject`)],
        },
    ...Object.entries(label).map(([key, value]) => labelCondition(tenant, key, canonicalJson(value))),
    createdAfter && { where: sql`r.created_at > ${time(createdAfter)}` },
    createdBefore && { where: sql`r.created_at < ${time(createdBefore)}` },
    text === undefined ? undefined : { where: textCondition(text, database) },
    roots ? { where: sql`r.parent_id IS NULL`, lists: [runs(sql`parent_id IS NULL`)] } : undefined,
    errorCode && column('error_code', errorCode),
    schedule === undefined ? undefined : labelCondition(tenant, SCHEDULE_LABEL, canonicalJson(schedule)),
    rerunOf === undefined ? undefined : column('rerun_of', [rerunOf]),
    longerThanMs === undefined ? undefined : durationCondition(longerThanMs, tenant, database),
    ...searchWords(words ?? '').map((word) => ({ where: wordCondition(word, database) })),
  ];
  return {
    // A run has its id before it is accepted: a moment before, except a child whose start an outage delayed.
    above: createdAfter ? idAt(createdAfter.getTime() - DAY_MS) : 'run_',
    // A clock that is set back leaves ids ahead of it.
    below: createdBefore ? idAt(createdBefore.getTime() + MINUTE_MS) : 'run_g',
    conditions: conditions.filter((each) => each !== undefined),
    // Each run is in the index of one of the two.
    covered: [
      // Only the run of a step may have its id long before.
      createdAfter
        ? runs(sql`parent_id IS NULL AND id > ${idAt(createdAfter.getTime() - HOUR_MS)}`)
        : runs(sql`parent_id IS NULL`),
      runs(sql`parent_id IS NOT NULL`),
    ],
  };
}

function labelCondition(tenant: string, key: string, value: string): RunCondition {
  return {
    where: sql`EXISTS (SELECT 1 FROM run_labels l WHERE l.run_id = r.id AND l.key = ${key} AND l.value = ${value})`,
    lists: [
      sql`SELECT id FROM (SELECT run_id AS id, tenant, key, value FROM run_labels) AS labels WHERE tenant = ${tenant} AND key = ${key} AND value = ${value}`,
    ],
  };
}

/** A part of one of the texts, in upper or lower case. */
function textCondition(text: string, database: DatabaseConfig['kind']): Sql {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  // Both ignore the case of ASCII only.
  const like = database === 'sqlite' ? sql`LIKE ${pattern} ESCAPE '\\'` : sql`ILIKE ${pattern} COLLATE "C" ESCAPE '\\'`;
  const steps = sql`EXISTS (SELECT 1 FROM steps s WHERE s.run_id = r.id AND s.capability ${like})`;
  return sql`(r.goal ${like} OR r.workflow ${like} OR r.id ${like} OR ${steps})`;
}

/** The smallest id of a time. */
function idAt(ms: number): string {
  return `run_${Math.max(0, Math.min(ms, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0')}`;
}

type ColumnName = 'state' | 'kind' | 'subject' | 'workflow' | 'error_code' | 'rerun_of';

/** Until now, if the run has not ended. Runs that take long are compared in an index, which has their times. */
function durationCondition(ms: number, tenant: string, database: DatabaseConfig['kind']): RunCondition {
  const [slow, durationOf] =
    database === 'sqlite'
      ? [
          sql`finished_at - started_at >= 1000`,
          (row: Sql) => sql`coalesce(${row}.finished_at, ${Date.now()}) - ${row}.started_at`,
        ]
      : [
          sql`finished_at - started_at >= '00:00:01'::interval`,
          (row: Sql) =>
            sql`extract(epoch FROM coalesce(${row}.finished_at, ${new Date()}::timestamptz) - ${row}.started_at) * 1000`,
        ];
  const where = sql`${durationOf(sql`r`)} > ${ms}`;
  if (ms < SLOW_RUN_MS) return { where };
  const columns = sql`started_at, finished_at`;
  const list = (condition: Sql) => sql`SELECT id, ${columns} FROM runs WHERE tenant = ${tenant} AND ${condition}`;
  return {
    where,
    lists: [list(slow), ...UNFINISHED_RUN_STATES.map((state) => list(sql`state = ${state}`))],
    within: { columns, where: sql`${durationOf(sql`listed`)} > ${ms}` },
  };
}

function checkLimits({ label = {}, text, longerThanMs = 0 }: RunFilter): void {
  if (Object.keys(label).length > MAX_LABEL_FILTERS) {
    throw new Fault('BAD_INPUT', `Filter by at most ${MAX_LABEL_FILTERS} labels.`, { path: ['filter', 'label'] });
  }
  if (text !== undefined && text.length > MAX_SEARCH_CHARACTERS) {
    throw new Fault('BAD_INPUT', `Search for at most ${MAX_SEARCH_CHARACTERS} characters.`, {
      path: ['filter', 'text'],
    });
  }
  if (longerThanMs < 0 || longerThanMs > MAX_LONGER_THAN_MS) {
    throw new Fault('BAD_INPUT', `Filter by 0 to ${MAX_LONGER_THAN_MS} milliseconds; received ${longerThanMs}.`, {
      path: ['filter', 'longerThanMs'],
    });
  }
}

/** The clause that asks for all of the conditions. */
export function allOf(conditions: readonly RunCondition[]): Sql {
  return conditions.length === 0
    ? empty
    : sql`WHERE ${join(
        conditions.map(({ where }) => where),
        ' AND ',
      )}`;
}
