import type { EventSourceMessage } from 'eventsource-parser';

/**
 * The server-sent events of a response as they arrive (HTML, section 9.2.6). An event that the end of the response leaves
 * open is the last one. An event without data is yielded only if its data field is empty, which keeps a connection open.
 * @param onRetry called with a time, in ms, that the server wants its client to wait before it reconnects
 * @throws whatever reading the body throws
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onRetry: (ms: number) => void = () => {},
): AsyncGenerator<EventSourceMessage, void> {
  const { createParser } = await import('eventsource-parser');
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onRetry, onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* events.splice(0);
  }
  parser.feed(`${decoder.decode()}\n\n`);
  yield* events;
}
