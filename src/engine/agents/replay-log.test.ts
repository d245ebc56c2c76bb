import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAgentRuns } from '../../../test/support/engine/agent-runs.ts';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

let agents: Awaited<ReturnType<typeof startAgentRuns>>;
beforeAll(async () => {
  agents = await startAgentRuns();
});
afterAll(() => agents.stop());
afterEach(async () => expect(await agents.problems()).toEqual([]));

describe('a step that is replayed', () => {
  it.each([false, true])('waits for approval, and does not ask the model again (crash: %s)', async (crashes) => {
    const id = await agents.run(async (session) => {
      await session.addMessage('user', 'push it');
      await agents.ask(session, 'first echo, then push', 'echo', 'push');
      const echoed = await session.callTool('echo', { v: 1 });
      const pushed = await session.callTool('push', { v: 2 });
      await agents.ask(session, 'done');
      return [echoed, pushed];
    });
    await agents.waiting(id);
    expect(agents.world).toEqual({ asked: ['first echo, then push'], acted: ['echo 1'] });
    if (crashes) await agents.crash();
    await agents.decide(id, true);
    expect(await agents.outputOf(id)).toEqual([{ v: 1 }, { v: 2 }]);
    expect(agents.world).toEqual({ asked: ['first echo, then push', 'done'], acted: ['echo 1', 'push 2'] });
    expect((await agents.ended(id)).steps[0]?.attempt).toBe(1);
    expect(await agents.eventsOf(id, 'AGENT_MESSAGE')).toHaveLength(3);
  });

  it('gets the same results again, including failures and large ones', async () => {
    const id = await agents.run(async (session) => {
      const large = (await session.callTool('large', { v: 100_000 })) as { v: string };
      const fault = await session.callTool('broken', {}).catch((error: unknown) => error);
      await session.callTool('push', {});
      return [large.v.length, (fault as Fault).code, (fault as Fault).message];
    });
    await agents.waiting(id);
    await agents.crash();
    await agents.decide(id, true);
    expect(await agents.outputOf(id)).toEqual([100_000, 'BAD_INPUT', 'It is broken.']);
    expect(agents.world.acted).toEqual(['large 100000', 'broken undefined', 'push undefined']);
  });

  it('learns that a crash interrupted a call, and does not repeat it', async () => {
    const acting = Promise.withResolvers<void>();
    const id = await agents.run(async (session) => {
      const remote = { uri: agents.resources.canonicalize('https://tools.example/mcp'), perform: stuck };
      const fault = await session.callTool('remote', {}, remote).catch((error: unknown) => error);
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
    await agents.crash();
    expect(await agents.outputOf(id)).toBe('UNAVAILABLE');
    expect(times).toBe(1);
  });
});
