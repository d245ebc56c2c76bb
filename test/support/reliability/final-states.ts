import { expect } from 'vitest';
import type { Server } from '../server.ts';
import { until } from '../until.ts';
import { SHAPES } from './crash-workflows.ts';
import type { EventRecorder } from './event-recorder.ts';
import { countEffects } from './external-effects.ts';
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
/** Runs to verify in one request. */
const VERIFY_BATCH_SIZE = 10;

/** Waits until every run has ended. @returns all runs, by id */
async function finalStatesOf(server: Server, token: string, ms?: number): Promise<ReadonlyMap<string, FinalState>> {
  let active: unknown;
  await until(
    'every run has ended',
    async () => {
      const { data } = await server.query(ACTIVE_RUNS, {}, token);
      active = data?.runs.nodes;
      return (active as [] | undefined)?.length === 0;
    },
    ms,
  ).catch((error: Error) => {
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
  { load, recorder, effectsDir, ms }: { load: LoadGenerator; recorder: EventRecorder; effectsDir: string; ms?: number },
): Promise<ReadonlyMap<string, FinalState>> {
  const { admin } = load.tokens;
  const ends = await finalStatesOf(server, admin, ms);
  expect(load.problems).toEqual([]);
  expect(loggedBugs(server)).toEqual([]);

  // Every accepted run exists, and ended in a state that its shape allows; nothing was started twice.
  for (const { id, key, shape } of load.requests) {
    const end = id === undefined ? undefined : ends.get(id);
    expect(SHAPES[shape], `${key} ${id}: ${JSON.stringify(end)}`).toContain(end?.state);
    expect(end?.workflow).toBe(`crash_${shape}`);
  }
  const children = [...ends.values()].filter(({ workflow }) => workflow === 'crash_child');
  expect(children.length).toBe(load.requests.filter(({ shape }) => shape === 'parent').length);
  for (const child of children) expect(child).toMatchObject({ state: 'SUCCEEDED' });
  expect(ends.size).toBe(load.requests.length + children.length + load.otherRunIds.length);

  await expectValidChains(server, admin, ends.keys());
  await recorder.expectComplete(server, admin);

  // No step had more effects than the journal has attempts, and every step that succeeded had an effect.
  const effects = countEffects(effectsDir);
  const allowed = new Map<string, number>();
  for (const { runId, step, to, attempt = 0 } of recorder.events) {
    const name = `${runId} ${step}`;
    if (to === 'DISPATCHED') allowed.set(name, attempt);
    if (to === 'SUCCEEDED' && allowed.has(name)) expect(effects.get(name), name).toBeGreaterThan(0);
  }
  for (const [name, count] of effects) expect(count, name).toBeLessThanOrEqual(allowed.get(name) ?? 0);
  return ends;
}
