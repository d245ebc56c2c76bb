import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Node } from '../../surfaces/graphql/schema/nodes/node.ts';
import { Artifact, Resource, Run, Step } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { callerScope } from '../caller-scope.ts';
import { authorizeArtifact, downloadUrl, viewOfOutput } from '../resource-view.ts';
import { findRun } from '../run-of.ts';

Artifact.implement({
  description: 'Immutable bytes that a run made or that were uploaded, kept once under their digest.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this artifact: `art_…`.' }),
    digest: t.expose('digest', { type: 'Sha256', description: 'SHA-256 of the bytes.' }),
    name: t.exposeString('name', { description: 'A file name for it.' }),
    mediaType: t.expose('mediaType', { type: 'MediaType', description: 'What the bytes are.' }),
    size: t.expose('size', { type: 'SafeInt', description: 'How many bytes.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
    run: t.field({
      type: Run,
      nullable: true,
      description: 'The run that made it.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => findRun(runId, ctx),
    }),
    step: t.field({
      type: Step,
      nullable: true,
      description: 'The step that made it.',
      extensions: { cost: 5 },
      resolve: async ({ runId, step }, _args, ctx) =>
        step === undefined ? null : ((await ctx.app.reader.stepByKey(callerScope(ctx), runId, step)) ?? null),
    }),
    resource: t.field({
      type: Resource,
      description: 'It as a resource, for its content.',
      resolve: (artifact, _args, ctx) => viewOfOutput(artifact, ctx),
    }),
    url: t.string({
      description: 'Where it is downloaded by plain HTTP, relative to this server, with the same token and policy.',
      resolve: ({ digest }) => downloadUrl(digest),
    }),
  }),
});

builder.queryField('artifact', (t) =>
  t.field({
    type: Artifact,
    nullable: true,
    description: 'The artifact with this digest. Null when there is none, or when it is not yours to see.',
    args: { digest: t.arg({ type: 'Sha256', required: true, description: 'SHA-256 of its bytes.' }) },
    resolve: async (_, { digest }, ctx) => {
      authorizeArtifact(digest, ctx);
      return (await ctx.app.reader.artifactByDigest(callerScope(ctx), digest)) ?? null;
    },
  }),
);
