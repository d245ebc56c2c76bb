import type { WorkflowReport } from '../../engine/requests/engine.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { PolicyDecision } from './policy-decision.ts';

export const StepDecision = builder.objectRef<WorkflowReport['decisions'][number]>('StepDecision').implement({
  description: 'What the policy would say to one step now, if you had started the workflow.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Key of the step.' }),
    decision: t.expose('decision', { type: PolicyDecision, description: 'What it would say.' }),
  }),
});
