import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAgentRuns, TENANT } from '../../../test/support/engine/agent-runs.ts';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { EVE } from '../../../test/support/engine/workflows.ts';
import { Fault } from '../../core/errors.ts';
import type { EventPayloads } from '../../core/event.ts';

let agents: Awaited<ReturnType<typeof startAgentRuns>>;
beforeAll(async () => {
  agents = await startAgentRuns();
});
afterAll(() => agents.stop());
afterEach(async () => expect(await agents.problems()).toEqual([]));

describe('a tool call of an agent', () => {
  it('continues without a call that was not approved, and learns why', async () => {
    const id = await agents.run(async (session) => {
      const [error] = await session.callTool('push', { v: 1 }).then(
        () => [undefined],
        (fault: unknown) => [fault],
      );
      if (!(error instanceof Fault)) throw error;
      return `${error.code}: ${error.message}`;
    });
    await agents.waiting(id);
    await agents.decide(id, false, 'not today');
    expect(await agents.outputOf(id)).toBe('FORBIDDEN: eve did not approve push: not today');
    expect(agents.world.acted).toEqual([]);
    expect(await agents.store.reader.toolCalls(TENANT, id, 'litellm')).toMatchObject([
      { error: { code: 'FORBIDDEN' } },
    ]);
  });

  it('needs an approval for each call', async () => {
    const id = await agents.run(async (session) => [
      await session.callTool('push', { v: 1 }),
      await session.callTool('push', { v: 2 }),
    ]);
    await agents.waiting(id);
    await agents.decide(id, true);
    await agents.until(id, ({ run: { state } }) => state === 'WAITING' && agents.world.acted.length === 1);
    await agents.decide(id, true);
    expect(await agents.outputOf(id)).toEqual([{ v: 1 }, { v: 2 }]);
    expect(agents.world.acted).toEqual(['push 1', 'push 2']);
  });

  it('cannot make a call that the policy denies, and continues', async () => {
    const id = await agents.run(async (session) => {
      const fault = await session.callTool('hang', {}).catch((error: unknown) => error);
      return (fault as Fault).code;
    });
    expect(await agents.outputOf(id)).toBe('FORBIDDEN');
    const [decision] = await agents.eventsOf(id, 'POLICY_DECIDED').then((all) => all.slice(-1));
    expect(decision?.payload).toMatchObject({ decision: { effect: 'DENY', action: 'tool:hang' } });
  });

  it('takes one token from a rate limit, although it asks again after an approval', async () => {
    const id = await agents.run((session) => session.callTool('publish', { v: 1 }));
    await agents.waiting(id);
    await agents.decide(id, true);
    expect(await agents.outputOf(id)).toEqual({ v: 1 });
    const events = await agents.eventsOf(id, 'POLICY_DECIDED');
    const decisions = events.map(({ payload }) => (payload as EventPayloads['POLICY_DECIDED']).decision);
    const ofTool = decisions.filter(({ action }) => action === 'tool:publish');
    expect(ofTool.map(({ effect }) => effect)).toEqual(['THROTTLE', 'APPROVE', 'THROTTLE']);
  });
});

describe('a tool call as a step', () => {
  it('is a run of one step, with its result', async () => {
    const { snapshot, output } = await agents.engine.callTool(ADMIN, { tool: 'echo', arguments: { v: [1] } });
    expect(snapshot.run).toMatchObject({ kind: 'COMMAND', state: 'SUCCEEDED' });
    expect(output?.text).toBe('{"v":[1]}');
    expect(await agents.store.reader.toolCalls(TENANT, snapshot.run.id, 'echo')).toHaveLength(1);
  });

  it('waits for approval before it starts, where the policy requires it', async () => {
    agents.clearWorld();
    const { snapshot } = await agents.engine.callTool(ADMIN, { tool: 'push', arguments: { v: 1 } });
    expect(snapshot.run.state).toBe('WAITING');
    const approval = await agents.store.reader.approvalOf(TENANT, snapshot.run.id, 'push');
    await agents.engine.decideApproval(EVE, approval?.id ?? '', { approve: true });
    expect((await agents.ended(snapshot.run.id)).run.state).toBe('SUCCEEDED');
    expect(agents.world.acted).toEqual(['push 1']);
  });

  it('rejects invalid arguments and unknown tools', async () => {
    await expect(agents.engine.callTool(ADMIN, { tool: 'echo', arguments: { w: 1 } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(agents.engine.callTool(ADMIN, { tool: 'none', arguments: {} })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('takes one token from a rate limit, although it asks again after an approval', async () => {
    const { snapshot } = await agents.engine.callTool(EVE, { tool: 'publish', arguments: { v: 1 } });
    expect(snapshot.run.state).toBe('WAITING');
    const approval = await agents.store.reader.approvalOf(TENANT, snapshot.run.id, 'publish');
    await agents.engine.decideApproval(ADMIN, approval?.id ?? '', { approve: true });
    expect((await agents.ended(snapshot.run.id)).run.state).toBe('SUCCEEDED');
    await expect(agents.engine.callTool(EVE, { tool: 'publish', arguments: {} })).rejects.toMatchObject({
      code: 'THROTTLED',
    });
  });
});
