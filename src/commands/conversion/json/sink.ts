/** Takes text as it is made, in order. Throws when it is too much; who writes lets that pass. */
export type Sink = (text: string) => void;

/** Thrown by a text sink that is full. */
export class SinkFullError extends Error {}

/** Keeps the text in memory, up to `maxLength` UTF-16 units. @throws SinkFull past that */
export function createTextSink(maxLength: number): { readonly write: Sink; text(): string } {
  let text = '';
  return {
    write(piece) {
      text += piece;
      if (text.length > maxLength) throw new SinkFullError();
    },
    text: () => text,
  };
}
