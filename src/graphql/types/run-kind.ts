import type { RunKind as Kind } from '../../core/run.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

const values = {
  COMMAND: { description: 'One command.' },
  PIPELINE: { description: 'Several commands one after the other, each with the output of the one before at hand.' },
  AGENT: { description: 'One agent.' },
  WORKFLOW: { description: 'The steps of a workflow, each as soon as what it needs is done.' },
};

export const RunKind = builder.enumType('RunKind', { description: 'What a run carries out.', values });

/** The kinds that the contract has so far; the engine makes no others. */
export function shownKind(kind: Kind): keyof typeof values {
  return kind as keyof typeof values;
}
