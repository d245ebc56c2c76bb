import type { Event } from '../core/event.ts';
import type { User } from '../core/principal.ts';
import { canonicalJson } from '../lib/json.ts';
import { eventHash, GENESIS_HASH } from './event-hash.ts';

/** Maximum number of reported problems; a broken chain may have thousands. */
const MAX_PROBLEMS = 20;

/** An event as it is stored or exported, with its place in the journal and in its run's chain. */
export interface ChainRow {
  readonly position: number;
  readonly runId: string;
  readonly seq: number;
  readonly tenant: string;
  readonly subject: string;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: string | null;
  readonly prevHash: string;
  readonly hash: string;
  /** JSON. */
  readonly payload: string;
}

/** The result of the verification. */
export interface ChainReport {
  readonly valid: boolean;
  readonly events: number;
  readonly headHash?: string;
  readonly firstInvalidSeq?: number;
  readonly problems: readonly string[];
}

/** Collects problems, and the first seq with a problem. */
export interface ProblemList {
  add(seq: number, problem: string): void;
  report(events: number, headHash: string | undefined): ChainReport;
}

export function createProblemList(): ProblemList {
  const problems: string[] = [];
  let firstInvalidSeq: number | undefined;
  return {
    add: (seq, problem) => {
      firstInvalidSeq = Math.min(firstInvalidSeq ?? seq, seq);
      if (problems.length < MAX_PROBLEMS) problems.push(`seq ${seq}: ${problem}`);
    },
    report: (events, headHash) => ({
      valid: firstInvalidSeq === undefined,
      events,
      ...(headHash !== undefined && { headHash }),
      ...(firstInvalidSeq !== undefined && { firstInvalidSeq }),
      problems,
    }),
  };
}

/** Follows one run's chain link by link. */
export interface ChainVerifier {
  /** Checks the next row. @returns its event, unless it cannot be read. */
  next(row: ChainRow): Event | undefined;
  readonly seq: number;
  readonly hash: string;
  readonly events: number;
}

export function createChainVerifier(runId: string, add: ProblemList['add']): ChainVerifier {
  let [seq, position, events] = [0, 0, 0];
  let hash = GENESIS_HASH;
  let owner: User | undefined;

  const read = (row: ChainRow): Event | undefined => {
    try {
      const event = toEvent(row);
      const { type, at, step } = event;
      const hashWith = (payload: string) => eventHash(runId, row.seq, row.prevHash, { type, at, step, payload });
      // What is stored is canonical, unless somebody else wrote the same JSON in another form.
      if (hashWith(row.payload) !== row.hash && hashWith(canonicalJson(event.payload)) !== row.hash)
        add(row.seq, 'its hash does not match its content');
      if (event.type === 'RUN_CREATED') owner = event.payload.principal;
      return event;
    } catch (error) {
      add(row.seq, `it cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  };

  return {
    next: (row) => {
      if (row.seq !== seq + 1) add(seq + 1, `missing: the next event that is stored is ${row.seq}`);
      else if (row.prevHash !== hash) add(row.seq, 'its prevHash is not the hash of the event before it');
      if (row.position <= position) add(row.seq, 'its position is not after that of the event before it');
      [seq, position, hash] = [row.seq, row.position, row.hash];
      events += 1;
      const event = read(row);
      // The hash covers the principal in RUN_CREATED; these columns repeat it for filters.
      if (owner && (row.tenant !== owner.tenant || row.subject !== owner.subject)) {
        add(row.seq, 'its tenant or subject is not the run’s');
      }
      return event;
    },
    get seq() {
      return seq;
    },
    get hash() {
      return hash;
    },
    get events() {
      return events;
    },
  };
}

/** Recomputes the chain of one run's events, in the order of seq. Only the leaf proves that the chain is complete. */
export function verifyChain(
  runId: string,
  rows: Iterable<ChainRow>,
  problems: ProblemList = createProblemList(),
): ChainReport {
  const chain = createChainVerifier(runId, problems.add);
  for (const row of rows) chain.next(row);
  if (chain.events === 0) problems.add(1, 'the run has no events');
  return problems.report(chain.events, chain.events > 0 ? chain.hash : undefined);
}

/** The event of a row. Without spreads, which took longer than the rest. @throws SyntaxError if its payload is not JSON */
export function toEvent(row: ChainRow): Event {
  const { position, runId, seq, tenant, subject, type, prevHash, hash, step } = row;
  const at = new Date(row.at);
  const payload: unknown = JSON.parse(row.payload);
  const event =
    step === null
      ? { position, runId, seq, tenant, subject, type, prevHash, hash, at, payload }
      : { position, runId, seq, tenant, subject, type, prevHash, hash, at, step, payload };
  return event as Event;
}
