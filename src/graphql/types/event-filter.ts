import type { EventFilter as Filter } from '../../core/journal.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { MAX_PAGE, within } from '../page-args.ts';
import { EventType } from './event-type.ts';
import { LogLevel } from './log-level.ts';

export const EventFilter = builder.inputType('EventFilter', {
  description: 'Which events are wanted. What is left out does not narrow; what is given must all hold.',
  fields: (t) => ({
    runId: t.id({ description: 'Of this run.' }),
    types: t.field({ type: [EventType], description: 'Of one of these types.' }),
    steps: t.stringList({ description: 'About one of the steps with these keys.' }),
    workflow: t.string({ description: 'Of runs of the workflow with this name.' }),
    level: t.field({ type: LogLevel, description: 'Log lines of at least this level; other events are not affected.' }),
  }),
});

type Given = typeof EventFilter.$inferInput;

/** As the journal takes it. Lists are sorted, so that equal filters are equal. @throws Fault BAD_INPUT */
export function toEventFilter(given: Given | null | undefined): Filter {
  if (!given) return {};
  const { runId, types, steps, workflow, level } = given;
  if (steps) within('steps', steps.length, 0, MAX_PAGE);
  return {
    ...(runId != null && { runId }),
    ...(types && { types: [...new Set(types)].sort() }),
    ...(steps && { steps: [...new Set(steps)].sort() }),
    ...(workflow != null && { workflow }),
    ...(level && { level }),
  };
}
