// Part of the one-shot child of wasi-python.ts: files that exist in memory only.
import { FILETYPE } from './abi.mjs';

/** Limits of all files of one tree together. A read-only tree has `maxFiles` and `maxBytes` 0. */
export class Quota {
  /** @param {{ maxBytes: number, maxFiles: number }} limits */
  constructor({ maxBytes, maxFiles }) {
    this.bytes = maxBytes;
    this.files = maxFiles;
    this.readOnly = maxFiles === 0;
  }

  /** Takes bytes, or returns them when negative. @param {number} count */
  takeBytes(count) {
    if (count > this.bytes) return false;
    this.bytes -= count;
    return true;
  }

  takeFile() {
    if (this.files < 1) return false;
    this.files -= 1;
    return true;
  }
}

const NOTHING = new Uint8Array();
const MIN_BUFFER_BYTES = 4_096;
let inodes = 0n;

class Inode {
  constructor() {
    inodes += 1n;
    this.inode = inodes;
  }
}

export class MemoryFile extends Inode {
  /**
   * @param {import('./files.mjs').Quota} quota
   * @param {Uint8Array} bytes
   */
  constructor(quota, bytes = NOTHING) {
    super();
    this.quota = quota;
    this.buffer = bytes;
    this.size = bytes.byteLength;
    this.handles = 0;
    this.named = true;
  }

  get bytes() {
    return this.buffer.subarray(0, this.size);
  }

  /** Sets the size. False when the quota does not allow it. @param {number} size */
  resize(size) {
    if (!Number.isSafeInteger(size) || !this.quota.takeBytes(size - this.size)) return false;
    if (size > this.buffer.byteLength) {
      // Doubled, so that many small writes copy little.
      const grown = new Uint8Array(Math.max(size, this.buffer.byteLength * 2, MIN_BUFFER_BYTES));
      grown.set(this.bytes);
      this.buffer = grown;
    } else if (size === 0) {
      this.buffer = NOTHING;
    } else {
      this.buffer.fill(0, size, this.size);
    }
    this.size = size;
    return true;
  }

  unlink() {
    this.named = false;
    this.quota.files += 1;
    this.releaseIfUnused();
  }

  /** Returns the bytes once the file has no name and is not open. */
  releaseIfUnused() {
    if (!this.named && this.handles === 0) this.resize(0);
  }

  stat() {
    return { inode: this.inode, type: FILETYPE.REGULAR_FILE, size: this.size };
  }
}

export class MemoryFolder extends Inode {
  /** @param {import('./files.mjs').Quota} quota */
  constructor(quota) {
    super();
    this.quota = quota;
    /** @type {Map<string, MemoryFile | MemoryFolder>} */
    this.entries = new Map();
  }

  /** Adds an entry at a path, and the folders of the path. @param {string} path @param {MemoryFile | MemoryFolder} entry */
  place(path, entry) {
    const names = path.split('/');
    const last = names.pop();
    let folder = this;
    for (const name of names) {
      const next = folder.entries.get(name) ?? new MemoryFolder(this.quota);
      folder.entries.set(name, next);
      folder = next;
    }
    folder.entries.set(last, entry);
  }

  /** Every file below, with its path. @returns {Generator<[string, MemoryFile]>} */
  *files(prefix = '') {
    for (const [name, entry] of this.entries) {
      if (entry instanceof MemoryFile) yield [prefix + name, entry];
      else yield* entry.files(`${prefix}${name}/`);
    }
  }

  stat() {
    return { inode: this.inode, type: FILETYPE.DIRECTORY, size: 0 };
  }
}
