/** A WebAssembly page. */
const PAGE_BYTES = 65_536;
const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/**
 * The module with a maximum for its only memory (WebAssembly core §5.5.8, limits §5.3.7). A module allocates outside the
 * JavaScript heap, where neither a heap limit nor a timeout stops it in time.
 * @throws TypeError when the module defines no memory
 */
export function capWasmMemory(wasm: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_BYTES; at < wasm.byteLength; ) {
    const id = wasm[at];
    const [size, content] = readUnsigned(wasm, at + 1);
    if (id === MEMORY_SECTION) {
      // content: number of memories (1), limits: flags, minimum, and with a flag the maximum.
      const [minimum] = readUnsigned(wasm, content + 2);
      const section = [
        1,
        HAS_MAXIMUM,
        ...encodeUnsigned(minimum),
        ...encodeUnsigned(Math.floor(maxBytes / PAGE_BYTES)),
      ];
      const capped = Uint8Array.of(id, ...encodeUnsigned(section.length), ...section);
      return Uint8Array.from(Buffer.concat([wasm.subarray(0, at), capped, wasm.subarray(content + size)]));
    }
    at = content + size;
  }
  throw new TypeError('this WebAssembly module defines no memory');
}

/** LEB128 (§5.2.2). @returns the number and the offset after it */
function readUnsigned(bytes: Uint8Array, from: number): readonly [number, number] {
  let value = 0;
  for (let at = from, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value >>> 0, at + 1];
  }
}

function encodeUnsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encodeUnsigned(value >>> 7)];
}
