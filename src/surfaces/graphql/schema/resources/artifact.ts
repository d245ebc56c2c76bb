import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Node } from '../nodes/node.ts';
import { Artifact, Resource, Run, Step } from '../nodes/refs.ts';
import { authorizeArtifactRead, downloadUrl, viewFromOutput } from '../nodes/resource-view.ts';
import { findRun } from '../nodes/run-view.ts';
import { ResourceInput, toResourceInput } from './resource-input.ts';

export const ArtifactConnection = createConnectionType('Artifact', Artifact);

Artifact.implement({
  description: 'Immutable bytes that a run produced or a user uploaded, stored once under their digest.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the artifact: `art_…`.' }),
    digest: t.expose('digest', { type: 'Sha256', description: 'SHA-256 of the bytes.' }),
    name: t.exposeString('name', { description: 'File name.' }),
    mediaType: t.expose('mediaType', { type: 'MediaType', description: 'Media type of the bytes.' }),
    size: t.expose('size', { type: 'SafeInt', description: 'Number of bytes.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
    run: t.field({
      type: Run,
      nullable: true,
      description: 'The run that produced it.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => findRun(runId, ctx),
    }),
    step: t.field({
      type: Step,
      nullable: true,
      description: 'The step that produced it.',
      extensions: { cost: 5 },
      resolve: async ({ runId, step }, _args, ctx) =>
        step === undefined ? null : ((await ctx.app.reader.stepByKey(callerScope(ctx), runId, step)) ?? null),
    }),
    resource: t.field({
      type: Resource,
      description: 'The artifact as a resource, for its content.',
      resolve: (artifact, _args, ctx) => viewFromOutput(artifact, ctx),
    }),
    url: t.string({
      description: 'Path for the download over HTTP, with the same token and policy.',
      resolve: ({ digest }, _, ctx) => downloadUrl(digest, ctx),
    }),
  }),
});

builder.queryField('artifact', (t) =>
  t.field({
    type: Artifact,
    nullable: true,
    description: 'The artifact with this digest. Null when it does not exist, or when you may not see it.',
    args: { digest: t.arg({ type: 'Sha256', required: true, description: 'SHA-256 of its bytes.' }) },
    resolve: async (_, { digest }, ctx) => {
      authorizeArtifactRead(digest, ctx);
      return (await ctx.app.reader.artifactByDigest(callerScope(ctx), digest)) ?? null;
    },
  }),
);

const UploadArtifactInput = builder.inputType('UploadArtifactInput', {
  description: 'Bytes to store.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'File name, without folders.' }),
    source: t.field({ type: ResourceInput, required: true, description: 'The bytes, or their URI.' }),
  }),
});

const ArtifactResult = builder.unionType('ArtifactResult', {
  description: 'A stored artifact, or why the upload was refused.',
  types: [Artifact, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Artifact'),
});

builder.mutationField('uploadArtifact', (t) =>
  t.field({
    type: ArtifactResult,
    description:
      'Store bytes as an artifact, as the only step of a run. For more bytes than a request may have, use `POST /artifacts`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: UploadArtifactInput, required: true, description: 'The bytes and their name.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => {
        const { engine, gate, resources, config } = ctx.app;
        const who = requireUser(ctx);
        const body = await resources.read(toResourceInput(input.source), {
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
            ...currentTrace(ctx),
          });
        } finally {
          await body.cancel();
        }
      }),
  }),
);
