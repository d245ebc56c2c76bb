import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';

/** How long what arrived may be on its way through the SDK. */
const READING_MS = 500;

/**
 * A fetch for the SDK's transport, which does not notice when the server ends an answer before the response was in it:
 * the client would wait for ever. @param ended called when the answer to a POST is over, with the message that was posted
 */
export function noticeCutAnswers(fetch: FetchLike, ended: (posted: unknown) => void): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (init?.method !== 'POST' || typeof init.body !== 'string' || !response.body || !response.ok) return response;
    const posted: unknown = JSON.parse(init.body);
    const over = () => setTimeout(() => ended(posted), READING_MS);
    return new Response(whenOver(response.body, over), response);
  };
}

/** The same bytes; `over` is called once at their end, whether they end well or not. */
function whenOver(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      over();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
