import type { Readable } from 'node:stream';

/** What a program writes to one of its streams, decoded leniently. */
export interface Captured {
  text(): string;
  /** Resolves when the stream is over. */
  readonly over: Promise<void>;
}

/**
 * Reads a stream to its end.
 * @param each told each piece of text as it comes
 * @param full called once, when there is more than `maxBytes`; what comes after is dropped
 */
export function capture(
  from: Readable,
  maxBytes: number,
  { each, full }: { each(text: string): void; full(): void },
): Captured {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let left = maxBytes;
  const take = (text: string) => {
    if (text === '') return;
    pieces.push(text);
    each(text);
  };
  from.on('data', (chunk: Buffer) => {
    if (left < 0) return;
    left -= chunk.length;
    if (left < 0) full();
    else take(decoder.decode(chunk, { stream: true }));
  });
  from.on('error', () => {});
  const over = new Promise<void>((resolve) => {
    from.once('end', () => take(decoder.decode()));
    from.once('close', resolve);
  });
  return { text: () => pieces.join(''), over };
}
