import type { PolicyEffect } from '../../core/policy.ts';

/** Strongest first: any deny denies, else any approve asks a person, else any throttle limits, else any allow lets in. */
export const EFFECTS_BY_STRENGTH: readonly PolicyEffect[] = ['DENY', 'APPROVE', 'THROTTLE', 'ALLOW'];

/** How the model's [policy_effect] says it. */
export const EFFECT_EXPRESSION = 'first(deny, approve, throttle, allow) || deny';

/** Casbin's numbers for effects, and two more; what a matcher answers as a number reaches the effector as it is. */
const CODES: ReadonlyMap<string, number> = new Map<PolicyEffect, number>([
  ['ALLOW', 1],
  ['DENY', 3],
  ['APPROVE', 4],
  ['THROTTLE', 5],
]);

/** The matcher function `effect`: the column as Casbin's number. @throws Error on anything else, which denies. */
export function effectCode(effect: string): number {
  const code = CODES.get(effect.toUpperCase());
  if (code === undefined) throw new Error(`"${effect}" is no effect`);
  return code;
}

const ALLOW = effectCode('ALLOW');
const DENY = effectCode('DENY');
const STRENGTH = new Map(EFFECTS_BY_STRENGTH.toReversed().map((effect, index) => [effectCode(effect), index + 1]));

/**
 * Casbin's port for combining the effects of all rules that match (its own effectors know allow and deny only).
 * The rule that Casbin names is the first one with the strongest effect.
 */
export const strongestEffect = {
  newStream() {
    let strongest = 0;
    let code = 0;
    const allowed = () => code === ALLOW;
    return {
      current: allowed,
      /** Answers: allowed so far, whether this rule is the one to name, whether later rules can change nothing. */
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
