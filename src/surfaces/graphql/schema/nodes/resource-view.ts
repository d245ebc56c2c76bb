import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Fault } from '../../../../core/errors.ts';
import type { StepOutput } from '../../../../core/run.ts';
import { artifactUri } from '../../../../lib/artifact-uri.ts';
import { isJsonObject, type Json } from '../../../../lib/json.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { type Context, MAX_INLINE_BYTES } from '../../request/context.ts';

/** A resource as its resolvers get it: what is known of it, and the way to its bytes. */
export interface ResourceView {
  readonly uri: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  /** Where it is downloaded, when it is stored. */
  readonly url?: string;
  /** @throws Fault */
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/** Bytes that were read just now. */
export function viewFromBytes(uri: string, mediaType: string, bytes: Uint8Array): ResourceView {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { uri, mediaType, size: bytes.byteLength, digest, bytes: () => bytes };
}

/** What a run made, from its row or, read once and when it is asked for, from the artifact store. */
export function viewFromOutput(output: StepOutput, ctx: Context): ResourceView {
  const { mediaType, size, digest, text } = output;
  const uri = artifactUri(digest);
  const known = { uri, mediaType, size, digest, url: downloadUrl(digest) };
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

/** Asks the policy whether the caller may read a stored artifact. @throws Fault FORBIDDEN and its kin */
export function authorizeArtifactRead(digest: string, ctx: Context): void {
  const { app } = ctx;
  const uri = app.resources.canonicalize(artifactUri(digest));
  app.gate.pass(requireUser(ctx), { action: 'query:artifact', uri });
}

/** What a run or a step made, when its media type says that it is JSON; null otherwise. */
export async function parseOutputJson(output: StepOutput | undefined, ctx: Context): Promise<Json> {
  if (!output || !/^application\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(output.mediaType)) return null;
  return parseJsonOrNull(await readInline(viewFromOutput(output, ctx), ctx));
}

/** The path of `GET /artifacts/:digest`. */
export function downloadUrl(digest: string): string {
  return `/artifacts/${digest}`;
}

/**
 * The bytes for a field of the response.
 * @throws Fault RESOURCE_TOO_LARGE when the response would carry more than `INLINE_BYTES` of content
 */
export async function readInline(view: ResourceView, ctx: Context): Promise<Uint8Array> {
  if (view.size > ctx.inlineBudget.bytesLeft) {
    const where = view.url ? `Download it from ${view.url}` : 'Leave the content out, or ask for it alone';
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      `A response carries at most ${MAX_INLINE_BYTES} bytes of content, and this resource of ${view.size} bytes goes beyond. ${where}.`,
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

/** The bytes as JSON; null when they are none, and when they are the JSON value null. */
export function parseJsonOrNull(bytes: Uint8Array): Json {
  const text = decodeUtf8(bytes);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

const ARTIFACT = /^artifact:sha256\/([0-9a-f]{64})$/;

/**
 * The resource that a value stands for: `{uri, media_type, size}`, as expressions have what a step made, or that URI
 * alone; null for any other value. Anybody may write such a value, so the bytes are looked for in what the caller sees.
 */
export async function artifactResource(value: Json, ctx: Context): Promise<ResourceView | null> {
  const uri = isJsonObject(value) ? value.uri : value;
  const [, digest] = (typeof uri === 'string' && ARTIFACT.exec(uri)) || [];
  const content = digest === undefined ? undefined : await ctx.app.reader.content(callerScope(ctx), digest);
  if (!content) return null;
  return viewFromOutput(content.kind === 'text' ? content.output : content.artifact, ctx);
}
