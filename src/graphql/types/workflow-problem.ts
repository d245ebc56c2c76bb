import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import type { Problem } from '../../workflow/model/workflow-document.ts';
import { Severity } from './severity.ts';

export const WorkflowProblem = builder.objectRef<Problem>('WorkflowProblem').implement({
  description: 'Something wrong with a workflow, or with what it was given.',
  fields: (t) => ({
    severity: t.expose('severity', { type: Severity, description: 'How bad it is.' }),
    message: t.exposeString('message', { description: 'What is wrong, and what to do about it.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that it is about.' }),
    line: t.exposeInt('line', { nullable: true, description: 'Line of the text, from 1. Null without a text.' }),
    column: t.exposeInt('column', { nullable: true, description: 'Character of that line, from 1.' }),
  }),
});
