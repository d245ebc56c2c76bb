import { Fault } from '../../core/errors.ts';
import type { RunFilter as Filter } from '../../core/store-reader.ts';
import { isJsonObject } from '../../lib/json.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { RunKind } from './run-kind.ts';
import { RunState } from './run-state.ts';

export const RunFilter = builder.inputType('RunFilter', {
  description: 'Which runs are wanted. What is left out does not narrow; what is given must all hold.',
  fields: (t) => ({
    state: t.field({ type: [RunState], description: 'In one of these states.' }),
    kind: t.field({ type: [RunKind], description: 'Of one of these kinds.' }),
    workflow: t.string({ description: 'Of the workflow with this name.' }),
    principal: t.string({ description: 'Started by this subject or user name.' }),
    label: t.field({ type: 'JSON', description: 'With all of these labels: `{"team": "sales"}`.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Accepted later than this.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Accepted earlier than this.' }),
    text: t.string({
      description: 'With this text in its id, its goal, or the name of its workflow or of one of its commands.',
    }),
  }),
});

type Given = typeof RunFilter.$inferInput;

/** As the store takes it. @throws Fault BAD_INPUT when `label` is no object */
export function toRunFilter(given: Given | null | undefined): Filter {
  if (!given) return {};
  const { state, kind, workflow, principal, label, createdAfter, createdBefore, text } = given;
  if (label != null && !isJsonObject(label)) {
    throw new Fault('BAD_INPUT', 'filter.label is an object of names and values.', { path: ['filter', 'label'] });
  }
  return {
    ...(state && { state }),
    ...(kind && { kind }),
    ...(workflow != null && { workflow }),
    ...(principal != null && { principal }),
    ...(label != null && { label }),
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
    ...(text != null && { text }),
  };
}
