// Part of the one-shot child of wasi-python.ts.

const VECTOR = { length: 4, bytes: 8 };
const STAT = { inode: 8, type: 16, links: 24, size: 32, bytes: 64 };

/**
 * The state of a program, without its module.
 * @typedef {object} Program
 * @property {ProgramMemory} memory
 * @property {import('./handles.mjs').Handles} handles
 * @property {readonly string[]} args
 * @property {readonly string[]} env
 * @property {Buffer} seed
 */

/** The program's memory in the layout of WASI preview 1. Access outside throws, which ends the program. */
export class ProgramMemory {
  /** Set after the module is instantiated, which needs its imports first. @type {WebAssembly.Memory | undefined} */
  memory;
  cachedView = new DataView(new ArrayBuffer(0));

  get view() {
    // Growing the memory detaches the old buffer.
    if (this.cachedView.buffer !== this.memory.buffer) this.cachedView = new DataView(this.memory.buffer);
    return this.cachedView;
  }

  u32(at, value) {
    this.view.setUint32(at, value, true);
  }

  /** @param {number} at @param {bigint | number} value */
  u64(at, value) {
    this.view.setBigUint64(at, BigInt(value), true);
  }

  /** The bytes themselves, not a copy. */
  bytes(at, length) {
    return Buffer.from(this.memory.buffer, at, length);
  }

  text(at, length) {
    return this.bytes(at, length).toString();
  }

  /** The buffers of a scatter or gather vector. @returns {Generator<Buffer>} */
  *vector(at, count) {
    for (let i = at; i < at + count * VECTOR.bytes; i += VECTOR.bytes) {
      yield this.bytes(this.view.getUint32(i, true), this.view.getUint32(i + VECTOR.length, true));
    }
  }

  /** Times are always 0. @param {{ inode: bigint, type: number, size: number }} stat */
  stat(at, { inode, type, size }) {
    this.bytes(at, STAT.bytes).fill(0);
    this.u64(at + STAT.inode, inode);
    this.view.setUint8(at + STAT.type, type);
    this.u64(at + STAT.links, 1);
    this.u64(at + STAT.size, size);
  }
}
