import { expect } from 'vitest';
import type { Server } from '../server.ts';
import { until } from '../until.ts';
import { countEffects, SHAPES } from './crash-workflows.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { LoadGenerator } from './load-generator.ts';

interface FinalState {
  readonly id: string;
  readonly state: string;
  readonly workflow: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const RUNS = `query ($after: String) { runs(first: 100, after: $after) {
  nodes { id state workflow error { code message } } pageInfo { hasNextPage endCursor }
} }`;
const ACTIVE_RUNS =
  '{ runs(first: 20, filter: { state: [PENDING, RUNNING, WAITING] }) { nodes { id state workflow } } }';
/** What is verified in one request. */
const VERIFY_BATCH_SIZE = 10;

/** Waits until no run is under way any more. @returns all of them, by id */
export async function finalStatesOf(
  server: Server,
  token: string,
  ms?: number,
): Promise<ReadonlyMap<string, FinalState>> {
  let left: unknown;
  await until(
    'every run has ended',
    async () => {
      const { data } = await server.query(ACTIVE_RUNS, {}, token);
      left = data?.runs.nodes;
      return (left as [] | undefined)?.length === 0;
    },
    ms,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; there are ${JSON.stringify(left)}`);
  });
  const ends = new Map<string, FinalState>();
  for (let after: string | undefined; ; ) {
    const { nodes, pageInfo } = (await server.query(RUNS, { after }, token)).data.runs;
    for (const run of nodes) ends.set(run.id, run);
    if (!pageInfo.hasNextPage) return ends;
    after = pageInfo.endCursor;
  }
}

/** Every chain holds, and the rows are what the events say. */
export async function expectValidChains(server: Server, token: string, runIds: Iterable<string>): Promise<void> {
  const ids = [...runIds];
  for (let i = 0; i < ids.length; i += VERIFY_BATCH_SIZE) {
    const fields = ids.slice(i, i + VERIFY_BATCH_SIZE).map((id) => `${id}: verifyRun(id: "${id}") { valid problems }`);
    const { data } = await server.query(`{ ${fields.join(' ')} }`, {}, token);
    for (const [id, found] of Object.entries(data))
      expect({ id, found }).toEqual({ id, found: { valid: true, problems: [] } });
  }
}

/** What the server's log calls a bug: something that was thrown and is no Fault. */
export function loggedBugs({ log }: Server): readonly string[] {
  return log.filter((line) => /"event":"[a-z_.]*bug"/.test(line));
}

/** What holds after everything, whatever happened on the way. */
export async function expectConsistent(
  server: Server,
  { crowd, witness, acts, ms }: { crowd: LoadGenerator; witness: EventRecorder; acts: string; ms?: number },
): Promise<ReadonlyMap<string, FinalState>> {
  const { admin } = crowd.tokens;
  const ends = await finalStatesOf(server, admin, ms);
  expect(crowd.problems).toEqual([]);
  expect(loggedBugs(server)).toEqual([]);

  // Every run that was accepted is there, and ended as its kind may; nothing was started twice.
  for (const { id, key, shape } of crowd.asked) {
    const end = id === undefined ? undefined : ends.get(id);
    expect(SHAPES[shape], `${key} ${id}: ${JSON.stringify(end)}`).toContain(end?.state);
    expect(end?.workflow).toBe(`crash_${shape}`);
  }
  const children = [...ends.values()].filter(({ workflow }) => workflow === 'crash_child');
  expect(children.length).toBe(crowd.asked.filter(({ shape }) => shape === 'parent').length);
  for (const child of children) expect(child).toMatchObject({ state: 'SUCCEEDED' });
  expect(ends.size).toBe(crowd.asked.length + children.length + crowd.others.length);

  await expectValidChains(server, admin, ends.keys());
  await witness.expectComplete(server, admin);

  // Nothing acted on the world oftener than the journal says it was let to, and what succeeded did act.
  const done = countEffects(acts);
  const allowed = new Map<string, number>();
  for (const { runId, step, to, attempt = 0 } of witness.events) {
    const name = `${runId} ${step}`;
    if (to === 'DISPATCHED') allowed.set(name, attempt);
    if (to === 'SUCCEEDED' && allowed.has(name)) expect(done.get(name), name).toBeGreaterThan(0);
  }
  for (const [name, count] of done) expect(count, name).toBeLessThanOrEqual(allowed.get(name) ?? 0);
  return ends;
}
