// Part of the one-shot child of wasi-python.ts.

const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule('node:fs');
const HEADER_BYTES = 8;
const CUSTOM = 0;
/** An id and a length in LEB128 (WebAssembly core §5.5.2). */
const SECTION_HEAD_BYTES = 6;

/**
 * The bytes of a module up to its last section that is not custom: half of Python's file is debug information, which would
 * be read, copied and hashed at every call.
 * @param {string} path
 */
export function readModule(path) {
  const fd = openSync(path);
  try {
    const { size } = fstatSync(fd);
    const head = Buffer.alloc(SECTION_HEAD_BYTES);
    let end = HEADER_BYTES;
    for (let at = HEADER_BYTES; at < size; ) {
      readSync(fd, head, 0, SECTION_HEAD_BYTES, at);
      let length = 0;
      let i = 1;
      for (let shift = 0; ; shift += 7, i += 1) {
        length |= (head[i] & 0x7f) << shift;
        if (head[i] < 0x80) break;
      }
      at += i + 1 + length;
      if (head[0] !== CUSTOM) end = at;
    }
    const bytes = Buffer.allocUnsafeSlow(end);
    readSync(fd, bytes, 0, end, 0);
    return bytes;
  } finally {
    closeSync(fd);
  }
}
