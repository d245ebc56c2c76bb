/** Text that is written in pieces, and read once as UTF-8. */
export interface TextBuffer {
  /** What has been written since the last `encode`. */
  text: string;
  /** Moves the text to the bytes. Many pieces in one text cost more than their bytes. */
  encode(): void;
  /** The bytes of everything since the last call, in memory that nothing else uses. */
  take(): Uint8Array;
  /** Drops what has been written. */
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

  return {
    text: '',
    encode() {
      reserve(this.text.length * MAX_UTF8_BYTES);
      length += buffer.write(this.text, length);
      this.text = '';
    },
    take() {
      this.encode();
      const bytes = Uint8Array.prototype.slice.call(buffer, 0, length);
      this.clear();
      return bytes;
    },
    clear() {
      this.text = '';
      length = 0;
      if (buffer.byteLength > MAX_KEPT_BYTES) buffer = Buffer.allocUnsafeSlow(MIN_BYTES);
    },
  };
}
