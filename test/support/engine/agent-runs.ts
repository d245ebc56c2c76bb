import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { type AnyBackend, defineBackend } from '../../../src/agents/define-backend.ts';
import type { AgentSpec } from '../../../src/core/agent.ts';
import type { AgentSession } from '../../../src/core/agent-session.ts';
import type { CanonicalUri } from '../../../src/core/canonical-uri.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/event.ts';
import type { RunSnapshot } from '../../../src/core/run.ts';
import { isFinalRunState } from '../../../src/core/states.ts';
import type { Engine } from '../../../src/engine/requests/engine.ts';
import type { Json } from '../../../src/lib/json.ts';
import { loadPolicy } from '../../../src/policy/load-policy.ts';
import { type AnyTool, defineTool } from '../../../src/tools/define-tool.ts';
import { ADMIN, startEngine } from './engine.ts';
import { EVE } from './workflows.ts';

export const TENANT = { tenant: 'default' };
const policyFolder = join(import.meta.dirname, '../../../policy');
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const RULES = [
  'p, admin, tool:push, **, *, approve',
  'p, admin, tool:hang, **, *, deny',
  'p, admin, tool:publish, https://limited.example/**, *, throttle, rate=1/h',
  'p, admin, tool:publish, https://guarded.example/**, *, approve',
  'p, admin, secret:KNOWN, https://api.example/**, *, allow',
  'p, admin, secret:*, https://elsewhere.example/**, *, deny',
];

/** The program of an agent: gets its session, and the content of its memory. */
export type AgentProgram = (session: AgentSession, memory: string) => Promise<Json>;

/** An engine on a real store, with tools that record their calls and an agent that runs the program of a test. */
export async function startAgentRuns() {
  /** The requests to the model, and the tools that acted. */
  let world: { readonly asked: string[]; readonly acted: string[] } = { asked: [], acted: [] };
  let program: AgentProgram = async () => null;
  const on = await startEngine();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-policy-'));
  const rulesFile = join(folder, 'policy.csv');
  await writeFile(rulesFile, [await readFile(join(policyFolder, 'policy.csv'), 'utf8'), ...RULES].join('\n'));
  const policy = await loadPolicy({ modelFile: join(policyFolder, 'model.conf'), rulesFile, logger: silent });

  const value = Type.Object({ v: Type.Optional(Type.Unknown({ description: 'Anything.' })) });
  const tool = (
    name: string,
    effect: 'pure' | 'external',
    run: (v: unknown) => unknown,
    uris: readonly CanonicalUri[] = [],
  ): AnyTool =>
    defineTool({
      name,
      title: name,
      description: name,
      effect,
      input: value,
      output: value,
      accessedUris: () => uris,
      run: async ({ v }) => {
        world.acted.push(`${name} ${JSON.stringify(v)}`);
        return { v: await run(v) };
      },
    });
  const { resources } = on.deps();
  const tools = [
    tool('echo', 'pure', (v) => v),
    tool('push', 'external', (v) => v),
    tool('large', 'pure', (v) => 'x'.repeat(Number(v))),
    tool('broken', 'external', () => {
      throw new Fault('BAD_INPUT', 'It is broken.');
    }),
    tool('hang', 'external', () => sleep(60_000)),
    /** One of its targets has a rate limit, the other needs approval. */
    tool('publish', 'external', (v) => v, [
      resources.canonicalize('https://limited.example/'),
      resources.canonicalize('https://guarded.example/'),
    ]),
  ];
  /** It resumes from its replay log, like an agent on a language model. */
  const scripted: AnyBackend = defineBackend({
    name: 'litellm',
    description: 'The program of a test.',
    config: Type.Object({}),
    resumes: true,
    requiredAccess: () => [],
    run: async ({ memory }, session) => ({
      mediaType: 'application/json',
      content: JSON.stringify(await program(session, memory)),
    }),
  });
  const agent: AgentSpec = { role: 'Tester', goal: 'Try it.', backend: 'litellm', config: {} };

  const open = () => on.engine({ tools, backends: [scripted], policy, limits: { queue: 1_000 } });
  let engine: Engine = open();
  await engine.begin();

  const clearWorld = () => {
    world = { asked: [], acted: [] };
  };
  const until = async (id: string, enough: (run: RunSnapshot) => boolean): Promise<RunSnapshot> => {
    for (const late = Date.now() + 10_000; ; await sleep(10)) {
      const run = await on.store.reader.snapshot(TENANT, id);
      if (run && enough(run)) return run;
      if (Date.now() > late) throw new Error(`run ${id} is ${JSON.stringify(run?.run)}`);
    }
  };
  const ended = (id: string) => until(id, ({ run }) => isFinalRunState(run.state));

  return {
    resources,
    clearWorld,
    until,
    ended,
    get world() {
      return world;
    },
    get engine() {
      return engine;
    },
    get store() {
      return on.store;
    },
    waiting: (id: string) => until(id, ({ run }) => run.state === 'WAITING'),
    /** Starts an agent with this program, and clears `world`. */
    async run(next: AgentProgram, more: Partial<AgentSpec> = {}): Promise<string> {
      clearWorld();
      program = next;
      return (await engine.runAgent(ADMIN, { agent: { ...agent, ...more } })).run.id;
    },
    outputOf: async (id: string) => JSON.parse((await ended(id)).steps[0]?.output?.text ?? 'null') as Json,
    async eventsOf(id: string, ...types: readonly string[]): Promise<readonly Event[]> {
      const events: Event[] = [];
      for await (const event of on.store.reader.eventsOf(TENANT, id)) {
        if (types.includes(event.type)) events.push(event);
      }
      return events;
    },
    /** Requests a model that responds with this text and these calls; `world` counts the requests. */
    ask: (session: AgentSession, text: string, ...calls: readonly string[]) =>
      session.requestModel(async () => {
        world.asked.push(text);
        return { text, calls: calls.map((name, i) => ({ id: `${i}`, tool: name, arguments: {} })) };
      }),
    async decide(id: string, approve: boolean, comment?: string, step = 'litellm') {
      const approval = await on.store.reader.approvalOf(TENANT, id, step);
      await engine.decideApproval(EVE, approval?.id ?? '', { approve, ...(comment !== undefined && { comment }) });
    },
    async crash(): Promise<void> {
      await on.restart();
      await engine.stop(0);
      engine = open();
      await engine.begin();
    },
    /** The problems in the event chains of all runs. */
    async problems(): Promise<readonly string[]> {
      const { edges } = await on.store.reader.runs(TENANT, {}, { first: 100 });
      const reports = await Promise.all(edges.map(({ node }) => on.store.verifyRun(TENANT, node.id)));
      return reports.flatMap((report) => report?.problems ?? []);
    },
    async stop(): Promise<void> {
      await engine.stop(0);
      policy.close();
      await on.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
