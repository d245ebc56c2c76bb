import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import {
  type Command,
  type CommandContext,
  defineCommand,
  resource,
} from '../../../src/commands/definition/define-command.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { SignedIn } from '../../../src/core/principal.ts';
import type { Effect, RunSnapshot } from '../../../src/core/run.ts';
import { isFinalRunState } from '../../../src/core/states.ts';
import type { Logger } from '../../../src/core/telemetry.ts';
import type { EngineDeps } from '../../../src/engine/create-engine.ts';
import type { Engine, StartRequest } from '../../../src/engine/requests/engine.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { until as untilTrue } from '../until.ts';
import { ADMIN, startEngine } from './engine.ts';

const TENANT = { tenant: 'default' };
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const policyFolder = join(import.meta.dirname, '../../../policy');

/** Another user with the role admin. */
export const EVE: SignedIn = { ...ADMIN, subject: 'eve', username: 'eve' };

/** Commands that a test can observe and block. */
export function observableCommands() {
  const acted: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gate = (name: string) => {
    const gate = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, gate);
    return gate;
  };
  let failures = 0;
  const options = Type.Object({ v: Type.Optional(Type.Unknown({ description: 'Anything.' })) });
  const command = (name: string, effect: Effect, run: (v: unknown, ctx: CommandContext) => unknown): Command =>
    defineCommand({
      ...{ name, title: name, description: name, effect, options },
      run: async ({ v }, ctx) => resource('application/json', JSON.stringify((await run(v, ctx)) ?? null)),
    }) as unknown as Command;
  const commands: readonly Command[] = [
    command('echo', 'pure', (v) => v),
    command('large', 'pure', (v) => 'x'.repeat(Number(v))),
    command('act', 'external', (v) => {
      acted.push(String(v));
      return v;
    }),
    /** Waits until the gate with its name is open; it is in `acted` before. */
    command('hold', 'pure', (v, { signal }) => waitAt(String(v), signal)),
    command('holdOut', 'external', (v, { signal }) => waitAt(String(v), signal)),
    command('fail', 'pure', (v) => {
      throw new Fault('BAD_INPUT', String(v ?? 'always'));
    }),
    /** Fails `failTimes` times with a retryable fault. */
    command('flaky', 'pure', (v) => {
      if (failures === 0) return v;
      failures -= 1;
      throw new Fault('RESOURCE_UNREACHABLE', 'not now');
    }),
  ];
  const waitAt = async (name: string, signal: AbortSignal) => {
    acted.push(name);
    const cut = Promise.withResolvers<never>();
    const abort = () => {
      acted.push(`${name} aborted`);
      cut.reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
    await Promise.race([gate(name).promise, cut.promise]);
    signal.removeEventListener('abort', abort);
    return name;
  };
  return {
    commands,
    acted,
    open: (name: string) => gate(name).resolve(),
    failTimes: (times: number) => {
      failures = times;
    },
  };
}

/** An engine on a real store with these commands, under the shipped policy and further lines. */
export async function startWorkflows(moreRules: readonly string[] = []) {
  const on = await startEngine();
  const world = observableCommands();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-policy-'));
  const rulesFile = join(folder, 'policy.csv');
  await writeFile(rulesFile, [await readFile(join(policyFolder, 'policy.csv'), 'utf8'), ...moreRules].join('\n'));
  const policy = await loadPolicy({ modelFile: join(policyFolder, 'model.conf'), rulesFile, logger: silent });
  const open = () => on.engine({ commands: world.commands, policy, limits: { queue: 1_000 } });
  let engine: Engine = open();
  await engine.begin();

  const snapshot = async (id: string): Promise<RunSnapshot> => {
    const snapshot = await on.store.reader.snapshot(TENANT, id);
    if (!snapshot) throw new Error(`there is no run ${id}`);
    return snapshot;
  };
  const until = async (id: string, enough: (run: RunSnapshot) => boolean): Promise<RunSnapshot> => {
    let run: RunSnapshot | undefined;
    const check = async () => {
      run = await snapshot(id);
      return enough(run) && run;
    };
    return await untilTrue(`run ${id} is as expected`, check).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${run?.run.state}: ${JSON.stringify(run && stepStates(run))}`);
    });
  };
  const inMemory = async () => Number(/^signalbox_runs_active (\d+)/m.exec(await on.metrics.scrape())?.[1]);
  return {
    ...world,
    get store() {
      return on.store;
    },
    get engine() {
      return engine;
    },
    /** Another engine in the same process, on the same store. */
    withLimits: (limits: Partial<EngineDeps['limits']>) =>
      on.engine({ commands: world.commands, policy, limits: { queue: 1_000, ...limits } }),
    /** Starts a workflow of these steps, in YAML; `steps` may be followed by other keys of the document. */
    start: (steps: string, more: Partial<StartRequest> & { readonly as?: SignedIn; readonly name?: string } = {}) => {
      const { as = ADMIN, name = 'test', ...request } = more;
      return engine.startWorkflow(as, { source: { yaml: `name: ${name}\nsteps:\n${steps}` }, ...request });
    },
    /** The same, and waits for its end. */
    async run(steps: string, inputs?: JsonObject, more: Partial<StartRequest> & { readonly as?: SignedIn } = {}) {
      const { as = ADMIN, ...request } = more;
      const source = { yaml: `name: test\nsteps:\n${steps}` };
      const { run } = await engine.startWorkflow(as, { source, ...(inputs && { inputs }), ...request });
      return until(run.id, (now) => isFinalRunState(now.run.state));
    },
    save: (yaml: string) => engine.saveWorkflow(ADMIN, { yaml }),
    until,
    inMemory,
    /** Resolves when as many runs are in memory of the engine. */
    untilInMemory: (count: number) =>
      untilTrue(`${count} runs are in memory`, async () => (await inMemory()) === count),
    ended: (id: string) => until(id, ({ run }) => isFinalRunState(run.state)),
    /** On a busy machine, a run that waits for a moment may have ended before anyone looks. */
    waiting: (id: string) => until(id, ({ run }) => run.state === 'WAITING' || isFinalRunState(run.state)),
    approvalOf: async (runId: string, step: string) => {
      const approval = await on.store.reader.approvalOf(TENANT, runId, step);
      if (!approval) throw new Error(`step ${step} asks for nothing`);
      return approval;
    },
    childrenOf: async (runId: string) =>
      (await on.store.reader.children(TENANT, runId, { first: 100 })).edges.map(({ node }) => node),
    /** Crashes the process, and starts another one. */
    async crash() {
      await on.restart();
      // Its closed store can record nothing more, but its heartbeat would continue in this process.
      await engine.stop(0);
      engine = open();
      await engine.begin();
    },
    /** Stops the process normally, and starts another one. */
    async restart() {
      await engine.stop(0);
      await on.restart();
      engine = open();
      await engine.begin();
    },
    /** The problems in the event chains of all runs. */
    async chainProblems() {
      const problems: string[] = [];
      const { edges } = await on.store.reader.runs(TENANT, {}, { first: 100 });
      for (const { node } of edges) {
        const verification = await on.store.verifyRun(TENANT, node.id);
        if (!verification?.valid) problems.push(`${node.id}: ${verification?.problems.join(', ')}`);
      }
      return problems;
    },
    async stop() {
      await engine.stop(0);
      policy.close();
      await on.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The states of a run's steps, by key. */
export function stepStates({ steps }: RunSnapshot): Record<string, string> {
  return Object.fromEntries(steps.map(({ key, state }) => [key, state]));
}
