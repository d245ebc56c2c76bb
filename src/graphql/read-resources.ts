import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { ReadContext } from '../core/resource.ts';
import { callerScope, signedIn } from './caller-scope.ts';
import { type Context, INLINE_BYTES } from './context.ts';
import { locatable } from './located-faults.ts';
import { type ResourceView, viewOfBytes } from './resource-view.ts';

/** Resources that one request reads at the same time. */
const AT_ONCE = 8;

/**
 * Reads each URI under the caller's policy, several at a time, and checks it against the schema where one is named.
 * What fails is an Error in its place; the others are not affected.
 */
export async function readResources(
  uris: readonly string[],
  schemaUri: string | undefined,
  ctx: Context,
): Promise<readonly (ResourceView | Error)[]> {
  const read = reader(schemaUri, ctx);
  const found: (ResourceView | Error)[] = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < uris.length; i = next++) {
      found[i] = await read(uris[i] as string).catch(locatable);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, uris.length) }, work));
  return found;
}

function reader(schemaUri: string | undefined, ctx: Context): (uri: string) => Promise<ResourceView> {
  const { resources, schemas, gate } = ctx.app;
  const who = signedIn(ctx);
  const scope = callerScope(ctx);
  const schema = schemaUri === undefined ? undefined : resources.canonicalize(schemaUri);
  const reading = (ask: (found: CanonicalUri) => { uri: CanonicalUri; schema?: CanonicalUri }): ReadContext => ({
    signal: ctx.signal,
    maxBytes: Math.min(INLINE_BYTES, ctx.app.config.resources.fetchMaxBytes),
    authorize: (found) => void gate.pass(who, { action: 'query:resources', ...ask(found) }),
    scope,
  });

  return async (uri) => {
    const source = resources.canonicalize(uri);
    const body = await resources.read({ uri }, reading((found) => ({ uri: found, ...(schema && { schema }) })));
    const bytes = await body.bytes();
    if (schemaUri !== undefined) {
      const violations = await schemas.validate({
        json: bytes,
        schemaUri,
        read: (at) => resources.read({ uri: at }, reading((found) => ({ uri: source, schema: found }))),
        signal: ctx.signal,
      });
      const [first] = violations;
      if (first) {
        const message = `The data at ${uri} does not fit ${schemaUri}: ${first.path || '/'} ${first.message}.`;
        throw new Fault('SCHEMA_VIOLATION', message, { violations });
      }
    }
    return viewOfBytes(body.uri, body.mediaType, bytes);
  };
}
