import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../rules/parse-policy.ts';
import { createCasbinEvaluator } from './casbin-evaluator.ts';

const model = readFileSync(join(import.meta.dirname, '../../../policy/model.conf'), 'utf8');
const policy = parsePolicy(
  [
    'g, user',
    'g, lead, user',
    'p, user, *, **, *, allow',
    'p, user, *, **, *, throttle, rate=1/s',
    'p, user, *, **, *, approve',
    'p, user, *, **, *, deny',
  ].join('\n'),
);
const question = { roles: ['lead'], action: 'command:fetch', uri: undefined, schema: undefined };

describe('the Casbin evaluator', () => {
  it.each([
    [['ALLOW'], 'ALLOW'],
    [['ALLOW', 'THROTTLE'], 'THROTTLE'],
    [['THROTTLE', 'APPROVE', 'ALLOW'], 'APPROVE'],
    [['ALLOW', 'APPROVE', 'DENY', 'THROTTLE'], 'DENY'],
    [['APPROVE'], 'APPROVE'],
    [[], undefined],
  ])('among %j the strongest is %s, in either order', async (effects, strongest) => {
    const arbiter = await createCasbinEvaluator(model, policy);
    const candidates = effects.flatMap((effect) => policy.rules.filter(({ rule }) => rule.effect === effect));
    expect(arbiter.decidingRule(question, candidates)?.rule.effect).toBe(strongest);
    expect(arbiter.decidingRule(question, candidates.toReversed())?.rule.effect).toBe(strongest);
  });

  it('applies inherited rules to the inheriting role, and not the other way round', async () => {
    const { rules, roles } = parsePolicy('g, user\ng, lead, user\np, lead, *, **, *, allow');
    const arbiter = await createCasbinEvaluator(model, { rules, roles });
    expect(arbiter.decidingRule({ ...question, roles: ['lead'] }, rules)).toBe(rules[0]);
    expect(arbiter.decidingRule({ ...question, roles: ['user'] }, rules)).toBeUndefined();
    expect(arbiter.decidingRule({ ...question, roles: ['stranger', 'lead'] }, rules)).toBe(rules[0]);
    expect(arbiter.decidingRule({ ...question, roles: [] }, rules)).toBeUndefined();
  });

  it('checks each candidate rule separately', async () => {
    const { rules, roles } = parsePolicy('g, user\np, user, command:fetch, http://a/**, *, allow');
    const arbiter = await createCasbinEvaluator(model, { rules, roles });
    expect(arbiter.decidingRule({ ...question, roles: ['user'] }, rules)).toBeUndefined();
  });

  it('keeps the verdicts for roles apart whose names look like others', async () => {
    const { rules, roles } = parsePolicy('g, user\ng, lead\np, user, *, **, *, allow\np, lead, *, **, *, deny');
    const evaluator = await createCasbinEvaluator(model, { rules, roles });
    const effectFor = (own: string[]) => evaluator.decidingRule({ ...question, roles: own }, rules)?.rule.effect;
    expect(effectFor(['user,lead'])).toBeUndefined();
    expect(effectFor(['["user","lead"]'])).toBeUndefined();
    expect(effectFor(['user', 'lead'])).toBe('DENY');
    expect(effectFor(['user'])).toBe('ALLOW');
    expect(effectFor(['user,lead'])).toBeUndefined();
  });

  it('asks again for a URI that other rules cover', async () => {
    const { rules, roles } = parsePolicy('g, user\np, user, *, http://**, *, allow\np, user, *, http://a/**, *, deny');
    const evaluator = await createCasbinEvaluator(model, { rules, roles });
    const effectFor = (host: string) => {
      const uri = { scheme: 'http', host: [host], port: '', path: ['x'] };
      return evaluator.decidingRule({ ...question, roles: ['user'], uri }, rules)?.rule.effect;
    };
    expect(['b', 'a', 'c', 'a'].map(effectFor)).toEqual(['ALLOW', 'DENY', 'ALLOW', 'DENY']);
  });

  it.each([
    ['an effect that lets allow win', 'first(deny, approve', 'first(allow, deny, approve', /\[policy_effect\] must be/],
    ['a matcher that forgets the role', 'hasRole(r.roles, p.role) && ', '', /\[matchers\] must be/],
    ['another column', 'obligation, comment', 'comment, obligation', /\[policy_definition\] must be/],
    ['a second matcher', '[matchers]', '[matchers]\nm2 = true', /\[matchers\] must be/],
    ['no roles', '[role_definition]\ng = _, _', '', /\[role_definition\] must be/],
    ['a section left out', '[request_definition]', '[nonsense]', /request_definition/],
    ['an empty file', model, '', /missing required sections/],
  ])('rejects a model with %s', async (_, from, to, why) => {
    expect(model).toContain(from);
    await expect(
      createCasbinEvaluator(
        model.replace(from, () => to),
        policy,
      ),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(why),
      violations: [{ path: '/model' }],
    });
  });
});
