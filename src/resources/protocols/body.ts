import { abortable, abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import type { Body } from '../../core/resource.ts';
import { decodeText, decodeTextStream } from '../content/decode-text.ts';
import type { OpenedResource } from './define-protocol.ts';

export interface BodyLimits {
  readonly signal: AbortSignal;
  /** In decoded bytes. */
  readonly maxBytes: number;
  /** Called once, when the body was read, failed or was cancelled. */
  onEnd?(outcome: { readonly bytes: number; readonly error?: unknown }): void;
}

/**
 * The body of an opened resource: counts its bytes, stops at the limit and at the signal, and releases the source exactly
 * once, however it ends. An abort releases it even while nothing reads.
 * @throws Fault RESOURCE_TOO_LARGE when the source states a size over the limit, CANCELLED or TIMEOUT when the signal is
 *   already aborted; the source is released.
 */
export async function createBody(opened: OpenedResource, limits: BodyLimits): Promise<Body> {
  const { signal, maxBytes } = limits;
  const { uri, mediaType, content } = opened;
  const size = content instanceof Uint8Array ? content.length : opened.size;
  let bytes = 0;
  let isTaken = false;
  let ending: Promise<void> | undefined;

  const end = (error?: unknown): Promise<void> => {
    ending ??= (async () => {
      signal.removeEventListener('abort', onAbort);
      limits.onEnd?.(error === undefined ? { bytes } : { bytes, error });
      await opened.release?.();
    })();
    return ending;
  };
  const onAbort = () => void end(abortFault(signal)).catch(() => {});

  const fault = signal.aborted ? abortFault(signal) : (size ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
  if (fault) {
    await end(fault);
    throw fault;
  }
  // Bytes in memory that need no release and no report: an abort would change nothing.
  const needsNoAbort = content instanceof Uint8Array && !opened.release && !limits.onEnd;
  if (!needsNoAbort) signal.addEventListener('abort', onAbort, { once: true });

  async function* counted(): AsyncGenerator<Uint8Array> {
    let failure: unknown;
    try {
      if (signal.aborted) throw abortFault(signal);
      for await (const chunk of content instanceof Uint8Array ? [content] : abortable(content, signal)) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await end(failure);
    }
  }

  const claim = () => {
    if (isTaken) throw new TypeError('a body can be read once');
    isTaken = true;
  };
  const stream = (): AsyncGenerator<Uint8Array> => {
    claim();
    return counted();
  };
  const readBytes = async (): Promise<Uint8Array> => {
    if (content instanceof Uint8Array) {
      claim();
      const failure = signal.aborted ? abortFault(signal) : undefined;
      if (!failure) bytes = content.length;
      await end(failure);
      if (failure) throw failure;
      return content;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream()) chunks.push(chunk);
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  };

  return {
    uri,
    mediaType,
    ...(size !== undefined && { size }),
    stream,
    bytes: readBytes,
    // Decoding all bytes at once is several times faster than chunk by chunk.
    text: async () =>
      content instanceof Uint8Array
        ? decodeText(await readBytes(), mediaType)
        : await decodeTextStream(stream(), mediaType),
    cancel: async () => {
      isTaken = true;
      await end();
    },
  };
}

function tooLarge(maxBytes: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The resource has more than ${maxBytes} bytes. Use a smaller one, or ask the operator to raise FETCH_MAX_BYTES.`,
    { details: { maxBytes } },
  );
}
