import type { FlowTicket } from '../../../../core/workflows/flow-control.ts';
import { waitReason } from '../../../../engine/flow/flow-control.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';

const FlowWaitReason = builder.enumType('FlowWaitReason', {
  description: 'Why a run has not begun, as its workflow says.',
  values: {
    CONCURRENCY: { description: 'As many runs of its key are active as `concurrency` allows.' },
    RATE: { description: 'As many runs of its key have begun as `rate` allows.' },
    DEBOUNCE: { description: 'Another run of its key may come, and take its place (`debounce`).' },
  },
});

const FlowWait = builder
  .objectRef<{ readonly ticket: FlowTicket; readonly ahead: number; readonly now: Date }>('FlowWait')
  .implement({
    description: 'What a run waits for that has not begun, because its workflow limits its runs.',
    fields: (t) => ({
      reason: t.field({
        type: FlowWaitReason,
        description: 'Why it waits.',
        resolve: ({ ticket, now }) => waitReason(ticket, now),
      }),
      key: t.string({
        description: 'Value of `concurrency.key` for its inputs. Empty when it has no key.',
        resolve: ({ ticket: { key } }) => key,
      }),
      limit: t.int({
        nullable: true,
        description: 'Runs of the key that may be active at once. Null without `concurrency`.',
        resolve: ({ ticket: { limit } }) => limit ?? null,
      }),
      ahead: t.exposeInt('ahead', { description: 'Runs of the key whose turn is before. Counted up to 1,000.' }),
      since: t.field({
        type: 'DateTime',
        description: 'Since when it waits.',
        resolve: ({ ticket: { enqueuedAt } }) => enqueuedAt,
      }),
      notBefore: t.field({
        type: 'DateTime',
        description: 'It does not begin before. In the past for CONCURRENCY.',
        resolve: ({ ticket: { notBefore } }) => notBefore,
      }),
    }),
  });

builder.objectField(Run, 'waitsFor', (t) =>
  t.field({
    type: FlowWait,
    nullable: true,
    description:
      'What it waits for before it begins, because its workflow has `concurrency`, `rate` or `debounce`. Null when it waits for none of them.',
    extensions: { cost: 5 },
    resolve: async ({ run }, _args, { app }) => {
      const wait = await app.engine.flowWaitOf(run);
      return wait ? { ...wait, now: app.clock.now() } : null;
    },
  }),
);
