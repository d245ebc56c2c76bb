import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Fault } from '../../../../core/errors.ts';
import { parseJsonToWrite } from '../../../../core/parse-json.ts';
import type { StepOutput } from '../../../../core/run.ts';
import { artifactUri } from '../../../../lib/artifact-uri.ts';
import { isJsonObject, type Json } from '../../../../lib/json.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { type Context, MAX_INLINE_BYTES } from '../../request/context.ts';

/** A resource as its resolvers receive it: its metadata, and a function that reads its bytes. */
export interface ResourceView {
  readonly uri: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  /** Path for the download, when it is stored. */
  readonly url?: string;
  /** @throws Fault */
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** A resource whose bytes have been read. */
export function viewFromBytes(uri: string, mediaType: string, bytes: Uint8Array): ResourceView {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { uri, mediaType, size: bytes.byteLength, digest, bytes: () => bytes };
}

/** The output of a run: from its row, or from the artifact store, read once and only when needed. */
export function viewFromOutput(output: StepOutput, ctx: Context): ResourceView {
  const { mediaType, size, digest, text } = output;
  const uri = artifactUri(digest);
  const known = { uri, mediaType, size, digest, url: downloadUrl(digest, ctx) };
  if (text !== undefined) return { ...known, bytes: () => Buffer.from(text) };
  let read: Promise<Uint8Array> | undefined;
  return {
    ...known,
    bytes: () => {
      authorizeArtifactRead(digest, ctx);
      read ??= ctx.app.artifacts.read(digest, MAX_INLINE_BYTES);
      return read;
    },
  };
}

/** Asks the policy whether the caller may read a stored artifact. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED */
export function authorizeArtifactRead(digest: string, ctx: Context): void {
  const { app } = ctx;
  const uri = app.resources.canonicalize(artifactUri(digest));
  app.gate.pass(requireUser(ctx), { action: 'query:artifact', uri });
}

/** The output of a run or a step, when its media type is JSON; null otherwise. */
export async function parseOutputJson(output: StepOutput | undefined, ctx: Context): Promise<Json> {
  if (!output || !/^application\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(output.mediaType)) return null;
  return parseJsonOrNull(await readInline(viewFromOutput(output, ctx), ctx));
}

/** The path of `GET /artifacts/:digest`, with the base path. */
export function downloadUrl(digest: string, { app }: Pick<Context, 'app'>): string {
  return `${app.config.server.basePath}/artifacts/${digest}`;
}

/**
 * The bytes for a field of the response.
 * @throws Fault RESOURCE_TOO_LARGE when the response would contain more than `MAX_INLINE_BYTES` of content
 */
export async function readInline(view: ResourceView, ctx: Context): Promise<Uint8Array> {
  if (view.size > ctx.inlineBudget.bytesLeft) {
    const where = view.url ? `Download it from ${view.url}` : 'Omit the content, or select it in a separate request';
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      `A response may contain at most ${MAX_INLINE_BYTES} bytes of content; this resource of ${view.size} bytes exceeds that. ${where}.`,
    );
  }
  ctx.inlineBudget.bytesLeft -= view.size;
  return view.bytes();
}

/** The bytes as text; null when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The bytes as JSON; null when they are not JSON, and when they are the JSON value null. */
export function parseJsonOrNull(bytes: Uint8Array): Json {
  const text = decodeUtf8(bytes);
  if (text === null) return null;
  try {
    return parseJsonToWrite(text);
  } catch {
    return null;
  }
}

const ARTIFACT = /^artifact:sha256\/([0-9a-f]{64})$/;

/**
 * The resource that a value names: `{uri, media_type, size}`, as expressions show the output of a step, or that URI
 * alone; null for any other value. Anyone may write such a value, so only resources that the caller may see are found.
 */
export async function artifactResource(value: Json, ctx: Context): Promise<ResourceView | null> {
  const uri = isJsonObject(value) ? value.uri : value;
  const [, digest] = (typeof uri === 'string' && ARTIFACT.exec(uri)) || [];
  const content = digest === undefined ? undefined : await ctx.app.reader.content(callerScope(ctx), digest);
  if (!content) return null;
  return viewFromOutput(content.kind === 'text' ? content.output : content.artifact, ctx);
}
