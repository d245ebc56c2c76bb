// Part of the one-shot child of python-wasi.ts. See wasi-child.mjs.

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
