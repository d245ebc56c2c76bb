import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';

/** How long what arrived may be on its way through the SDK. */
const LOSS_GRACE_MS = 500;
/** How long the SDK may take to go on with a stream that can be resumed. */
const RESUME_GRACE_MS = 3_500;

interface PendingResponses {
  isWaiting(): boolean;
  /** No answer is on its way any more, although one is waited for. @param why what went wrong, where something did */
  onLost(why?: unknown): void;
}

/**
 * A fetch for the SDK's streamable HTTP transport, which does not notice when a server ends its answer without having
 * answered: the call would wait for ever. The stream that a client opens for what a server says by itself is not looked at.
 */
export function detectLostResponses(fetch: FetchLike, { isWaiting, onLost: lost }: PendingResponses): FetchLike {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  const ended = (resumable: boolean, why?: unknown) => {
    open -= 1;
    if (open > 0) return;
    timer = setTimeout(() => open === 0 && isWaiting() && lost(why), resumable ? RESUME_GRACE_MS : LOSS_GRACE_MS);
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
    const seen = (chunk: Uint8Array) => {
      resumable ||= /(^|\n)id:/.test(Buffer.from(chunk).toString('latin1'));
    };
    return observeBody(response, { onChunk: seen, onEnd: (why) => ended(resumable, why) });
  };
}

/** A fetch for the SDK's SSE transport, which would open its stream again, as a new session that knows of no call. */
export function detectLostStream(fetch: FetchLike, lost: (why?: unknown) => void): FetchLike {
  return async (url, init) => {
    if ((init?.method ?? 'GET') !== 'GET') return fetch(url, init);
    try {
      return observeBody(await fetch(url, init), { onChunk: () => {}, onEnd: lost });
    } catch (error) {
      lost(error);
      throw error;
    }
  };
}

interface StreamObserver {
  onChunk(chunk: Uint8Array): void;
  /** Once: at the end, at a failure, and when it is let go. */
  onEnd(why?: unknown): void;
}

function observeBody(response: Response, watch: StreamObserver): Response {
  const { body, status, statusText, headers } = response;
  let open = true;
  const ended = (why?: unknown) => {
    if (open) watch.onEnd(why);
    open = false;
  };
  if (!body) {
    ended();
    return response;
  }
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            watch.onChunk(value);
            return controller.enqueue(value);
          }
          ended();
          controller.close();
        } catch (error) {
          ended(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        ended();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { status, statusText, headers });
}
