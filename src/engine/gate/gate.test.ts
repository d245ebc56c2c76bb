import { expect, it } from 'vitest';
import type { Decision, Policy, PolicyEffect } from '../../core/policy.ts';
import { createGate } from './gate.ts';

const who = { subject: 'bob', username: 'bob', tenant: 't', roles: ['user'] };

function policyThat(effect: PolicyEffect, obligation?: string): Policy {
  const rule = {
    id: 'rule_1',
    role: 'user',
    action: '*',
    uri: '**',
    schema: '*',
    effect,
    ...(obligation && { obligation }),
  };
  const decision: Decision = {
    effect,
    reason: 'because',
    rule,
    action: 'command:fetch',
    roles: ['user'],
    snapshot: 's',
  };
  return {
    decide: () => decision,
    explain: () => ({ decision, nearMisses: [] }),
    rules: () => [rule],
    snapshot: () => 's',
  };
}

function gateWith(policy: Policy) {
  let now = 0;
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const logger = { debug: log, info: log, warn: log, error: log };
  const gate = createGate({
    policy,
    clock: { now: () => new Date(now) },
    metrics: { policyDecided: () => undefined },
    logger,
  });
  const pass = (subject = 'bob') => {
    try {
      return gate.pass({ ...who, subject }, { action: 'command:fetch' }).effect;
    } catch (error) {
      return error;
    }
  };
  return { pass, logged, wait: (ms: number) => (now += ms) };
}

it('refuses with the decision that refused, and logs it', () => {
  const { pass, logged } = gateWith(policyThat('DENY'));
  expect(pass()).toMatchObject({ code: 'FORBIDDEN', decision: { effect: 'DENY' } });
  expect(logged).toEqual(['policy.denied']);
  expect(gateWith(policyThat('APPROVE')).pass()).toMatchObject({ code: 'APPROVAL_REQUIRED' });
});

it('lets each subject pass at the rate of the rule, and says when to come back', () => {
  const { pass, wait } = gateWith(policyThat('THROTTLE', 'rate=2/m'));
  expect([pass(), pass()]).toEqual(['THROTTLE', 'THROTTLE']);
  expect(pass()).toMatchObject({ code: 'THROTTLED', retryAfterMs: 30_000 });
  expect(pass('alice')).toBe('THROTTLE');
  wait(29_999);
  expect(pass()).toMatchObject({ code: 'THROTTLED' });
  wait(2);
  expect(pass()).toBe('THROTTLE');
});
