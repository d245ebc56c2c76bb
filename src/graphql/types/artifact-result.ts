import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Artifact } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { toSource } from '../../surfaces/graphql/schema/resources/resource-input.ts';
import { callerScope, signedIn } from '../caller-scope.ts';
import { isRefused, refusable } from '../refusable.ts';
import { traceOf } from '../trace-of.ts';
import { Refusal } from './refusal.ts';
import { UploadArtifactInput } from './upload-artifact-input.ts';

export const ArtifactResult = builder.unionType('ArtifactResult', {
  description: 'A stored artifact, or why nothing was stored.',
  types: [Artifact, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Artifact'),
});

builder.mutationField('uploadArtifact', (t) =>
  t.field({
    type: ArtifactResult,
    description:
      'Store bytes as an artifact, as the single step of a run. For more than fits into a request, use `POST /artifacts`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: UploadArtifactInput, required: true, description: 'The bytes and their name.' }) },
    resolve: (_, { input }, ctx) =>
      refusable(async () => {
        const { engine, gate, resources, config } = ctx.app;
        const who = signedIn(ctx);
        const body = await resources.read(toSource(input.source), {
          signal: ctx.signal,
          maxBytes: config.resources.fetchMaxBytes,
          authorize: (uri) => void gate.pass(who, { action: 'command:uploadArtifact', uri }),
          scope: callerScope(ctx),
        });
        try {
          return await engine.uploadArtifact(who, {
            name: input.name,
            mediaType: body.mediaType,
            content: body.stream(),
            ...traceOf(ctx),
          });
        } finally {
          await body.cancel();
        }
      }),
  }),
);
