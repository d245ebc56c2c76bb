import type { PolicyEffect } from '../../core/policy.ts';

/** Strongest first: any deny denies, else any approve requires a person, else any throttle limits, else any allow permits. */
export const EFFECTS_BY_STRENGTH: readonly PolicyEffect[] = ['DENY', 'APPROVE', 'THROTTLE', 'ALLOW'];

/** The value of [policy_effect] in the model. */
export const EFFECT_EXPRESSION = 'first(deny, approve, throttle, allow) || deny';

/** Casbin's numbers for effects, and two more. A number that a matcher returns reaches the effector unchanged. */
const CODES: ReadonlyMap<string, number> = new Map<PolicyEffect, number>([
  ['ALLOW', 1],
  ['DENY', 3],
  ['APPROVE', 4],
  ['THROTTLE', 5],
]);

/** The matcher function `effect`: the column as Casbin's number. @throws Error on anything else, which denies. */
export function effectCode(effect: string): number {
  const code = CODES.get(effect.toUpperCase());
  if (code === undefined) throw new Error(`"${effect}" is not an effect`);
  return code;
}

const ALLOW = effectCode('ALLOW');
const DENY = effectCode('DENY');
const STRENGTH = new Map(EFFECTS_BY_STRENGTH.toReversed().map((effect, index) => [effectCode(effect), index + 1]));

/**
 * Casbin's port for combining the effects of all rules that match (Casbin's own effectors only know allow and deny).
 * Casbin returns the first rule with the strongest effect.
 */
export const strongestEffect = {
  newStream() {
    let strongest = 0;
    let code = 0;
    const allowed = () => code === ALLOW;
    return {
      current: allowed,
      /** Returns: allowed so far, whether this rule decides, and whether later rules cannot change the result. */
      pushEffect(next: number): [boolean, boolean, boolean] {
        const strength = STRENGTH.get(next) ?? 0;
        const leads = strength > strongest;
        if (leads) {
          strongest = strength;
          code = next;
        }
        return [allowed(), leads, code === DENY];
      },
    };
  },
};
