import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import type { Problem } from '../../workflow/model/workflow-document.ts';

export const Severity = builder.enumType('Severity', {
  description: 'How bad a problem of a workflow is.',
  values: {
    ERROR: { description: 'It cannot be started or saved like this.' },
    WARNING: { description: 'It runs, but perhaps not as it was meant.' },
  } satisfies Record<Problem['severity'], object>,
});
