import { STEP_KINDS, type StepKind } from '../core/run.ts';
import type { Variables } from './variables.ts';

/** A comma list of `KIND=NUMBER`: steps of that kind at work at once. Kinds that are not named have no limit of their own. */
export function readKindLimits(read: Variables, name: string): Partial<Record<StepKind, number>> {
  const limits: Partial<Record<StepKind, number>> = {};
  for (const part of read.list(name) ?? []) {
    const [, word = '', digits = ''] = /^([a-z]+)=([1-9]\d{0,4})$/.exec(part) ?? [];
    const kind = STEP_KINDS.find((one) => one.toLowerCase() === word);
    if (kind) limits[kind] = Number(digits);
    else read.problem(name, 'write kinds of steps with numbers from 1 to 99999: transform=2,command=64');
  }
  return limits;
}
