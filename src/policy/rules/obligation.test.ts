import { describe, expect, it } from 'vitest';
import type { Decision, PolicyEffect } from '../../core/policy.ts';
import { constraintsOf, parseObligation } from './obligation.ts';

describe('parseObligation', () => {
  it('reads the rate of a throttle rule, and the limits of jobs', () => {
    expect(parseObligation('rate=10/m', 'THROTTLE', 'command:*')).toEqual({ rate: { count: 10, periodMs: 60_000 } });
    expect(parseObligation('max_runtime_ms=60000  redaction_level=strict', 'ALLOW', 'job:builds.*')).toEqual({
      constraints: { max_runtime_ms: 60_000, redaction_level: 'strict' },
    });
    expect(parseObligation('max_retries=0 rate=1/s', 'THROTTLE', 'job:*')).toEqual({
      rate: { count: 1, periodMs: 1_000 },
      constraints: { max_retries: 0 },
    });
    expect(parseObligation('', 'DENY', 'job:*')).toEqual({});
  });

  it.each<[string, PolicyEffect, string, RegExp]>([
    ['', 'THROTTLE', 'command:*', /not a rate/],
    ['rate=1/s rate=2/s', 'THROTTLE', 'command:*', /not a rate/],
    ['rate=1/s', 'ALLOW', 'command:*', /only a throttle rule/],
    ['max_runtime_ms=1', 'ALLOW', 'command:*', /job:TOPIC/],
    ['max_runtime_ms=1', 'ALLOW', '*', /job:TOPIC/],
    ['max_runtime_ms=1', 'DENY', 'job:*', /job:TOPIC/],
    ['max_runtime_ms=-1', 'ALLOW', 'job:*', /not a limit/],
    ['max_runtime=1', 'ALLOW', 'job:*', /not a limit/],
    ['max_retries=1 max_retries=2', 'ALLOW', 'job:*', /twice/],
  ])('refuses %j of a rule that says %s to %s', (text, effect, action, message) => {
    expect(() => parseObligation(text, effect, action)).toThrow(message);
  });
});

describe('constraintsOf', () => {
  const decision = (obligation: string | undefined): Decision => ({
    ...{ effect: 'ALLOW', reason: '', action: 'job:x', roles: [], snapshot: '' },
    rule: {
      ...{ id: 'rule_1', role: 'a', action: 'job:*', uri: '**', schema: '*', effect: 'ALLOW' },
      ...(obligation !== undefined && { obligation }),
    },
  });

  it('has the lowest of each limit of all who must be permitted', () => {
    const decisions = [decision('max_retries=3 max_runtime_ms=10'), decision(undefined), decision('max_runtime_ms=5')];
    expect(constraintsOf(decisions)).toEqual({ max_retries: 3, max_runtime_ms: 5 });
    expect(constraintsOf([decision(undefined)])).toBeUndefined();
  });
});
