import { isDeepStrictEqual } from 'node:util';
import { createChainVerifier, createProblemList, type ProblemList } from '../../audit/verify-chain.ts';
import type { Event } from '../../core/event.ts';
import type { Scope } from '../../core/principal.ts';
import type { ArtifactRecord, RunRecord } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { ChainVerification } from '../../core/store-reader.ts';
import { canonicalJson } from '../../lib/json.ts';
import type { EventRow } from '../rows/event-row.ts';
import { applyEvent, createRunDraft, type NewRunDraft } from '../rows/run-draft.ts';
import { type LabelRow, toLabelRows } from '../rows/run-row.ts';
import type { RunTables } from '../rows/run-tables.ts';
import type { CheckedEvent, VerifyLeaves } from './verify-leaves.ts';

interface VerifyRunDeps {
  /** The tables' rows of the run at one moment. */
  tables(scope: Scope, id: string): Promise<RunTables | undefined>;
  /** The run's rows of `events`, ordered by seq. */
  rows(runId: string): AsyncIterable<EventRow>;
  readonly verifyLeaves: VerifyLeaves;
}

/**
 * Recomputes a run's chain from the stored events, and compares the tables with the fold of its events, and its end with the
 * signed tree: someone who can write to the database can also forge a complete chain, but not a signature. The run may
 * continue meanwhile.
 * @returns undefined if the scope does not cover the run
 */
export async function verifyRun(deps: VerifyRunDeps, scope: Scope, id: string): Promise<ChainVerification | undefined> {
  const tables = await deps.tables(scope, id);
  if (!tables) return undefined;
  const problems = createProblemList();
  const chain = createChainVerifier(id, problems.add);
  const fold = createFold(id);
  const checked: CheckedEvent[] = [];
  const { seq } = tables.run;
  for await (const row of deps.rows(id)) {
    const event = chain.next(row);
    try {
      if (event) fold.add(event);
    } catch (error) {
      problems.add(row.seq, `it cannot be read: ${(error as Error).message}`);
    }
    if (row.seq <= seq) checked.push({ seq: row.seq, position: row.position, hash: row.hash, isFinal: endsRun(event) });
    if (row.seq === seq) compareWithFold(tables, fold, row, problems.add);
  }
  const seqNow = async () => (await deps.tables(scope, id))?.run.seq ?? 0;
  if (chain.seq < seq) {
    problems.add(chain.seq + 1, `the run's row counts ${seq} events, but the events from here on are missing`);
  } else if (chain.seq > seq && (await seqNow()) < chain.seq) {
    problems.add(seq + 1, 'the run’s row does not count this event');
  }
  const checkpoint = await deps.verifyLeaves(id, { events: checked, seq, seqNow }, problems.add);
  const report = problems.report(chain.events, chain.events > 0 ? chain.hash : undefined);
  return { ...report, ...(checkpoint && { checkpoint }) };
}

function endsRun(event: Event | undefined): boolean {
  return event?.type === 'RUN_STATE_CHANGED' && isFinalRunState(event.payload.to);
}

/** The fold of a run's events into rows. */
function createFold(runId: string) {
  let draft: NewRunDraft | undefined;
  const artifacts: ArtifactRecord[] = [];
  return {
    artifacts,
    add: (event: Event) => {
      if (event.type === 'RUN_CREATED') {
        const opened = createRunDraft(runId, event, event.payload.principal);
        if (opened.isNew) draft = opened;
      }
      const current = draft;
      if (current) applyEvent(current, event, event.seq, (key) => current.steps.get(key));
      if (event.type !== 'ARTIFACT_CREATED') return;
      const { step, at: createdAt, payload } = event;
      artifacts.push({ ...payload, runId, createdAt, ...(step !== undefined && { step }) });
    },
    get draft() {
      return draft;
    },
  };
}

/** Compares the tables with the fold of the events up to the one that last changed the run's row. */
function compareWithFold(
  tables: RunTables,
  { draft, artifacts }: ReturnType<typeof createFold>,
  head: EventRow,
  add: ProblemList['add'],
) {
  if (!draft) return add(1, 'the run does not begin with RUN_CREATED');
  const run: RunRecord = { ...draft.run, seq: head.seq, headPosition: head.position, headHash: head.hash };
  const differ = <Row extends object>(
    table: string,
    stored: Iterable<Row>,
    folded: Iterable<Row>,
    key: (row: Row) => string,
  ) => {
    const byKey = (rows: Iterable<Row>) => new Map(Array.from(rows, (row) => [key(row), row]));
    const names = listDifferences(byKey(stored), byKey(folded));
    if (names.length > 0) add(head.seq, `the table ${table} differs from the fold of the events: ${names.join(', ')}`);
  };
  const idOf = ({ id }: { readonly id: string }) => id;
  differ('runs', [tables.run], [run], idOf);
  differ('steps', tables.steps, draft.steps.values(), idOf);
  differ('run_labels', tables.labels, toLabelRows(run), ({ key }: LabelRow) => key);
  differ('approvals', tables.approvals, draft.approvals.values(), idOf);
  differ('tool_calls', tables.toolCalls, draft.calls.values(), idOf);
  differ('artifacts', tables.artifacts, artifacts, idOf);
}

type RowsByKey = ReadonlyMap<string, object>;

/** The first fields in which rows differ, as `ID.field`. */
function listDifferences(stored: RowsByKey, folded: RowsByKey): readonly string[] {
  const names: string[] = [];
  for (const id of new Set([...stored.keys(), ...folded.keys()])) {
    const [a, b] = [stored.get(id) ?? {}, folded.get(id) ?? {}] as Readonly<Record<string, unknown>>[];
    // Rows that are not equal may still be equal as JSON, which leaves undefined out.
    if (isDeepStrictEqual(a, b)) continue;
    for (const field of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) {
      if (jsonOf(a?.[field]) !== jsonOf(b?.[field])) names.push(`${id}.${field}`);
      if (names.length === MAX_DIFFERENCES) return names;
    }
  }
  return names;
}

const MAX_DIFFERENCES = 5;

function jsonOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
