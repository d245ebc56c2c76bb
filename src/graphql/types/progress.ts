import type { Progress as Reached } from '../../core/run.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Progress = builder.objectRef<Reached>('Progress').implement({
  description: 'How far a step said it was.',
  fields: (t) => ({
    percent: t.int({
      nullable: true,
      description: 'From 0 to 100, where it can tell.',
      resolve: ({ percent }) => (percent === undefined ? null : Math.round(percent)),
    }),
    memo: t.exposeString('memo', { nullable: true, description: 'What it was doing, in its own words.' }),
    at: t.field({ type: 'DateTime', description: 'When it said so.', resolve: ({ at }) => new Date(at) }),
  }),
});
