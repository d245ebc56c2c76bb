import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import type { Content, Made } from '../../commands/definition/define-command.ts';
import type { ArtifactStore, StoredBytes } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { StepOutput } from '../../core/run.ts';
import type { NamedArtifact } from '../model/machine-input.ts';

/** Text of at most this size is stored with the step; anything else is an artifact. */
export const MAX_INLINE_BYTES = 64 * 1024;

/** The stored output of a step. */
export interface StoredOutput {
  readonly output: StepOutput;
  /** Set when the bytes are an artifact. */
  readonly artifact?: NamedArtifact;
}

interface StoreOutputOptions {
  readonly artifacts: Pick<ArtifactStore, 'put' | 'adopt'>;
  readonly maxBytes: number;
  /** Default: `MAX_INLINE_BYTES`, which is the most. */
  readonly maxInlineBytes?: number;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Stores a result inline or as an artifact. @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE */
export async function storeOutput({ mediaType, content }: Made, options: StoreOutputOptions): Promise<StoredOutput> {
  const small = await readIfSmall(content, options);
  if (small.bytes && small.bytes.byteLength <= (options.maxInlineBytes ?? MAX_INLINE_BYTES)) {
    const text = inlineText(small.bytes);
    if (text !== undefined) {
      const digest = hash('sha256', small.bytes, 'hex');
      return { output: { digest, mediaType, size: small.bytes.byteLength, text } };
    }
  }
  return artifactOutput(mediaType, await small.store(), options.name);
}

/** Stores the bytes as an artifact, however small. */
export async function storeArtifact(
  mediaType: string,
  content: AsyncIterable<Uint8Array> | Uint8Array,
  { artifacts, maxBytes, name, signal }: StoreOutputOptions,
): Promise<Required<StoredOutput>> {
  return artifactOutput(mediaType, await artifacts.put(content, { maxBytes, signal }), name);
}

function artifactOutput(mediaType: string, { digest, size }: StoredBytes, name: string): Required<StoredOutput> {
  return { output: { digest, mediaType, size }, artifact: { id: newId('art'), name } };
}

/** The bytes if they fit inline, and a function that stores them as an artifact. */
async function readIfSmall(content: Content, { artifacts, maxBytes, signal }: StoreOutputOptions) {
  const put = (bytes: Uint8Array | AsyncIterable<Uint8Array>) => () => artifacts.put(bytes, { maxBytes, signal });
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
    return bytes.byteLength <= MAX_INLINE_BYTES ? { bytes, store: put(bytes) } : { store: put(bytes) };
  }
  if ('file' in content) {
    const { file } = content;
    const store = () => artifacts.adopt(file, { maxBytes });
    if ((await stat(file)).size > MAX_INLINE_BYTES) return { store };
    const bytes = await readFile(file);
    await rm(file, { force: true });
    return { bytes, store: put(bytes) };
  }
  const iterator = content[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let size = 0; size <= MAX_INLINE_BYTES; ) {
    const { done, value } = await iterator.next();
    if (done) {
      const bytes = Buffer.concat(head);
      return { bytes, store: put(bytes) };
    }
    head.push(value);
    size += value.byteLength;
  }
  return { store: put(chain(head, iterator)) };
}

async function* chain(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    for (let one = await rest.next(); !one.done; one = await rest.next()) yield one.value;
  } finally {
    await rest.return?.();
  }
}

/** The bytes as text, if they are valid UTF-8. Text with U+0000 is excluded: not every database can store it. */
function inlineText(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function tooLarge(maxBytes: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The result is larger than ${maxBytes} bytes, four times FETCH_MAX_BYTES. Request less.`,
  );
}
