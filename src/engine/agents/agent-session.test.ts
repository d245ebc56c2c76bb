import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startEngine } from '../../../test/support/engine/engine.ts';
import { EVE } from '../../../test/support/engine/workflows.ts';
import { type AnyBackend, defineBackend } from '../../agents/define-backend.ts';
import type { AgentSpec } from '../../core/agent.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { Policy } from '../../core/policy.ts';
import type { RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { Json } from '../../lib/json.ts';
import { loadPolicy } from '../../policy/load-policy.ts';
import { type AnyTool, defineTool } from '../../tools/define-tool.ts';
import type { Engine } from '../requests/engine.ts';

const TENANT = { tenant: 'default' };
const policyFolder = join(import.meta.dirname, '../../../policy');

/** What the world saw, and the program of the agent that is run next. */
let world: { asked: string[]; acted: string[] };
let program: (work: AgentSession, memory: string) => Promise<Json>;
let on: Awaited<ReturnType<typeof startEngine>>;
let policy: ReturnType<typeof loadPolicy> extends Promise<infer P> ? P : Policy;
let engine: Engine;
let folder: string;

const value = Type.Object({ v: Type.Optional(Type.Unknown({ description: 'Anything.' })) });
const tool = (name: string, effect: 'pure' | 'external', run: (v: unknown) => unknown): AnyTool =>
  defineTool({
    ...{ name, title: name, description: name, effect, input: value, output: value },
    run: async ({ v }) => {
      world.acted.push(`${name} ${JSON.stringify(v)}`);
      return { v: await run(v) };
    },
  });
const tools = [
  tool('echo', 'pure', (v) => v),
  tool('push', 'external', (v) => v),
  tool('large', 'pure', (v) => 'x'.repeat(Number(v))),
  tool('broken', 'external', () => {
    throw new Fault('BAD_INPUT', 'It is broken.');
  }),
  tool('hang', 'external', () => sleep(60_000)),
];
/** An agent that does what the test says; it goes on where it was, as one on a language model does. */
const scripted: AnyBackend = defineBackend({
  name: 'litellm',
  description: 'What a test says.',
  config: Type.Object({}),
  resumes: true,
  requiredAccess: () => [],
  run: async ({ memory }, work) => ({
    mediaType: 'application/json',
    content: JSON.stringify(await program(work, memory)),
  }),
});
const agent: AgentSpec = { role: 'Tester', goal: 'Try it.', backend: 'litellm', config: {} };

const open = () => on.engine({ tools, backends: [scripted], policy, limits: { queue: 1_000 } });

beforeAll(async () => {
  on = await startEngine();
  folder = await mkdtemp(join(tmpdir(), 'signalbox-policy-'));
  const rulesFile = join(folder, 'policy.csv');
  const rules = [
    'p, admin, tool:push, **, *, approve',
    'p, admin, tool:hang, **, *, deny',
    'p, admin, secret:KNOWN, https://api.example/**, *, allow',
    'p, admin, secret:*, https://elsewhere.example/**, *, deny',
  ];
  await writeFile(rulesFile, [await readFile(join(policyFolder, 'policy.csv'), 'utf8'), ...rules].join('\n'));
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  policy = await loadPolicy({ modelFile: join(policyFolder, 'model.conf'), rulesFile, logger: silent });
  engine = open();
  await engine.begin();
});
afterAll(async () => {
  await engine.stop(0);
  policy.close();
  await on.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  const { edges } = await on.store.reader.runs(TENANT, {}, { first: 100 });
  for (const { node } of edges) expect((await on.store.verifyRun(TENANT, node.id))?.problems).toEqual([]);
});

async function until(id: string, enough: (run: RunSnapshot) => boolean): Promise<RunSnapshot> {
  for (const late = Date.now() + 10_000; ; await sleep(10)) {
    const run = await on.store.reader.snapshot(TENANT, id);
    if (run && enough(run)) return run;
    if (Date.now() > late) throw new Error(`run ${id} is ${JSON.stringify(run?.run)}`);
  }
}
const ended = (id: string) => until(id, ({ run }) => isFinalRunState(run.state));
const waiting = (id: string) => until(id, ({ run }) => run.state === 'WAITING');

/** Runs an agent of this program. */
async function run(what: typeof program, more: Partial<AgentSpec> = {}): Promise<string> {
  world = { asked: [], acted: [] };
  program = what;
  return (await engine.runAgent(ADMIN, { agent: { ...agent, ...more } })).run.id;
}
const outputOf = async (id: string) => JSON.parse((await ended(id)).steps[0]?.output?.text ?? 'null') as Json;
async function eventsOf(id: string, ...types: readonly string[]): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of on.store.reader.eventsOf(TENANT, id)) if (types.includes(event.type)) events.push(event);
  return events;
}
/** A model that is asked; every question is counted. */
const ask = (work: AgentSession, text: string, ...calls: readonly string[]) =>
  work.requestModel(async () => {
    world.asked.push(text);
    return { text, calls: calls.map((tool, i) => ({ id: `${i}`, tool, arguments: {} })) };
  });
async function crash(): Promise<void> {
  await on.restart();
  await engine.stop(0);
  engine = open();
  await engine.begin();
}
async function decide(id: string, approve: boolean, comment?: string) {
  const approval = await on.store.reader.approvalOf(TENANT, id, 'litellm');
  await engine.decideApproval(EVE, approval?.id ?? '', { approve, ...(comment && { comment }) });
}

describe('a step that calls tools and asks a model', () => {
  it('records what was said, called and returned, in order', async () => {
    const id = await run(async (work) => {
      await work.addMessage('user', 'hello');
      await ask(work, 'I call echo', 'echo');
      return [await work.callTool('echo', { v: 1 })];
    });
    expect(await outputOf(id)).toEqual([{ v: 1 }]);
    const events = await eventsOf(id, 'AGENT_MESSAGE', 'TOOL_CALLED', 'TOOL_RETURNED');
    expect(events.map(({ type, payload }) => [type, payload])).toMatchObject([
      ['AGENT_MESSAGE', { role: 'user', text: 'hello' }],
      ['AGENT_MESSAGE', { role: 'assistant', text: 'I call echo', calls: [{ tool: 'echo' }] }],
      ['TOOL_CALLED', { call: { tool: 'echo', arguments: { v: 1 } } }],
      ['TOOL_RETURNED', { call: { tool: 'echo', result: { v: 1 } } }],
    ]);
    expect(await on.store.reader.toolCalls(TENANT, id, 'litellm')).toMatchObject([
      { tool: 'echo', arguments: { v: 1 }, result: { v: 1 } },
    ]);
  });

  it.each([false, true])('waits for a person, and asks the model nothing again (crash: %s)', async (crashes) => {
    const id = await run(async (work) => {
      await work.addMessage('user', 'push it');
      await ask(work, 'first echo, then push', 'echo', 'push');
      const echoed = await work.callTool('echo', { v: 1 });
      const pushed = await work.callTool('push', { v: 2 });
      await ask(work, 'done');
      return [echoed, pushed];
    });
    await waiting(id);
    expect(world).toEqual({ asked: ['first echo, then push'], acted: ['echo 1'] });
    if (crashes) await crash();
    await decide(id, true);
    expect(await outputOf(id)).toEqual([{ v: 1 }, { v: 2 }]);
    expect(world).toEqual({ asked: ['first echo, then push', 'done'], acted: ['echo 1', 'push 2'] });
    expect((await ended(id)).steps[0]?.attempt).toBe(1);
    expect(await eventsOf(id, 'AGENT_MESSAGE')).toHaveLength(3);
  });

  it('goes on without the call when the person says no, and says why', async () => {
    const id = await run(async (work) => {
      const [error] = await work.callTool('push', { v: 1 }).then(
        () => [undefined],
        (fault: unknown) => [fault],
      );
      if (!(error instanceof Fault)) throw error;
      return `${error.code}: ${error.message}`;
    });
    await waiting(id);
    await decide(id, false, 'not today');
    expect(await outputOf(id)).toBe('FORBIDDEN: eve did not approve push: not today');
    expect(world.acted).toEqual([]);
    expect(await on.store.reader.toolCalls(TENANT, id, 'litellm')).toMatchObject([{ error: { code: 'FORBIDDEN' } }]);
  });

  it('asks for each call by itself', async () => {
    const id = await run(async (work) => [
      await work.callTool('push', { v: 1 }),
      await work.callTool('push', { v: 2 }),
    ]);
    await waiting(id);
    await decide(id, true);
    await until(id, ({ run: { state } }) => state === 'WAITING' && world.acted.length === 1);
    await decide(id, true);
    expect(await outputOf(id)).toEqual([{ v: 1 }, { v: 2 }]);
    expect(world.acted).toEqual(['push 1', 'push 2']);
  });

  it('is refused what the policy denies, and can go on', async () => {
    const id = await run(async (work) => {
      const fault = await work.callTool('hang', {}).catch((error: unknown) => error);
      return (fault as Fault).code;
    });
    expect(await outputOf(id)).toBe('FORBIDDEN');
    const [decision] = await eventsOf(id, 'POLICY_DECIDED').then((all) => all.slice(-1));
    expect(decision?.payload).toMatchObject({ decision: { effect: 'DENY', action: 'tool:hang' } });
  });

  it('gets the very same results again, also failures and large ones', async () => {
    const id = await run(async (work) => {
      const large = (await work.callTool('large', { v: 100_000 })) as { v: string };
      const fault = await work.callTool('broken', {}).catch((error: unknown) => error);
      await work.callTool('push', {});
      return [large.v.length, (fault as Fault).code, (fault as Fault).message];
    });
    await waiting(id);
    await crash();
    await decide(id, true);
    expect(await outputOf(id)).toEqual([100_000, 'BAD_INPUT', 'It is broken.']);
    expect(world.acted).toEqual(['large 100000', 'broken undefined', 'push undefined']);
  });

  it('learns that a call was cut off by a crash, and does not make it again', async () => {
    const acting = Promise.withResolvers<void>();
    const id = await run(async (work) => {
      const remote = { uri: on.deps().resources.canonicalize('https://tools.example/mcp'), perform: stuck };
      const fault = await work.callTool('remote', {}, remote).catch((error: unknown) => error);
      if (!(fault instanceof Fault)) throw fault;
      return fault.code;
    });
    let times = 0;
    async function stuck(): Promise<Json> {
      times += 1;
      acting.resolve();
      return sleep(60_000, null, { ref: false });
    }
    await acting.promise;
    await crash();
    expect(await outputOf(id)).toBe('UNAVAILABLE');
    expect(times).toBe(1);
  });

  it('has its deltas recorded at most twenty times a second, and all of them', async () => {
    const id = await run(async (work) => {
      await work.requestModel(async () => {
        for (let i = 0; i < 100; i += 1) {
          work.streamText(`${i} `);
          await sleep(3);
        }
        return { text: 'all', calls: [] };
      });
      return null;
    });
    const events = await ended(id).then(() => eventsOf(id, 'AGENT_DELTA'));
    const text = events.map(({ payload }) => (payload as { text: string }).text).join('');
    expect(text.trim().split(' ')).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    for (const [i, { at }] of events.slice(1, -1).entries()) {
      expect(at.getTime() - (events[i]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(48);
    }
  });

  it('reads what it remembers, and adds what it said', async () => {
    const memoryUri = 'memory:notes';
    await ended(await run(async () => 'the sky is blue', { memoryUri }));
    const id = await run(async (_, memory) => memory, { memoryUri });
    expect(await outputOf(id)).toContain('Try it.\n"the sky is blue"');
  });

  it('may use as many tokens as are left, and not one more', async () => {
    const runs = Array.from({ length: 20 }, () =>
      run(async (work) => {
        const settle = await work.reserveTokens(400);
        world.asked.push('asked');
        await settle(100);
        await work.reserveTokens(900);
        await work.reserveTokens(1);
        return null;
      }),
    );
    const all = await Promise.all((await Promise.all(runs)).map(ended));
    for (const { run: ran } of all) expect(ran.error).toMatchObject({ code: 'TOO_COSTLY' });
    expect(all[0]?.run.error?.message).toContain('LLM_TOKENS_PER_');
  });

  it('gets a secret by its name, where the policy lets it go, and the secret is in no event', async () => {
    const { resources } = on.deps();
    const id = await run(async (work) => {
      const to = (uri: string) => resources.canonicalize(uri);
      const denied = (name: string, uri: string) => {
        try {
          return work.secret(name, to(uri));
        } catch (error) {
          return (error as Fault).code;
        }
      };
      return [
        denied('KNOWN', 'https://api.example/x').length,
        denied('KNOWN', 'https://elsewhere.example/x'),
        denied('OTHER', 'https://api.example/x'),
      ];
    });
    expect(await outputOf(id)).toEqual(['its value'.length, 'FORBIDDEN', 'NOT_FOUND']);
    const all = await eventsOf(id, 'POLICY_DECIDED', 'STEP_STATE_CHANGED', 'LOG');
    expect(JSON.stringify(all)).not.toContain('its value');
  });

  it('has no secret in any event, in what a tool gives, or in what comes of it', async () => {
    const uri = on.deps().resources.canonicalize('https://api.example/x');
    const id = await run(async (work) => {
      const known = work.secret('KNOWN', uri);
      work.log('INFO', `it is ${known}`);
      await work.addMessage('user', `use ${known}`);
      const echoed = await work.callTool('echo', { v: [known] });
      return { echoed, known };
    });
    expect(await outputOf(id)).toEqual({ echoed: { v: ['[secret]'] }, known: '[secret]' });
    const failed = await run(async (work) => {
      throw new Fault('BAD_INPUT', `not with ${work.secret('KNOWN', uri)}`);
    });
    expect((await ended(failed)).run.error?.message).toBe('not with [secret]');
    for (const run of [id, failed]) {
      for await (const event of on.store.reader.eventsOf(TENANT, run)) {
        expect(JSON.stringify(event)).not.toContain('its value');
      }
    }
  });

  it('keeps text that no journal keeps, mended', async () => {
    const id = await run(async (work) => {
      work.log('INFO', 'a\0b\ud800');
      return work.callTool('echo', { v: '\ud800 and \0' });
    });
    expect(await outputOf(id)).toEqual({ v: '\uFFFD and \uFFFD' });
  });

  it('ends within a second when it is cancelled, also in the middle of a turn', async () => {
    const begun = Promise.withResolvers<void>();
    const id = await run(async (work) => {
      await work.requestModel(async () => {
        begun.resolve();
        await sleep(60_000, undefined, { signal: work.signal });
        return { text: '', calls: [] };
      });
      return null;
    });
    await begun.promise;
    const at = Date.now();
    await engine.cancelRun(ADMIN, id, { compensate: false });
    expect((await ended(id)).run.state).toBe('CANCELLED');
    expect(Date.now() - at).toBeLessThan(1_000);
  });
});

describe('a tool by itself', () => {
  it('is a run of one step, with its result', async () => {
    world = { asked: [], acted: [] };
    const { snapshot, output } = await engine.callTool(ADMIN, { tool: 'echo', arguments: { v: [1] } });
    expect(snapshot.run).toMatchObject({ kind: 'COMMAND', state: 'SUCCEEDED' });
    expect(output?.text).toBe('{"v":[1]}');
    expect(await on.store.reader.toolCalls(TENANT, snapshot.run.id, 'echo')).toHaveLength(1);
  });

  it('waits for a person before it begins, where the policy wants that', async () => {
    world = { asked: [], acted: [] };
    const { snapshot } = await engine.callTool(ADMIN, { tool: 'push', arguments: { v: 1 } });
    expect(snapshot.run.state).toBe('WAITING');
    const approval = await on.store.reader.approvalOf(TENANT, snapshot.run.id, 'push');
    await engine.decideApproval(EVE, approval?.id ?? '', { approve: true });
    expect((await ended(snapshot.run.id)).run.state).toBe('SUCCEEDED');
    expect(world.acted).toEqual(['push 1']);
  });

  it('refuses arguments that do not fit, and tools that are not there', async () => {
    await expect(engine.callTool(ADMIN, { tool: 'echo', arguments: { w: 1 } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(engine.callTool(ADMIN, { tool: 'none', arguments: {} })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
