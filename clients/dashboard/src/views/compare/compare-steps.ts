import type { ComparedRunFragment } from '../../api/generated/graphql.ts';

export type ComparedStep = ComparedRunFragment['steps'][number];

/** The steps of two runs that have the same key. One of them may have no such step. */
export interface StepPair {
  readonly key: string;
  readonly a: ComparedStep | undefined;
  readonly b: ComparedStep | undefined;
  readonly output: 'same' | 'different' | 'missing';
  /** Another state, error or output: what somebody looks for. Durations always differ. */
  readonly differs: boolean;
}

/** The steps of both runs by key, in the order of the first; those that only the second has follow. */
export function pairsOf(a: readonly ComparedStep[], b: readonly ComparedStep[]): readonly StepPair[] {
  const ofA = new Map(a.map((step) => [step.key, step]));
  const ofB = new Map(b.map((step) => [step.key, step]));
  return [...new Set([...ofA.keys(), ...ofB.keys()])].map((key) => {
    const pair = { key, a: ofA.get(key), b: ofB.get(key) };
    const output = compareOutputs(pair.a, pair.b);
    const differs =
      pair.a?.state !== pair.b?.state || pair.a?.error?.message !== pair.b?.error?.message || output === 'different';
    return { ...pair, output, differs };
  });
}

function compareOutputs(a: ComparedStep | undefined, b: ComparedStep | undefined): StepPair['output'] {
  if (!a?.resource || !b?.resource) return 'missing';
  return a.resource.digest === b.resource.digest ? 'same' : 'different';
}
