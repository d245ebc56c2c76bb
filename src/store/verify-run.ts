import type { Event } from '../core/event.ts';
import { canonicalJson } from '../core/json.ts';
import type { Scope } from '../core/principal.ts';
import type { ArtifactRecord, RunRecord, RunSnapshot } from '../core/run.ts';
import type { ChainVerification } from '../core/store.ts';
import { eventHash, GENESIS_HASH } from './hash-chain.ts';
import { applyTo, type NewRun, openDraft } from './run-draft.ts';
import { type LabelRow, toLabelRows } from './run-row.ts';
import { type StoredEvent, toEvent } from './stored-event.ts';

/** Problems that are told; a broken chain may have thousands. */
const MOST_PROBLEMS = 20;

/** Everything that the tables say about one run. */
export interface RunTables extends RunSnapshot {
  readonly labels: readonly LabelRow[];
  readonly artifacts: readonly ArtifactRecord[];
}

interface VerifyDeps {
  /** What the tables say at one moment. */
  tables(scope: Scope, id: string): RunTables | undefined;
  /** The run's rows of `events`, in the order of seq. */
  rows(runId: string): AsyncIterable<StoredEvent>;
}

/**
 * Recomputes a run's chain from what is stored, and holds the tables against the fold of its events. A run may go on
 * meanwhile. Who can write to the database can also make a whole new chain: that is what signed checkpoints are for.
 * @returns undefined when the scope covers no such run.
 */
export async function verifyRun(deps: VerifyDeps, scope: Scope, id: string): Promise<ChainVerification | undefined> {
  const tables = deps.tables(scope, id);
  if (!tables) return undefined;
  const report = createReport();
  const chain = createChain(id, report.add);
  for await (const row of deps.rows(id)) {
    chain.next(row);
    if (row.seq === tables.run.seq) compareTables(tables, chain, row, report.add);
  }
  const { seq } = tables.run;
  if (chain.seq < seq) {
    report.add(chain.seq + 1, `the run's row counts ${seq} events, and there are none from here on`);
  } else if (chain.seq > seq && (deps.tables(scope, id)?.run.seq ?? 0) < chain.seq) {
    report.add(seq + 1, 'the run’s row does not count this event');
  }
  return report.result(chain.events, chain.events > 0 ? chain.hash : undefined);
}

type Add = (seq: number, problem: string) => void;

function createReport() {
  const problems: string[] = [];
  let firstInvalidSeq: number | undefined;
  return {
    add: (seq: number, problem: string) => {
      firstInvalidSeq = Math.min(firstInvalidSeq ?? seq, seq);
      if (problems.length < MOST_PROBLEMS) problems.push(`seq ${seq}: ${problem}`);
    },
    result: (events: number, headHash: string | undefined): ChainVerification => ({
      valid: firstInvalidSeq === undefined,
      events,
      ...(headHash !== undefined && { headHash }),
      ...(firstInvalidSeq !== undefined && { firstInvalidSeq }),
      problems,
    }),
  };
}

/** Follows the chain link by link, and folds what can be read of it. */
function createChain(runId: string, add: Add) {
  let [seq, position, events] = [0, 0, 0];
  let hash = GENESIS_HASH;
  let draft: NewRun | undefined;
  const artifacts: ArtifactRecord[] = [];

  const fold = (event: Event) => {
    if (event.type === 'RUN_CREATED') {
      const opened = openDraft(runId, event);
      if (opened.isNew) draft = opened;
    }
    if (draft) applyTo(draft, event);
    if (event.type !== 'ARTIFACT_CREATED') return;
    const { step, at: createdAt, payload } = event;
    artifacts.push({ ...payload, runId, createdAt, ...(step !== undefined && { step }) });
  };

  const next = (row: StoredEvent) => {
    if (row.seq !== seq + 1) add(seq + 1, `missing: the next event that is stored is ${row.seq}`);
    else if (row.prevHash !== hash) add(row.seq, 'its prevHash is not the hash of the event before it');
    if (row.position <= position) add(row.seq, 'its position is not after that of the event before it');
    [seq, position, hash] = [row.seq, row.position, row.hash];
    events += 1;
    try {
      const event = toEvent(row);
      const payload = canonicalJson(event.payload);
      const { type, at, step } = event;
      const computed = eventHash(runId, row.seq, row.prevHash, { type, at, step, payload });
      if (computed !== row.hash) add(row.seq, 'its hash is not that of its content');
      fold(event);
    } catch (error) {
      add(row.seq, `it cannot be read: ${(error as Error).message}`);
    }
    // The hash covers the principal in RUN_CREATED; these columns repeat it for the sake of filters.
    const owner = draft?.run.principal;
    if (owner && (row.tenant !== owner.tenant || row.subject !== owner.subject)) {
      add(row.seq, 'its tenant or subject is not the run’s');
    }
  };

  return {
    next,
    artifacts,
    get seq() {
      return seq;
    },
    get hash() {
      return hash;
    },
    get events() {
      return events;
    },
    get draft() {
      return draft;
    },
  };
}

/** Holds the tables against the fold of the events up to the one that the run's row was last changed by. */
function compareTables(
  tables: RunTables,
  { draft, artifacts }: ReturnType<typeof createChain>,
  head: StoredEvent,
  add: Add,
) {
  if (!draft) return add(1, 'the run does not begin with RUN_CREATED');
  const run: RunRecord = { ...draft.run, seq: head.seq, headPosition: head.position, headHash: head.hash };
  const differ = (table: string, stored: unknown, folded: unknown) => {
    if (canonicalJson(stored) !== canonicalJson(folded)) {
      add(head.seq, `the table ${table} is not what the events make of it: ${differences(stored, folded)}`);
    }
  };
  const byKey = (rows: readonly LabelRow[]) => Object.fromEntries(rows.map((row) => [row.key, row]));
  const byId = <T extends { readonly id: string }>(rows: Iterable<T>) =>
    Object.fromEntries([...rows].map((row) => [row.id, row]));
  differ('runs', { [run.id]: tables.run }, { [run.id]: run });
  differ('steps', byId(tables.steps), byId(draft.steps.values()));
  differ('run_labels', byKey(tables.labels), byKey(toLabelRows(run)));
  differ('artifacts', byId(tables.artifacts), byId(artifacts));
}

/** The places where two objects of rows differ, as `ID.field`. */
function differences(stored: unknown, folded: unknown): string {
  const flat = (rows: unknown) =>
    new Map(
      Object.entries(rows as Record<string, object>).flatMap(([id, row]) =>
        Object.entries(row).map(([field, value]) => [`${id}.${field}`, canonicalJson(value)]),
      ),
    );
  const [a, b] = [flat(stored), flat(folded)];
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  return names.slice(0, 5).join(', ');
}
