import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Server } from '../server.ts';
import { until } from '../until.ts';
import { ASKS_MODEL, WORKFLOW_SHAPES } from './crash-workflows.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type LoadGenerator, SHAPES } from './load-generator.ts';
import type { OutsideWorld } from './outside-world.ts';

interface FinalState {
  readonly id: string;
  readonly state: string;
  readonly kind: string;
  readonly workflow: string | null;
  readonly resource: { readonly digest: string } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const RUNS = `query ($after: String) { runs(first: 100, after: $after) {
  nodes { id kind state workflow resource { digest } error { code message } } pageInfo { hasNextPage endCursor }
} }`;
const ACTIVE_RUNS =
  '{ runs(first: 20, filter: { state: [PENDING, RUNNING, WAITING] }) { nodes { id state workflow } } }';
/** A run fails because an agent does, or was interrupted in its last attempt; never because of the server's own limits. */
const FAILURES = /status 503|stopped while this step was acting/;
/** Runs to verify in one request. */
const VERIFY_BATCH_SIZE = 10;
const LATEST_OUTPUTS = 30;

/** Waits until every run has ended. @returns all runs, by id */
async function finalStatesOf(server: Server, token: string): Promise<ReadonlyMap<string, FinalState>> {
  let active: unknown;
  await until('every run has ended', async () => {
    const { data } = await server.query(ACTIVE_RUNS, {}, token);
    active = data?.runs.nodes;
    return (active as [] | undefined)?.length === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; active: ${JSON.stringify(active)}`);
  });
  const ends = new Map<string, FinalState>();
  for (let after: string | undefined; ; ) {
    const { nodes, pageInfo } = (await server.query(RUNS, { after }, token)).data.runs;
    for (const run of nodes) ends.set(run.id, run);
    if (!pageInfo.hasNextPage) return ends;
    after = pageInfo.endCursor;
  }
}

/** Expects that every hash chain is valid, and that the rows match the events. */
export async function expectValidChains(server: Server, token: string, runIds: Iterable<string>): Promise<void> {
  const ids = [...runIds];
  for (let i = 0; i < ids.length; i += VERIFY_BATCH_SIZE) {
    const fields = ids.slice(i, i + VERIFY_BATCH_SIZE).map((id) => `${id}: verifyRun(id: "${id}") { valid problems }`);
    const { data } = await server.query(`{ ${fields.join(' ')} }`, {}, token);
    for (const [id, verification] of Object.entries(data))
      expect({ id, verification }).toEqual({ id, verification: { valid: true, problems: [] } });
  }
}

/** Log lines about bugs: thrown errors that are not a Fault. */
export function loggedBugs({ log }: Server): readonly string[] {
  return log.filter((line) => /"event":"[a-z_.]*bug"/.test(line));
}

/** Expects the invariants that hold at the end, whatever happened before. */
export async function expectConsistent(
  server: Server,
  { load, recorder, outside }: { load: LoadGenerator; recorder: EventRecorder; outside: OutsideWorld },
): Promise<ReadonlyMap<string, FinalState>> {
  const { admin } = load.tokens;
  const ends = await finalStatesOf(server, admin);
  expect(load.problems).toEqual([]);
  expect(loggedBugs(server)).toEqual([]);

  // Every accepted run exists, with the output that was answered, and ended in a state that its shape allows.
  for (const { id, key, shape, digest } of load.requests) {
    const end = id === undefined ? undefined : ends.get(id);
    const shown = `${key} ${id}: ${JSON.stringify(end)}`;
    expect(SHAPES[shape], shown).toContain(end?.state);
    expect(end?.workflow, shown).toBe(shape in WORKFLOW_SHAPES ? `crash_${shape}` : null);
    if (digest !== undefined) expect(end?.resource?.digest, shown).toBe(digest);
    if (end?.state === 'FAILED') expect(end.error?.message, shown).toMatch(FAILURES);
  }
  // Nothing was started twice, except uploads, which have no idempotency key.
  const children = [...ends.values()].filter(({ workflow }) => workflow === 'crash_child');
  expect(children.length).toBe(load.requests.filter(({ shape }) => shape === 'parent').length);
  for (const child of children) expect(child).toMatchObject({ state: 'SUCCEEDED' });
  const uploads = load.requests.filter(({ shape }) => shape === 'upload').length;
  const repeated = ends.size - load.requests.length - children.length - load.otherRunIds.length;
  expect(repeated).toBeGreaterThanOrEqual(0);
  expect(repeated).toBeLessThanOrEqual(Math.min(uploads, load.retried));
  const started = (kind: string) => [...ends.values()].filter((end) => end.kind === kind).length;
  expect(started('PIPELINE')).toBe(load.requests.filter(({ shape }) => shape === 'pipeline').length);
  expect(started('WORKFLOW')).toBe(
    load.requests.filter(({ shape }) => shape in WORKFLOW_SHAPES).length + children.length + load.otherRunIds.length,
  );

  await expectValidChains(server, admin, ends.keys());
  await recorder.expectComplete(server, admin);

  // No step had more effects than the journal has attempts, and every step that succeeded had an effect.
  const { effects } = outside;
  const allowed = new Map<string, number>();
  for (const { runId, step, to, attempt = 0 } of recorder.events) {
    const name = `${runId} ${step}`;
    if (step === ASKS_MODEL || step === 'uploadArtifact') continue;
    if (to === 'DISPATCHED') allowed.set(name, attempt);
    if (to === 'SUCCEEDED' && allowed.has(name)) expect(effects.get(name) ?? 0, name).toBeGreaterThan(0);
  }
  for (const [name, count] of effects) expect(count, name).toBeLessThanOrEqual(allowed.get(name) ?? 0);
  return ends;
}

/** Expects that the bytes of the latest outputs are those of their digests. */
export async function expectBytes(server: Server, { requests, tokens }: LoadGenerator): Promise<void> {
  const digests = requests.flatMap(({ digest }) => digest ?? []).slice(-LATEST_OUTPUTS);
  expect(digests.length).toBeGreaterThan(0);
  for (const digest of digests) {
    const bytes = await (await server.fetch(`/artifacts/${digest}`, { token: tokens.admin })).bytes();
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
  }
}
