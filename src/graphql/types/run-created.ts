import { Principal } from '../../surfaces/graphql/schema/accounts/principal.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { RunKind, shownKind } from './run-kind.ts';

export const RunCreated = builder.objectRef<EventOf<'RUN_CREATED'>>('RunCreated').implement({
  description: 'A run was accepted. Always the first event of its run.',
  interfaces: [Event],
  fields: (t) => ({
    kind: t.field({
      type: RunKind,
      description: 'What it carries out.',
      resolve: ({ payload }) => shownKind(payload.kind),
    }),
    goal: t.string({
      nullable: true,
      description: 'What it is for, in words, where its workflow says so.',
      resolve: ({ payload }) => payload.goal ?? null,
    }),
    principal: t.field({
      type: Principal,
      description: 'Who asked for it.',
      resolve: ({ payload }) => payload.principal,
    }),
  }),
});
