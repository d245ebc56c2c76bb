import { MAX_URIS, resources as query, readResource } from '../../../../commands/read/resources.ts';
import { createAuthorizedReader } from '../../../../engine/gate/authorized-reader.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { type Context, MAX_INLINE_BYTES } from '../../request/context.ts';
import { toLocatableError } from '../../request/locatable-errors.ts';
import { builder } from '../builder/builder.ts';
import { requireInRange } from '../builder/pagination.ts';
import { Resource } from '../nodes/refs.ts';
import { type ResourceView, viewFromBytes } from '../nodes/resource-view.ts';

/** Maximum number of resources that one request reads concurrently. */
const MAX_PARALLEL_READS = 8;

/**
 * Runs the query for each URI under the caller's policy, several at a time. A failure is an Error at its index; the
 * others are not affected.
 */
async function readResources(
  uris: readonly string[],
  schemaUri: string | undefined,
  ctx: Context,
): Promise<readonly (ResourceView | Error)[]> {
  const read = createUriReader(schemaUri, ctx);
  const found: (ResourceView | Error)[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < uris.length; i = next++) {
      found[i] = await read(uris[i] as string).catch(toLocatableError);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_READS, uris.length) }, work));
  return found;
}

function createUriReader(schemaUri: string | undefined, ctx: Context): (uri: string) => Promise<ResourceView> {
  const { app, signal } = ctx;
  const who = requireUser(ctx);
  const schema = schemaUri === undefined ? undefined : app.resources.canonicalize(schemaUri);
  const terms = {
    signal,
    maxBytes: Math.min(MAX_INLINE_BYTES, app.config.resources.fetchMaxBytes),
    scope: callerScope(ctx),
    owner: who,
    cpu: app.cpu.of(who),
    ...(schema && { schema }),
    authorize: (ask: object) => void app.gate.pass(who, { action: `query:${query.name}`, ...ask }),
  };

  return async (uri) => {
    const reading = createAuthorizedReader(app, { ...terms, source: app.resources.canonicalize(uri) });
    const { mediaType, bytes, ...from } = await readResource(uri, schemaUri, reading);
    return viewFromBytes(from.uri, mediaType, bytes);
  };
}

builder.queryField('resources', (t) =>
  t.field({
    type: [Resource],
    nullable: { list: false, items: true },
    description:
      'Read resources now, without a run. A resource that cannot be read is null in the list, and an error with its index in `path`; the others are not affected. Maximum 8 MiB each.',
    extensions: { cost: 50 },
    args: {
      uris: t.arg({ type: ['URI'], required: true, description: `URIs of the resources. Maximum ${MAX_URIS}.` }),
      schemaUri: t.arg({
        type: 'URI',
        description: 'URI of a JSON Schema that each resource must match; otherwise it is an error SCHEMA_VIOLATION.',
      }),
    },
    resolve: async (_, { uris, schemaUri }, ctx) => {
      requireInRange('uris', uris.length, 1, MAX_URIS);
      // graphql treats an Error in a list as the failure of that item.
      return (await readResources(uris, schemaUri ?? undefined, ctx)) as never;
    },
  }),
);
