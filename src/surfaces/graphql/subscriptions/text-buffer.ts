/** Collects text as UTF-8. */
export interface TextBuffer {
  /** Adds a piece. Not too short: a call costs as much as tens of characters. */
  add(text: string): void;
  /** Adds the last piece. @returns everything since the last call, in memory that nothing else uses */
  finish(text: string): Uint8Array;
  /** Drops what has been added. */
  clear(): void;
}

const MIN_BYTES = 64 * 1024;
/** A larger buffer is not kept. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Of one UTF-16 code unit. */
const MAX_UTF8_BYTES = 3;

export function createTextBuffer(): TextBuffer {
  let buffer = Buffer.allocUnsafeSlow(MIN_BYTES);
  let length = 0;

  const reserve = (bytes: number) => {
    if (length + bytes <= buffer.byteLength) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * buffer.byteLength, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const add = (text: string) => {
    reserve(text.length * MAX_UTF8_BYTES);
    length += buffer.write(text, length);
  };
  const clear = () => {
    length = 0;
    if (buffer.byteLength > MAX_KEPT_BYTES) buffer = Buffer.allocUnsafeSlow(MIN_BYTES);
  };

  return {
    add,
    finish(text) {
      add(text);
      const bytes = Uint8Array.prototype.slice.call(buffer, 0, length);
      clear();
      return bytes;
    },
    clear,
  };
}
