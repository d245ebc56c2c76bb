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
 * Makes what a protocol opened into a body: counts its bytes, stops at the limit and at the signal, and frees the
 * source exactly once, whichever way it ends. An abort frees it also while nobody reads.
 * @throws Fault RESOURCE_TOO_LARGE when the source tells a size past the limit, CANCELLED or TIMEOUT when the signal is
 *   aborted already; the source is freed.
 */
export async function createBody(opened: OpenedResource, limits: BodyLimits): Promise<Body> {
  const { signal, maxBytes } = limits;
  const { uri, mediaType, content } = opened;
  const size = content instanceof Uint8Array ? content.length : opened.size;
  let bytes = 0;
  let taken = false;
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

  const refusal = signal.aborted ? abortFault(signal) : (size ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
  if (refusal) {
    await end(refusal);
    throw refusal;
  }
  // Bytes in memory, of which nobody wants to hear: nothing would happen at the abort.
  const isLoose = content instanceof Uint8Array && !opened.release && !limits.onEnd;
  if (!isLoose) signal.addEventListener('abort', onAbort, { once: true });

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

  const take = () => {
    if (taken) throw new TypeError('a body can be read once');
    taken = true;
  };
  const stream = (): AsyncGenerator<Uint8Array> => {
    take();
    return counted();
  };
  const whole = async (): Promise<Uint8Array> => {
    if (content instanceof Uint8Array) {
      take();
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
    bytes: whole,
    // Whole bytes decode in one go, several times faster than piece by piece.
    text: async () =>
      content instanceof Uint8Array
        ? decodeText(await whole(), mediaType)
        : await decodeTextStream(stream(), mediaType),
    cancel: async () => {
      taken = true;
      await end();
    },
  };
}

function tooLarge(maxBytes: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The resource has more than ${maxBytes} bytes. Use a smaller one, or have FETCH_MAX_BYTES raised.`,
    { details: { maxBytes } },
  );
}
