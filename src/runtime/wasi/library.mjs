// Part of the one-shot child of wasi-python.ts.
import { MemoryFile, MemoryFolder } from './files.mjs';

const { inflateRawSync } = process.getBuiltinModule('node:zlib');
const END = { signature: Buffer.from('PK\x05\x06\0\0\0\0'), entries: 10, size: 12, directory: 16, bytes: 22 };
const ENTRY = { method: 10, packed: 20, size: 24, name: 28, extra: 30, comment: 32, header: 42, bytes: 46 };
const HEADER = { name: 26, extra: 28, bytes: 30 };
const DEFLATED = 8;

/** A file that is unpacked at its first read. */
class PackedFile extends MemoryFile {
  constructor(quota, size, unpack) {
    super(quota);
    this.size = size;
    this.unpack = unpack;
  }

  get bytes() {
    if (this.buffer.byteLength < this.size) this.buffer = this.unpack();
    return this.buffer;
  }
}

/**
 * Unpacks the standard library, a zip archive (APPNOTE.TXT 4.3) in the module's memory, to plain files: Python itself
 * would do it in WebAssembly, which is slower.
 * @param {ArrayBuffer} memory @param {import('./files.mjs').Quota} quota
 */
export function readLibrary(memory, quota) {
  const zip = copyArchive(Buffer.from(memory));
  const library = new MemoryFolder(quota);
  const end = zip.byteLength - END.bytes;
  let at = zip.readUInt32LE(end + END.directory);
  for (let left = zip.readUInt16LE(end + END.entries); left > 0; left -= 1) {
    const nameEnd = at + ENTRY.bytes + zip.readUInt16LE(at + ENTRY.name);
    const path = zip.toString('utf8', at + ENTRY.bytes, nameEnd);
    if (!path.endsWith('/')) {
      const location = {
        header: zip.readUInt32LE(at + ENTRY.header),
        packed: zip.readUInt32LE(at + ENTRY.packed),
        isDeflated: zip.readUInt16LE(at + ENTRY.method) === DEFLATED,
      };
      library.place(path, new PackedFile(quota, zip.readUInt32LE(at + ENTRY.size), () => unpack(zip, location)));
    }
    at = nameEnd + zip.readUInt16LE(at + ENTRY.extra) + zip.readUInt16LE(at + ENTRY.comment);
  }
  return library;
}

/** A copy of the archive, because the program may overwrite its memory. @param {Buffer} memory */
function copyArchive(memory) {
  const end = endOf(memory);
  const directory = memory.readUInt32LE(end + END.directory);
  const start = end - memory.readUInt32LE(end + END.size) - directory;
  return Buffer.from(memory.subarray(start, end + END.bytes));
}

/** Searches for the first byte of the signature: nearly all bytes after it are zero, and a search for all four takes 100 times as long. */
function endOf(memory) {
  for (let at = memory.byteLength; at > 0; ) {
    at = memory.lastIndexOf(END.signature[0], at - 1);
    if (at >= 0 && END.signature.equals(memory.subarray(at, at + END.signature.byteLength))) return at;
  }
  throw new TypeError('this WebAssembly module contains no library');
}

function unpack(zip, { header, packed, isDeflated }) {
  const from = header + HEADER.bytes + zip.readUInt16LE(header + HEADER.name) + zip.readUInt16LE(header + HEADER.extra);
  const bytes = zip.subarray(from, from + packed);
  return isDeflated ? inflateRawSync(bytes) : bytes;
}
