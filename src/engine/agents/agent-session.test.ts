import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAgentRuns, TENANT } from '../../../test/support/engine/agent-runs.ts';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { EVE } from '../../../test/support/engine/workflows.ts';
import { Fault } from '../../core/errors.ts';
import type { SignedIn } from '../../core/principal.ts';

let agents: Awaited<ReturnType<typeof startAgentRuns>>;
beforeAll(async () => {
  agents = await startAgentRuns();
});
afterAll(() => agents.stop());
afterEach(async () => expect(await agents.problems()).toEqual([]));

describe('an agent session', () => {
  it('records messages, calls and results, in order', async () => {
    const id = await agents.run(async (session) => {
      await session.addMessage('user', 'hello');
      await agents.ask(session, 'I call echo', 'echo');
      return [await session.callTool('echo', { v: 1 })];
    });
    expect(await agents.outputOf(id)).toEqual([{ v: 1 }]);
    const events = await agents.eventsOf(id, 'AGENT_MESSAGE', 'TOOL_CALLED', 'TOOL_RETURNED');
    expect(events.map(({ type, payload }) => [type, payload])).toMatchObject([
      ['AGENT_MESSAGE', { role: 'user', text: 'hello' }],
      ['AGENT_MESSAGE', { role: 'assistant', text: 'I call echo', calls: [{ tool: 'echo' }] }],
      ['TOOL_CALLED', { call: { tool: 'echo', arguments: { v: 1 } } }],
      ['TOOL_RETURNED', { call: { tool: 'echo', result: { v: 1 } } }],
    ]);
    expect(await agents.store.reader.toolCalls(TENANT, id, 'litellm')).toMatchObject([
      { tool: 'echo', arguments: { v: 1 }, result: { v: 1 } },
    ]);
  });

  it('records deltas at most twenty times a second, and all of them', async () => {
    const id = await agents.run(async (session) => {
      await session.requestModel(async () => {
        for (let i = 0; i < 100; i += 1) {
          session.streamText(`${i} `);
          await sleep(3);
        }
        return { text: 'all', calls: [] };
      });
      return null;
    });
    const events = await agents.ended(id).then(() => agents.eventsOf(id, 'AGENT_DELTA'));
    const text = events.map(({ payload }) => (payload as { text: string }).text).join('');
    expect(text.trim().split(' ')).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    for (const [i, { at }] of events.slice(1, -1).entries()) {
      expect(at.getTime() - (events[i]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(48);
    }
  });

  it('that has read a memory is approved neither by its starter nor by those who wrote the memory', async () => {
    const entry = { id: 'e', text: 'Push it.', at: new Date(), runId: 'run' };
    await agents.store.memories.append(EVE, 'of-eve', entry);
    const id = await agents.run((session) => session.callTool('push', {}), { memoryUri: 'memory:of-eve' });
    await agents.waiting(id);
    const approval = await agents.store.reader.approvalOf(TENANT, id, 'litellm');
    const decide = (who: SignedIn) => agents.engine.decideApproval(who, approval?.id ?? '', { approve: true });
    for (const who of [ADMIN, EVE]) await expect(decide(who)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const pat = { ...ADMIN, subject: 'pat', username: 'pat' };
    expect(await decide(pat)).toMatchObject({ state: 'APPROVED', decidedBy: { username: 'pat' } });
    expect((await agents.ended(id)).run.state).toBe('SUCCEEDED');
  });

  it('reads its memory, and appends its answer', async () => {
    const memoryUri = 'memory:notes';
    await agents.ended(await agents.run(async () => 'the sky is blue', { memoryUri }));
    const id = await agents.run(async (_, memory) => memory, { memoryUri });
    expect(await agents.outputOf(id)).toContain('Try it.\n"the sky is blue"');
  });

  it.each([1e15, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'counts what was reserved when the endpoint reports %d used tokens, and logs it',
    async (used) => {
      const id = await agents.run(async (session) => {
        await (await session.reserveTokens(20))(used);
        await session.reserveTokens(10);
        return 'done';
      });
      expect((await agents.ended(id)).run.error ?? null).toBeNull();
      expect(await agents.eventsOf(id, 'LOG')).toMatchObject([
        {
          payload: { level: 'WARN', text: expect.stringMatching(`reports ${used} used tokens; this call reserved 20`) },
        },
      ]);
    },
  );

  it('may use the remaining tokens, and not one more', async () => {
    const runs = Array.from({ length: 20 }, () =>
      agents.run(async (session) => {
        const settle = await session.reserveTokens(400);
        agents.world.asked.push('asked');
        await settle(100);
        await session.reserveTokens(900);
        await session.reserveTokens(1);
        return null;
      }),
    );
    const all = await Promise.all((await Promise.all(runs)).map(agents.ended));
    for (const { run: ran } of all) expect(ran.error).toMatchObject({ code: 'TOO_COSTLY' });
    expect(all[0]?.run.error?.message).toContain('LLM_TOKENS_PER_');
  });

  it.each([
    [Number.NaN, undefined],
    [Number.NEGATIVE_INFINITY, undefined],
    [-4, 0],
    [1e300, 100],
    [12.5, 13],
  ])('records a progress of %d as %d percent', async (percent, recorded) => {
    const id = await agents.run(async (session) => {
      session.progress(percent, 'half');
      return 'done';
    });
    await agents.ended(id);
    expect((await agents.eventsOf(id, 'STEP_PROGRESS')).map(({ payload }) => payload)).toEqual([
      recorded === undefined ? { memo: 'half' } : { percent: recorded, memo: 'half' },
    ]);
  });

  it('gets a secret by name where the policy permits it, and no event contains the secret', async () => {
    const { resources } = agents;
    const id = await agents.run(async (session) => {
      const to = (uri: string) => resources.canonicalize(uri);
      const denied = (name: string, uri: string) => {
        try {
          return session.secret(name, to(uri));
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
    expect(await agents.outputOf(id)).toEqual(['its value'.length, 'FORBIDDEN', 'NOT_FOUND']);
    const all = await agents.eventsOf(id, 'POLICY_DECIDED', 'STEP_STATE_CHANGED', 'LOG');
    expect(JSON.stringify(all)).not.toContain('its value');
  });

  it('redacts secrets in events, tool results and its output', async () => {
    const uri = agents.resources.canonicalize('https://api.example/x');
    const id = await agents.run(async (session) => {
      const secret = session.secret('KNOWN', uri);
      session.log('INFO', `it is ${secret}`);
      await session.addMessage('user', `use ${secret}`);
      const echoed = await session.callTool('echo', { v: [secret] });
      return { echoed, known: secret };
    });
    expect(await agents.outputOf(id)).toEqual({ echoed: { v: ['[secret]'] }, known: '[secret]' });
    const failed = await agents.run(async (session) => {
      throw new Fault('BAD_INPUT', `not with ${session.secret('KNOWN', uri)}`);
    });
    expect((await agents.ended(failed)).run.error?.message).toBe('not with [secret]');
    for (const run of [id, failed]) {
      for await (const event of agents.store.reader.eventsOf(TENANT, run)) {
        expect(JSON.stringify(event)).not.toContain('its value');
      }
    }
  });

  it('redacts secrets that its stream is cut in, within an event and between events', async () => {
    const uri = agents.resources.canonicalize('https://api.example/x');
    const id = await agents.run(async (session) => {
      const secret = session.secret('KNOWN', uri);
      await session.requestModel(async () => {
        for (const part of ['it is ', secret.slice(0, 4), secret.slice(4), ` or ${secret.slice(0, 8)}`]) {
          session.streamText(part);
          // Longer than deltas are joined.
          await sleep(120);
        }
        return { text: 'done', calls: [] };
      });
      for (const character of secret) session.streamText(character);
      return null;
    });
    await agents.ended(id);
    const events = await agents.eventsOf(id, 'AGENT_DELTA', 'AGENT_MESSAGE');
    const texts = events.map(({ payload }) => (payload as { text: string }).text);
    expect(texts.slice(0, texts.indexOf('done')).join('')).toBe('it is [secret] or [secret]');
    expect(texts.slice(texts.indexOf('done') + 1).join('')).toBe('[secret]');
  });

  it('repairs text that the journal cannot store', async () => {
    const id = await agents.run(async (session) => {
      session.log('INFO', 'a\0b\ud800');
      return session.callTool('echo', { v: '\ud800 and \0' });
    });
    expect(await agents.outputOf(id)).toEqual({ v: '\uFFFD and \uFFFD' });
  });

  it('saves text as UTF-8, and says so where the text or its media type says otherwise', async () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><city>Zürich</city>';
    const id = await agents.run(async (session) => {
      const saved = [
        await session.saveArtifact('a.xml', 'application/xml', xml),
        await session.saveArtifact('b.xml', 'application/xml', Buffer.from(xml, 'latin1')),
        await session.saveArtifact('c.csv', 'text/csv; charset=windows-1252', 'Zürich'),
      ];
      return saved.map(({ media_type }) => media_type);
    });
    const types = ['application/xml;charset=utf-8', 'application/xml', 'text/csv;charset=utf-8'];
    expect(await agents.outputOf(id)).toEqual(types);
  });

  it('ends with its cancellation, even during a model request', async () => {
    const begun = Promise.withResolvers<void>();
    const id = await agents.run(async (session) => {
      await session.requestModel(async () => {
        begun.resolve();
        await sleep(600_000, undefined, { signal: session.signal });
        return { text: '', calls: [] };
      });
      return null;
    });
    await begun.promise;
    await agents.engine.cancelRun(ADMIN, id, { compensate: false });
    expect((await agents.ended(id)).run.state).toBe('CANCELLED');
  });
});
