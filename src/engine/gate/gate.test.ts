import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../core/accounts/accounts.ts';
import type { Policy, PolicyEffect, PolicyRequest, PolicyRule } from '../../core/policy.ts';
import { createGate, type GateRequest } from './gate.ts';

const USER = { subject: 'bob', username: 'bob', tenant: 't', roles: ['user'] };

/** A fake policy: the effect is in the role `may EFFECT`; without such a role the action is the effect, and for a throttle the rule's rate, such as `rate=2/m`. */
const policy: Policy = {
  decide: ({ action: asked, roles }: PolicyRequest) => {
    const [, action = asked] = roles.find((role) => role.startsWith('may '))?.split(' ') ?? [];
    const effect: PolicyEffect = action.startsWith('rate=') ? 'THROTTLE' : (action as PolicyEffect);
    const rule: PolicyRule = {
      id: action,
      role: 'user',
      action: '*',
      uri: '**',
      schema: '*',
      effect,
      ...(effect === 'THROTTLE' && { obligation: action }),
    };
    return { effect, reason: `by rule ${action}`, rule, action, roles, snapshot: 's' };
  },
  explain: () => {
    throw new Error('the gate explains nothing');
  },
  rules: () => [],
  source: () => ({ text: '', roles: [] }),
  simulate: async () => ({ problems: [] }),
  snapshot: () => 's',
};

function openGate() {
  let now = 0;
  const standings = new Map<string, Standing>();
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const gate = createGate({
    policy,
    standings: { standingOf: ({ subject }) => standings.get(subject) ?? { state: 'unknown', notBefore: null } },
    clock: { now: () => new Date(now) },
    metrics: { policyDecided: () => undefined },
    logger: { debug: log, info: log, warn: log, error: log },
  });
  const pass = (action: string, subject = 'bob') => {
    try {
      return gate.pass({ ...USER, subject }, { action }).effect;
    } catch (error) {
      return error;
    }
  };
  const askAll = (actions: readonly string[], approved?: boolean) =>
    gate.askAll(
      USER,
      actions.map((action) => ({ action })),
      approved,
    );
  return { gate, standings, pass, askAll, logged, wait: (ms: number) => (now += ms) };
}

describe('one request', () => {
  it('is refused with the decision that refused it, which is logged', () => {
    const { pass, logged } = openGate();
    expect(pass('DENY')).toMatchObject({ code: 'FORBIDDEN', decision: { effect: 'DENY' } });
    expect(logged).toEqual(['policy.denied']);
    expect(pass('APPROVE')).toMatchObject({ code: 'APPROVAL_REQUIRED', decision: { effect: 'APPROVE' } });
  });

  it('passes at the rate of the rule, for each subject, and otherwise says when to try again', () => {
    const { pass, wait } = openGate();
    expect([pass('rate=2/m'), pass('rate=2/m')]).toEqual(['THROTTLE', 'THROTTLE']);
    expect(pass('rate=2/m')).toMatchObject({ code: 'THROTTLED', retryAfterMs: 30_000 });
    expect(pass('rate=2/m', 'alice')).toBe('THROTTLE');
    wait(29_999);
    expect(pass('rate=2/m')).toMatchObject({ code: 'THROTTLED' });
    wait(2);
    expect(pass('rate=2/m')).toBe('THROTTLE');
  });
});

describe('several requests of one action', () => {
  it.each([
    ['a denial', ['APPROVE', 'rate=1/m', 'DENY', 'ALLOW'], 'denied', 2, 'FORBIDDEN'],
    ['a throttle', ['APPROVE', 'rate=1/m', 'ALLOW'], 'throttled', 1, 'THROTTLED'],
    ['an approval', ['ALLOW', 'rate=2/m', 'APPROVE'], 'approval', 2, 'APPROVAL_REQUIRED'],
  ])('are decided by %s first', (_, actions, type, index, code) => {
    const { pass, askAll } = openGate();
    pass('rate=1/m');
    const result = askAll(actions);
    expect(result).toMatchObject({ type, index, fault: { code, decision: { action: actions[index] } } });
    expect(result.decisions.map(({ action }) => action)).toEqual(actions);
  });

  it('wait for the bucket that takes the longest to refill', () => {
    const { pass, askAll } = openGate();
    pass('rate=1/m');
    pass('rate=2/h');
    pass('rate=2/h');
    const result = askAll(['rate=1/m', 'rate=2/h']);
    expect(result).toMatchObject({ type: 'throttled', index: 1, fault: { decision: { action: 'rate=2/h' } } });
    expect(result.type !== 'allowed' && result.fault.retryAfterMs).toBeGreaterThanOrEqual(1_800_000);
  });

  it('pass together from a full bucket, even when they are more than it holds', () => {
    const { askAll, pass } = openGate();
    expect(askAll(['rate=2/m', 'rate=2/m', 'rate=2/m']).type).toBe('allowed');
    expect(pass('rate=2/m')).toMatchObject({ code: 'THROTTLED' });
  });

  it('take no token and need no approval in advance, but are denied', () => {
    const { gate, pass } = openGate();
    const inAdvance = (action: string): GateRequest => ({ action, inAdvance: true });
    expect(gate.askAll(USER, [inAdvance('rate=1/h'), inAdvance('APPROVE')]).type).toBe('allowed');
    expect(pass('rate=1/h')).toBe('THROTTLE');
    expect(gate.askAll(USER, [inAdvance('rate=1/h')]).type).toBe('allowed');
    expect(gate.askAll(USER, [inAdvance('DENY')]).type).toBe('denied');
  });

  it('take their tokens exactly once when they pass, and none otherwise', () => {
    const RATES = ['rate=1/h', 'rate=3/h', 'rate=9/h'];
    const action = fc.constantFrom('ALLOW', 'ALLOW', 'APPROVE', 'DENY', ...RATES, ...RATES);
    const asked = fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 5 }), approved: fc.boolean() });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 30 }), (sets) => {
        const { askAll } = openGate();
        // The clock stands still, so that tokens only decrease.
        const tokens = new Map(RATES.map((rate) => [rate, Number(/\d/.exec(rate)?.[0])]));
        const sizes = new Map(tokens);
        for (const { actions, approved } of sets) {
          const needed = RATES.map((rate) => {
            const count = actions.filter((one) => one === rate).length;
            return [rate, Math.min(count, sizes.get(rate) ?? 0)] as const;
          });
          const isShort = needed.some(([rate, count]) => count > (tokens.get(rate) ?? 0));
          const needsApproval = !approved && actions.includes('APPROVE');
          const { type } = askAll(actions, approved);
          if (actions.includes('DENY')) expect(type).toBe('denied');
          else if (isShort) expect(type).toBe('throttled');
          else if (needsApproval) expect(type).toBe('approval');
          else {
            expect(type).toBe('allowed');
            for (const [rate, count] of needed) tokens.set(rate, (tokens.get(rate) ?? 0) - count);
          }
        }
        // What is left in each bucket can be taken, and nothing more.
        for (const [rate, left] of tokens) {
          for (let i = 0; i < left; i += 1) expect(askAll([rate]).type).toBe('allowed');
          expect(askAll([rate]).type).toBe('throttled');
        }
      }),
    );
  });
});

describe('a request for which others wrote the instructions', () => {
  const RATE = 'rate=1/h';
  const EFFECTS = ['ALLOW', RATE, 'APPROVE', 'DENY'];
  const TYPES = ['allowed', 'allowed', 'approval', 'denied'];
  const author = (effect: string, i: number) => ({ ...USER, subject: `author ${i}`, roles: [`may ${effect}`] });

  it('passes only as far as the user and every author may go', () => {
    const effects = fc.array(fc.constantFrom(...EFFECTS), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(effects, fc.boolean(), ([own = '', ...others], hasAuthorsAlone) => {
        const { gate } = openGate();
        const actor = {
          ...USER,
          roles: [`may ${own}`],
          ...((others.length > 0 || hasAuthorsAlone) && { authors: others.map(author) }),
        };
        const strictest = Math.max(...[own, ...others].map((effect) => EFFECTS.indexOf(effect)));
        const result = gate.askAll(actor, [{ action: 'ALLOW' }]);
        expect(result.type).toBe(TYPES[strictest]);
        expect(result.decisions).toHaveLength(1);
        const [decision] = result.decisions;
        const expected = EFFECTS[strictest];
        expect(decision?.effect).toBe(expected === RATE ? 'THROTTLE' : expected);
        const whose = [own, ...others].indexOf(expected ?? '');
        expect(decision?.author).toBe(whose === 0 ? undefined : USER.username);
      }),
    );
  });

  it('takes one token from the user, whose rate it is counted for', () => {
    const { gate } = openGate();
    const actor = { ...USER, roles: [`may ${RATE}`], authors: [author(RATE, 1), author(RATE, 2)] };
    expect(gate.pass(actor, { action: 'ALLOW' }).effect).toBe('THROTTLE');
    expect(() => gate.pass(actor, { action: 'ALLOW' })).toThrow('Rate limit exceeded');
    expect(gate.pass({ ...actor, subject: 'alice' }, { action: 'ALLOW' }).effect).toBe('THROTTLE');
  });

  it('names the author whose permission is missing', () => {
    const { gate } = openGate();
    const asked = () => gate.pass({ ...USER, authors: [author('DENY', 1)] }, { action: 'ALLOW' });
    expect(asked).toThrow('For bob, who wrote it: by rule DENY');
  });
});
