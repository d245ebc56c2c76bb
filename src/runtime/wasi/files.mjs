import { FILETYPE } from './abi.mjs';

// Part of the one-shot child of wasi-python.ts. See child.mjs.

/** What the files of one tree may take in all. Without writing, `maxFiles` and `maxBytes` are 0. */
export class Quota {
  /** @param {{ maxBytes: number, maxFiles: number }} limits */
  constructor({ maxBytes, maxFiles }) {
    this.bytes = maxBytes;
    this.files = maxFiles;
    this.readOnly = maxFiles === 0;
  }

  /** Takes bytes, or gives them back when negative. @param {number} count */
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

// Part of the one-shot child of wasi-python.ts: files that exist in memory only.

const NOTHING = new Uint8Array();
const SMALLEST = 4_096;
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

  /** Makes it that long. False when there is no room. @param {number} size */
  resize(size) {
    if (!Number.isSafeInteger(size) || !this.quota.takeBytes(size - this.size)) return false;
    if (size > this.buffer.byteLength) {
      // Doubled, so that many small writes copy little.
      const grown = new Uint8Array(Math.max(size, this.buffer.byteLength * 2, SMALLEST));
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
    this.leave();
  }

  /** Gives the room back once it has no name and nobody has it open. */
  leave() {
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

  /** Puts an entry where its path says, and the folders to it. @param {string} path @param {MemoryFile | MemoryFolder} entry */
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
