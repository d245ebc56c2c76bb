/** FIN, and the opcode of a text message. */
const FINAL_TEXT = 0x81;

/** A text message from a server, as one frame (RFC 6455, section 5.2). @param parts its UTF-8, one after the other */
export function textFrame(...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  let end = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(end + length);
  frame[0] = FINAL_TEXT;
  if (length < 126) frame[1] = length;
  else if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  for (const part of parts) {
    frame.set(part, end);
    end += part.byteLength;
  }
  return frame;
}
