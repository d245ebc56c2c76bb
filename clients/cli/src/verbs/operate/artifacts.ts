import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { SignalboxError } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import {
  ArtifactByDigestDocument,
  ArtifactByIdDocument,
  type ArtifactRowFragment,
  ArtifactsDocument,
} from '../../generated/graphql.ts';
import { parseLimit } from '../../input/limit.ts';
import { momentOf } from '../../input/time.ts';
import { UsageError } from '../../output/exit-codes.ts';

interface ListOptions {
  readonly limit?: string;
  readonly run?: string;
  readonly text?: string;
  readonly type?: string;
  readonly since?: string;
}

export async function list(ctx: Context, _: readonly unknown[], options: unknown): Promise<undefined> {
  const { limit, type, run, text, since } = options as ListOptions;
  const client = await ctx.client();
  const filter = {
    run,
    text,
    mediaType: type,
    ...(since !== undefined && { since: momentOf('--since', since, Date.now()) }),
  };
  await printPages(
    ctx,
    parseLimit(limit),
    async (page) => (await client.request(ArtifactsDocument, { filter, ...page }, ctx)).artifacts,
    rowOf,
  );
}

/** Streams the bytes to the file or to standard output, and compares them with their digest. */
export async function get(ctx: Context, [id, file]: readonly unknown[]): Promise<undefined> {
  const { io, output, signal } = ctx;
  const path = file === undefined || file === '-' ? undefined : String(file);
  if (path === undefined && io.isTty(io.stdout))
    throw new UsageError('The bytes of an artifact are not written to a terminal. Name a file, or write to a pipe.');
  if (path === undefined && output !== 'table')
    throw new UsageError('Standard output has the bytes of the artifact. Name a file to get a result with --output.');
  const artifact = await find(ctx, String(id));
  const response = await (await ctx.client()).download(artifact.digest, { signal });
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  if (path === undefined) {
    for await (const chunk of body.compose(checked(artifact.digest))) await ctx.write(chunk);
    return;
  }
  await save(path, (stream) => pipeline(body, checked(artifact.digest), stream, { signal }));
  await ctx.print([rowOf(artifact)]);
}

/** Stores the bytes of a file or of standard input. */
export async function put(ctx: Context, [file]: readonly unknown[], options: unknown): Promise<undefined> {
  const { name, type } = options as { readonly name?: string; readonly type?: string };
  const source = String(file);
  if (source === '-' && name === undefined) throw new UsageError('Bytes of standard input require --name.');
  const client = await ctx.client();
  const content = source === '-' ? ctx.io.stdin : await readable(source);
  const stored = await client.upload(Readable.toWeb(content) as unknown as globalThis.ReadableStream<Uint8Array>, {
    name: name ?? basename(source),
    signal: ctx.signal,
    ...(type !== undefined && { mediaType: type }),
  });
  const { id, mediaType, size, digest, uri } = stored;
  await ctx.print([{ id, name: stored.name, mediaType, size, digest, uri }]);
}

async function find(ctx: Context, id: string): Promise<ArtifactRowFragment> {
  const client = await ctx.client();
  const digest = /^(?:artifact:sha256\/)?([0-9a-f]{64})$/.exec(id)?.[1];
  const found =
    digest === undefined
      ? (await client.request(ArtifactByIdDocument, { id }, ctx)).node
      : (await client.request(ArtifactByDigestDocument, { digest }, ctx)).artifact;
  if (found && 'digest' in found) return found;
  throw new SignalboxError('NOT_FOUND', `There is no artifact ${id} that you may see. signalbox artifacts lists them.`);
}

function rowOf({ id, name, mediaType, size, createdAt, digest, run }: ArtifactRowFragment) {
  return { id, name, mediaType, size, createdAt, run: run?.id, digest };
}

/** Passes bytes on. @throws SignalboxError at their end when they do not have the digest */
function checked(digest: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const matches = hash.digest('hex') === digest;
      done(matches ? null : new SignalboxError('INTERNAL', 'The bytes do not match their digest. Fetch them again.'));
    },
  });
}

/** The file appears when it is complete. What is no regular file, such as a pipe, is written to as it is. */
async function save(path: string, write: (stream: Writable) => Promise<void>): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw new UsageError(`${path} is a folder. Name a file.`);
  if (existing && !existing.isFile()) return write(createWriteStream(path));
  const draft = `${path}.${randomUUID()}`;
  try {
    await write(createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function readable(path: string): Promise<Readable> {
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory()) return file.createReadStream();
    await file.close();
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}. Name a file, or - for standard input.`);
  }
  throw new UsageError(`${path} is a folder. Name a file, or - for standard input.`);
}
