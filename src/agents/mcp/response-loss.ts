import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';

/** How long the SDK may take to process what arrived. */
const LOSS_GRACE_MS = 500;
/** How long the SDK may take to resume a stream. */
const RESUME_GRACE_MS = 3_500;

interface PendingResponses {
  isWaiting(): boolean;
  /** Called when a response is expected but can no longer arrive. @param why the error, if there was one */
  onLost(why?: unknown): void;
}

/**
 * A fetch for the SDK's streamable HTTP transport, which does not notice when a server ends a stream without a response:
 * the call would wait forever. The stream for unsolicited messages of the server is not watched.
 */
export function detectLostResponses(fetch: FetchLike, { isWaiting, onLost }: PendingResponses): FetchLike {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  const onEnd = (resumable: boolean, why?: unknown) => {
    open -= 1;
    if (open > 0) return;
    timer = setTimeout(() => open === 0 && isWaiting() && onLost(why), resumable ? RESUME_GRACE_MS : LOSS_GRACE_MS);
    timer.unref();
  };
  return async (url, init) => {
    const method = init?.method ?? 'GET';
    const resumes = new Headers(init?.headers).has('last-event-id');
    if (method !== 'POST' && !resumes) return fetch(url, init);
    const response = await fetch(url, init);
    clearTimeout(timer);
    open += 1;
    let resumable = false;
    const onChunk = (chunk: Uint8Array) => {
      resumable ||= /(^|\n)id:/.test(Buffer.from(chunk).toString('latin1'));
    };
    return observeBody(response, { onChunk, onEnd: (why) => onEnd(resumable, why) });
  };
}

/** A fetch for the SDK's SSE transport, which would reopen a lost stream as a new session without the pending calls. */
export function detectLostStream(fetch: FetchLike, onLost: (why?: unknown) => void): FetchLike {
  return async (url, init) => {
    if ((init?.method ?? 'GET') !== 'GET') return fetch(url, init);
    try {
      return observeBody(await fetch(url, init), { onChunk: () => {}, onEnd: onLost });
    } catch (error) {
      onLost(error);
      throw error;
    }
  };
}

interface StreamObserver {
  onChunk(chunk: Uint8Array): void;
  /** Called once: at the end, on failure, or on cancellation. */
  onEnd(why?: unknown): void;
}

function observeBody(response: Response, observer: StreamObserver): Response {
  const { body, status, statusText, headers } = response;
  let open = true;
  const finish = (why?: unknown) => {
    if (open) observer.onEnd(why);
    open = false;
  };
  if (!body) {
    finish();
    return response;
  }
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            observer.onChunk(value);
            return controller.enqueue(value);
          }
          finish();
          controller.close();
        } catch (error) {
          finish(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        finish();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status, statusText, headers });
}
