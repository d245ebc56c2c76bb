import { checkpointText } from '../../audit/checkpoint-note.ts';
import { extendFrontier, frontierRoot } from '../../audit/merkle-tree.ts';
import { runLeafHash } from '../../audit/run-leaf.ts';
import { isSignature, type NoteKey } from '../../audit/signed-note.ts';
import { type ChainRow, createChainVerifier, createProblemList } from '../../audit/verify-chain.ts';
import { Fault } from '../../core/errors.ts';
import type { TableReader, TableRow } from './table-rows.ts';

/** What has been verified. */
export interface VerifiedRows {
  readonly runs: number;
  readonly events: number;
  /** Ends of runs in the audit tree. */
  readonly leaves: number;
  /** Leaves that the newest checkpoint of the key covers. */
  readonly signed: number;
}

/**
 * Recomputes the chain of every run, compares each with its row and with the audit tree, and the tree with its checkpoints.
 * @param key of the checkpoints; those of other keys are compared with the tree, but their signature is not verified
 * @throws Fault CONFLICT at the first run, with its seq, or checkpoint that does not agree
 */
export async function verifyRows(reader: TableReader, key: NoteKey | undefined): Promise<VerifiedRows> {
  const chains = await verifyChains(reader);
  await verifyEnds(reader);
  return { ...chains, ...(await verifyTree(reader, key)) };
}

async function verifyChains(reader: TableReader): Promise<Pick<VerifiedRows, 'runs' | 'events'>> {
  const shapes = new Map((await reader.tables()).map((table) => [table.name, table]));
  const events = shapes.get('events');
  const runs = shapes.get('runs');
  if (!events || !runs) throw new Fault('CONFLICT', 'It has no tables of runs and events.');
  const rows = reader.rows({ ...events, key: ['run_id', 'seq'] })[Symbol.asyncIterator]();
  let next = await rows.next();
  let [runCount, eventCount] = [0, 0];
  for await (const run of reader.rows(runs)) {
    runCount += 1;
    const id = String(run.id);
    if (!next.done && String(next.value.run_id) < id) throw strayFault(next.value);
    const problems = createProblemList();
    const chain = createChainVerifier(id, problems.add);
    for (; !next.done && next.value.run_id === id; next = await rows.next()) {
      chain.next(toChainRow(next.value));
      eventCount += 1;
    }
    if (chain.seq !== run.seq || chain.hash !== run.head_hash) {
      problems.add(Math.min(chain.seq, Number(run.seq)) + 1, 'the events do not lead to the head of the run');
    }
    const { valid, firstInvalidSeq, problems: found } = problems.report(chain.events, chain.hash);
    if (!valid) throw tamperedFault(id, firstInvalidSeq ?? 1, found[0] ?? '');
  }
  if (!next.done) throw strayFault(next.value);
  return { runs: runCount, events: eventCount };
}

/** Leaves whose event is missing or another one, and ends of runs that are not in the tree. */
const ENDS_SQL = `
  SELECT l.run_id, l.seq, 'the audit tree has another end of the run here' AS problem
  FROM leaves l JOIN runs r ON r.id = l.run_id LEFT JOIN events e ON e.run_id = l.run_id AND e.seq = l.seq
  WHERE e.hash IS NULL OR e.hash <> l.hash OR e.position <> l.position
  UNION ALL
  SELECT r.id, r.seq, 'the end of the run is not in the audit tree' AS problem
  FROM runs r WHERE r.due_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM leaves l WHERE l.run_id = r.id AND l.seq >= coalesce(
      (SELECT max(e.seq) FROM events e WHERE e.run_id = r.id AND e.type = 'RUN_STATE_CHANGED'), 0))
  ORDER BY 1, 2`;

async function verifyEnds(reader: TableReader): Promise<void> {
  for await (const { run_id: id, seq, problem } of reader.query(ENDS_SQL))
    throw tamperedFault(String(id), Number(seq), String(problem));
}

async function verifyTree(
  reader: TableReader,
  key: NoteKey | undefined,
): Promise<Pick<VerifiedRows, 'leaves' | 'signed'>> {
  const leaves = reader
    .query('SELECT position, run_id, seq, hash FROM leaves ORDER BY position')
    [Symbol.asyncIterator]();
  let frontier = extendFrontier({ size: 0, roots: [] }, []);
  const grow = async (size: number) => {
    while (frontier.size < size) {
      const { value, done } = await leaves.next();
      if (done) return;
      frontier = extendFrontier(frontier, [
        runLeafHash({ runId: String(value.run_id), seq: Number(value.seq), hash: String(value.hash) }),
      ]);
    }
  };
  let signed = 0;
  for await (const row of reader.query('SELECT size, root, signature, key_id FROM checkpoints ORDER BY size')) {
    const size = Number(row.size);
    await grow(size);
    const root = Buffer.from(frontierRoot(frontier));
    if (frontier.size !== size || root.toString('hex') !== row.root) throw checkpointFault(size);
    if (key === undefined || row.key_id !== key.id) continue;
    const text = checkpointText({ origin: key.name, size, root });
    if (!isSignature(text, Buffer.from(String(row.signature), 'base64'), key)) throw checkpointFault(size);
    signed = size;
  }
  await grow(Number.MAX_SAFE_INTEGER);
  return { leaves: frontier.size, signed };
}

function toChainRow(row: TableRow): ChainRow {
  const { position, run_id: runId, seq, tenant, subject, type, at, step, prev_hash: prevHash, hash, payload } = row;
  return { position, runId, seq, tenant, subject, type, at, step, prevHash, hash, payload } as unknown as ChainRow;
}

function strayFault({ run_id: id, seq }: TableRow): Fault {
  return tamperedFault(String(id), Number(seq), 'there is no such run');
}

function tamperedFault(runId: string, seq: number, problem: string): Fault {
  const message = `Run ${runId} was changed at seq ${seq}: ${problem.replace(/^seq \d+: /, '')}.`;
  return new Fault('CONFLICT', message, { details: { runId, seq } });
}

function checkpointFault(size: number): Fault {
  return new Fault('CONFLICT', `The ends of runs do not lead to the signed checkpoint of ${size} leaves.`, {
    details: { size },
  });
}
