import { Type } from 'typebox';
import { Fault } from '../../core/errors.ts';
import { parseJsonToWrite } from '../../core/parse-json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import { SchemaUri, Uri, Uris } from '../definition/options.ts';
import { defineQuery, type QueryContext } from './define-query.ts';

/** Maximum number of resources in one list. */
export const MAX_URIS = 20;
/** Of all resources of a list together. */
const MAX_LIST_BYTES = 8 * 2 ** 20;

/** A resource as it was read, and where it came from after redirects. */
interface ResourceRead {
  readonly uri: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Reads one resource, which must fit the schema if there is one. */
export async function readResource(
  uri: string,
  schemaUri: string | undefined,
  ctx: Pick<QueryContext, 'read' | 'validate'>,
): Promise<ResourceRead> {
  const body = await ctx.read({ uri });
  const bytes = await body.bytes();
  if (schemaUri !== undefined) await ctx.validate(bytes, schemaUri);
  return { uri: body.uri, mediaType: body.mediaType, bytes };
}

export const resources = defineQuery({
  name: 'resources',
  title: 'Read resources',
  description:
    'Reads a resource as it is: the same bytes, the same media type. Reads several into a JSON list of `{uri, media_type, ' +
    'size}` with `json`, `text` or `base64`; one that cannot be read has `error` instead. With a schema, each must be JSON ' +
    'that fits.',
  options: Type.Object(
    {
      uri: Type.Optional(Uri('What to read. Exactly one of uri and uris.')),
      uris: Type.Optional(
        Uris(`What to read into one list. Maximum ${MAX_URIS}, with at most 8 MiB in total.`, MAX_URIS),
      ),
      schemaUri: SchemaUri,
    },
    { minProperties: 1 },
  ),
  async run({ uri, uris, schemaUri }, ctx) {
    if (uri !== undefined && uris === undefined) return readResource(uri, schemaUri, ctx);
    if (uri === undefined && uris !== undefined) return readList(uris, schemaUri, ctx);
    const message = `Set ${uri === undefined ? 'uri or uris' : 'either uri or uris, not both'}: what to read.`;
    throw new Fault('BAD_INPUT', message, { path: ['options', 'uri'] });
  },
});

async function readList(uris: readonly string[], schemaUri: string | undefined, ctx: QueryContext) {
  const list: Json[] = [];
  let bytesLeft = MAX_LIST_BYTES;
  for (const uri of uris) {
    const item = await readResource(uri, schemaUri, ctx).catch((error: unknown) => {
      if (!(error instanceof Fault) || ctx.signal.aborted) throw error;
      return error;
    });
    if (item instanceof Fault) {
      list.push({ uri, error: { code: item.code, message: item.message } });
      continue;
    }
    bytesLeft -= item.bytes.byteLength;
    if (bytesLeft < 0) {
      const message = `The ${uris.length} resources have more than ${MAX_LIST_BYTES} bytes in total. Read fewer at once, or each alone by uri.`;
      throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['options', 'uris'] });
    }
    list.push({ uri: item.uri, media_type: item.mediaType, size: item.bytes.byteLength, ...contentOf(item) });
  }
  return { mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(list)) };
}

/** As JSON if it says that it is, else as text if it is UTF-8, else as base64. */
function contentOf({ mediaType, bytes }: ResourceRead): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
  if (!/^application\/(?:.+\+)?json$/.test(essenceOf(mediaType))) return { text };
  try {
    return { json: parseJsonToWrite(text) };
  } catch {
    return { text };
  }
}
