import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Artifact } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { Event, type EventOf } from './event.ts';

export const ArtifactCreated = builder.objectRef<EventOf<'ARTIFACT_CREATED'>>('ArtifactCreated').implement({
  description: 'Bytes were stored.',
  interfaces: [Event],
  fields: (t) => ({
    artifact: t.field({
      type: Artifact,
      description: 'What was stored.',
      resolve: ({ payload, runId, step, at }) => ({
        ...payload,
        runId,
        createdAt: at,
        ...(step !== undefined && { step }),
      }),
    }),
  }),
});
