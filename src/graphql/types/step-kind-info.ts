import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { StepKind, stepKinds } from '../../surfaces/graphql/schema/steps/step-kind.ts';

type Kind = keyof typeof stepKinds;

export const StepKindInfo = builder.objectRef<Kind>('StepKindInfo').implement({
  description: 'One kind of step that a run may have.',
  fields: (t) => ({
    kind: t.field({ type: StepKind, description: 'The kind.', resolve: (kind) => kind }),
    description: t.string({
      description: 'What a step of this kind does.',
      resolve: (kind) => stepKinds[kind].description,
    }),
  }),
});
