import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { EVE, startWorkflows, stepStates } from '../../../test/support/engine/workflows.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows();
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

const asks = (more = '') => `
  - { id: ok, kind: approval, input: { reason: "Publish {{ what }}?"${more} } }
  - { id: done, kind: command, command: act, depends_on: [ok], input: { v: "{{ steps.ok.output }}" } }
inputs: { what: { type: string, default: it } }
outputs: { ok: "{{ steps.ok.output }}" }`;

describe('an approval', () => {
  it.each([
    ['by one person', EVE, EVE],
    ['by two people', EVE, ADMIN],
  ])('that is decided twice at once %s has one decision, which the other caller learns', async (_, first, second) => {
    const { run } = await on.start(asks());
    await on.waiting(run.id);
    const { id } = await on.approvalOf(run.id, 'ok');
    const decisions = [
      on.engine.decideApproval(first, id, { approve: true }),
      on.engine.decideApproval(second, id, { approve: false }),
    ];
    expect(await Promise.allSettled(decisions)).toMatchObject([
      { value: { state: 'APPROVED' } },
      { reason: { code: 'CONFLICT' } },
    ]);
    expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
  });

  it('says beforehand who may decide it, and why others may not', async () => {
    const { run } = await on.start(asks(', roles: [lead]'));
    await on.waiting(run.id);
    const approval = await on.approvalOf(run.id, 'ok');
    expect(await on.engine.whyNotDecide(EVE, approval)).toBe('Only lead may decide this.');
    const lead = { ...EVE, roles: [...EVE.roles, 'lead'] };
    expect(await on.engine.whyNotDecide(lead, approval)).toBeUndefined();
    const decided = await on.engine.decideApproval(lead, approval.id, { approve: true });
    expect(await on.engine.whyNotDecide(lead, decided)).toBe('It is APPROVED.');
    await on.ended(run.id);
  });

  it('waits for a person, and passes the decision on', async () => {
    const { run } = await on.start(asks());
    await on.waiting(run.id);
    const { id, reason, state } = await on.approvalOf(run.id, 'ok');
    expect([reason, state]).toEqual(['Publish it?', 'OPEN']);
    const decided = await on.engine.decideApproval(EVE, id, { approve: true, comment: 'fine' });
    expect(decided).toMatchObject({ state: 'APPROVED', decidedBy: { subject: 'eve' }, comment: 'fine' });
    expect((await on.ended(run.id)).run.outputs).toEqual({ ok: { approved: true, by: 'eve', comment: 'fine' } });
    await expect(on.engine.decideApproval(ADMIN, id, { approve: false })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await on.engine.decideApproval(ADMIN, id, { approve: true })).toEqual(decided);
  });

  it('that is rejected ends the run before its next step', async () => {
    const { run } = await on.start(asks());
    await on.waiting(run.id);
    await on.engine.decideApproval(EVE, (await on.approvalOf(run.id, 'ok')).id, { approve: false, comment: 'no' });
    const ended = await on.ended(run.id);
    expect([ended.run.state, stepStates(ended), on.acted]).toEqual(['DENIED', { ok: 'DENIED', done: 'SKIPPED' }, []]);
    expect(ended.run.error?.message).toContain('eve did not approve it: no');
  });

  it('expires', async () => {
    const ended = await on.run(asks(', expires_ms: 30'));
    expect([ended.run.state, stepStates(ended).ok]).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect(await on.approvalOf(ended.run.id, 'ok')).toMatchObject({ state: 'EXPIRED' });
  });

  it('can be decided by users with its roles, if the policy permits it', async () => {
    const { run } = await on.start(asks(', roles: [board]'));
    await on.waiting(run.id);
    const { id } = await on.approvalOf(run.id, 'ok');
    const decide = (user: typeof ADMIN) => on.engine.decideApproval(user, id, { approve: true });
    await expect(decide(EVE)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(decide({ ...BOB, roles: ['board'] })).rejects.toMatchObject({
      code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/),
    });
    expect(await decide({ ...EVE, roles: ['admin', 'board'] })).toMatchObject({ state: 'APPROVED' });
    await on.ended(run.id);
  });
});
