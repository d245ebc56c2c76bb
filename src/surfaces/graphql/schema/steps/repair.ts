import type { Repair as Recorded } from '../../../../core/run.ts';
import { builder } from '../builder/builder.ts';
import { Failure } from '../errors/errors.ts';
import { Step } from '../nodes/refs.ts';

const Repair = builder.objectRef<Recorded>('Repair').implement({
  description: 'Why a step ran again: to repair a step that failed after it.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Key of the step that failed.' }),
    round: t.exposeInt('round', { description: 'Number of the repair of that step, from 1.' }),
    error: t.expose('error', { type: Failure, description: 'How that step failed.' }),
  }),
});

builder.objectField(Step, 'repair', (t) =>
  t.expose('repair', {
    type: Repair,
    nullable: true,
    description: 'What it repairs, or repaired last. Null unless another step made it run again.',
  }),
);
