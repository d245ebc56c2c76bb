// Part of the one-shot child of wasi-python.ts: open files and folders of the program.
import { ERRNO, FDFLAGS_APPEND, FILETYPE, RIGHTS, WasiError, WHENCE } from './abi.mjs';

const refuse = (errno) => {
  throw new WasiError(errno);
};

/** As many as the native engine allows (start-process.ts). */
const MAX_OPEN_FILES = 1_024;

/** Open handles by number. A new one gets the lowest free number, as in POSIX. */
export class Handles {
  /** @param {Handle[]} open */
  constructor(open) {
    /** @type {(Handle | undefined)[]} */
    this.open = open;
  }

  get(fd) {
    return this.open[fd] ?? refuse(ERRNO.BADF);
  }

  add(handle) {
    const free = this.open.indexOf(undefined);
    const fd = free < 0 ? this.open.length : free;
    if (fd >= MAX_OPEN_FILES) refuse(ERRNO.MFILE);
    this.open[fd] = handle;
    return fd;
  }

  close(fd) {
    this.get(fd).close();
    this.open[fd] = undefined;
  }
}

/** Calls that not every kind of handle supports. */
class Handle {
  flags = 0;
  rights = RIGHTS.NONE;

  close() {}
  allocate() {
    refuse(ERRNO.NOTSUP);
  }
  resize() {
    refuse(ERRNO.NOTSUP);
  }
  read() {
    refuse(ERRNO.NOTSUP);
  }
  write() {
    refuse(ERRNO.NOTSUP);
  }
  seek() {
    refuse(ERRNO.NOTSUP);
  }
  tell() {
    refuse(ERRNO.NOTSUP);
  }
  entry() {
    refuse(ERRNO.NOTDIR);
  }
  preopened() {
    refuse(ERRNO.BADF);
  }
}

export class FileHandle extends Handle {
  type = FILETYPE.REGULAR_FILE;

  /** @param {import('./files.mjs').MemoryFile} file @param {{ write?: boolean, append?: boolean }} mode */
  constructor(file, { write = false, append = false } = {}) {
    super();
    this.file = file;
    file.handles += 1;
    this.canWrite = write;
    this.flags = append ? FDFLAGS_APPEND : 0;
    this.at = 0;
  }

  close() {
    this.file.handles -= 1;
    this.file.releaseIfUnused();
  }

  stat() {
    return this.file.stat();
  }

  resize(size) {
    if (!this.canWrite) refuse(ERRNO.BADF);
    if (!this.file.resize(size)) refuse(ERRNO.NOSPC);
  }

  allocate(end) {
    if (end > this.file.size) this.resize(end);
  }

  /** @param {Buffer} into @param {number} [from] offset in the file; without it, the current position */
  read(into, from) {
    const start = from ?? this.at;
    const data = this.file.bytes.subarray(start, start + into.byteLength);
    into.set(data);
    if (from === undefined) this.at += data.byteLength;
    return data.byteLength;
  }

  /** @param {Buffer} data @param {number} [from] */
  write(data, from) {
    if (!this.canWrite) refuse(ERRNO.BADF);
    const start = from ?? (this.flags === FDFLAGS_APPEND ? this.file.size : this.at);
    const end = start + data.byteLength;
    if (end > this.file.size) this.resize(end);
    this.file.buffer.set(data, start);
    if (from === undefined) this.at = end;
    return data.byteLength;
  }

  seek(offset, whence) {
    const base = { [WHENCE.SET]: 0, [WHENCE.CUR]: this.at, [WHENCE.END]: this.file.size }[whence];
    const at = base === undefined ? -1 : base + offset;
    if (at < 0) refuse(ERRNO.INVAL);
    this.at = at;
    return at;
  }

  tell() {
    return this.at;
  }
}

export class FolderHandle extends Handle {
  type = FILETYPE.DIRECTORY;
  // The C library requests only rights that the folder passes on. A call that is not allowed fails when it is made, with
  // its reason.
  rights = RIGHTS.ALL;

  /** @param {import('./files.mjs').MemoryFolder} folder @param {string} [name] path at which it is preopened */
  constructor(folder, name) {
    super();
    this.folder = folder;
    this.name = name;
  }

  stat() {
    return this.folder.stat();
  }

  preopened() {
    return this.name === undefined ? refuse(ERRNO.BADF) : Buffer.from(this.name);
  }

  /** The entry with that index, and its name. */
  entry(number) {
    // Copied at the start of a listing, so that removing listed entries skips none.
    if (number === 0 || !this.listed) {
      this.listed = [['.', this.folder], ['..', this.folder], ...this.folder.entries];
    }
    return this.listed[number];
  }
}

/** Writes go directly to a file descriptor of this process. */
export class OutputHandle extends Handle {
  type = FILETYPE.CHARACTER_DEVICE;
  rights = RIGHTS.FD_WRITE;

  /** @param {(data: Uint8Array) => void} write */
  constructor(write) {
    super();
    this.out = write;
  }

  stat() {
    return { inode: 0n, type: this.type, size: 0 };
  }

  write(data) {
    this.out(data);
    return data.byteLength;
  }

  read() {
    return 0;
  }
}
