// Part of the one-shot child of python-wasi.ts: open files and folders as WASI preview 1 has them.
import { Fd, wasi } from '@bjorn3/browser_wasi_shim';
import { MemoryFile, MemoryFolder } from './wasi-files.mjs';

const NOTHING = new Uint8Array();
const SUCCESS = wasi.ERRNO_SUCCESS;
/** Every right of WASI preview 1: what is refused is refused when it is tried, with the reason. */
const EVERY_RIGHT = (1n << 30n) - 1n;

export class FileHandle extends Fd {
  /** @param {MemoryFile} file @param {{ write: boolean, append: boolean }} mode */
  constructor(file, { write, append }) {
    super();
    this.file = file;
    file.handles += 1;
    this.write = write;
    this.append = append;
    this.at = 0;
  }

  fd_close() {
    this.file.handles -= 1;
    this.file.leave();
    return SUCCESS;
  }

  fd_fdstat_get() {
    return { ret: SUCCESS, fdstat: new wasi.Fdstat(wasi.FILETYPE_REGULAR_FILE, this.append ? wasi.FDFLAGS_APPEND : 0) };
  }

  fd_filestat_get() {
    return { ret: SUCCESS, filestat: this.file.stat() };
  }

  fd_filestat_set_size(size) {
    if (!this.write) return wasi.ERRNO_BADF;
    return this.file.resize(Number(size)) ? SUCCESS : wasi.ERRNO_NOSPC;
  }

  fd_filestat_set_times() {
    return SUCCESS;
  }

  fd_allocate(offset, length) {
    const end = Number(offset + length);
    return end <= this.file.size ? SUCCESS : this.fd_filestat_set_size(end);
  }

  fd_pread(size, offset) {
    const from = Number(offset);
    return { ret: SUCCESS, data: this.file.bytes.subarray(from, from + size) };
  }

  fd_read(size) {
    const { data } = this.fd_pread(size, this.at);
    this.at += data.byteLength;
    return { ret: SUCCESS, data };
  }

  fd_pwrite(data, offset) {
    if (!this.write) return { ret: wasi.ERRNO_BADF, nwritten: 0 };
    const from = Number(offset);
    const end = from + data.byteLength;
    if (end > this.file.size && !this.file.resize(end)) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 };
    this.file.buffer.set(data, from);
    return { ret: SUCCESS, nwritten: data.byteLength };
  }

  fd_write(data) {
    if (this.append) this.at = this.file.size;
    const written = this.fd_pwrite(data, this.at);
    this.at += written.nwritten;
    return written;
  }

  fd_seek(offset, whence) {
    const base = { [wasi.WHENCE_SET]: 0, [wasi.WHENCE_CUR]: this.at, [wasi.WHENCE_END]: this.file.size }[whence];
    const at = base === undefined ? -1 : base + Number(offset);
    if (at < 0) return { ret: wasi.ERRNO_INVAL, offset: 0n };
    this.at = at;
    return { ret: SUCCESS, offset: BigInt(at) };
  }

  fd_tell() {
    return { ret: SUCCESS, offset: BigInt(this.at) };
  }
}

export class FolderHandle extends Fd {
  /** @param {MemoryFolder} folder @param {string} [preopened] its path, where the program has it from its start */
  constructor(folder, preopened) {
    super();
    this.folder = folder;
    this.preopened = preopened;
  }

  fd_prestat_get() {
    if (this.preopened === undefined) return { ret: wasi.ERRNO_BADF, prestat: null };
    return { ret: SUCCESS, prestat: wasi.Prestat.dir(this.preopened) };
  }

  fd_fdstat_get() {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_DIRECTORY, 0);
    // The C library asks, of what it opens here, for no right that this one does not hand on.
    fdstat.fs_rights_base = EVERY_RIGHT;
    fdstat.fs_rights_inherited = EVERY_RIGHT;
    return { ret: SUCCESS, fdstat };
  }

  fd_filestat_get() {
    return { ret: SUCCESS, filestat: this.folder.stat() };
  }

  fd_readdir_single(cookie) {
    // Taken at its beginning, so that removing what is listed leaves nothing out.
    if (cookie === 0n || !this.listed) {
      this.listed = [['.', this.folder], ['..', this.folder], ...this.folder.entries];
    }
    const [name, entry] = this.listed[Number(cookie)] ?? [];
    if (!entry) return { ret: SUCCESS, dirent: null };
    return { ret: SUCCESS, dirent: new wasi.Dirent(cookie + 1n, entry.ino, name, entry.stat().filetype) };
  }

  path_filestat_get(_flags, path) {
    const { ret, entry } = this.#find(path);
    return { ret, filestat: entry?.stat() ?? null };
  }

  path_filestat_set_times(_flags, path) {
    return this.#find(path).ret;
  }

  path_lookup(path) {
    const { ret, entry } = this.#find(path);
    return { ret, inode_obj: entry ?? null };
  }

  path_open(_dirflags, path, oflags, rights, _inheriting, fdflags) {
    const write = (rights & BigInt(wasi.RIGHTS_FD_WRITE)) !== 0n;
    const found = this.#find(path);
    let entry = found.entry;
    if (entry && oflags & wasi.OFLAGS_CREAT && oflags & wasi.OFLAGS_EXCL) return failed(wasi.ERRNO_EXIST);
    if (!entry) {
      if (found.ret !== wasi.ERRNO_NOENT || !(oflags & wasi.OFLAGS_CREAT)) return failed(found.ret);
      const made = this.#add(path, (quota) => new MemoryFile(quota));
      if (!made.entry) return failed(made.ret);
      entry = made.entry;
    }
    if (entry instanceof MemoryFolder) return { ret: SUCCESS, fd_obj: new FolderHandle(entry) };
    if (oflags & wasi.OFLAGS_DIRECTORY) return failed(wasi.ERRNO_NOTDIR);
    if (entry.quota.readOnly && (write || oflags & wasi.OFLAGS_TRUNC)) return failed(wasi.ERRNO_ROFS);
    if (oflags & wasi.OFLAGS_TRUNC) entry.resize(0);
    const append = (fdflags & wasi.FDFLAGS_APPEND) !== 0;
    return { ret: SUCCESS, fd_obj: new FileHandle(entry, { write, append }) };
  }

  path_create_directory(path) {
    return this.#add(path, (quota) => new MemoryFolder(quota)).ret;
  }

  /** Of a rename only: what was unlinked gets its new name. Two names for one file there are not. */
  path_link(path, entry, replace) {
    if (!replace) return wasi.ERRNO_NOTSUP;
    const { ret, folder, name } = this.#place(path);
    if (!folder) return ret;
    // The bytes are counted where they are.
    if (folder.quota !== entry.quota) return wasi.ERRNO_XDEV;
    const held = folder.entries.get(name);
    if (held instanceof MemoryFolder) {
      if (!(entry instanceof MemoryFolder)) return wasi.ERRNO_ISDIR;
      if (held.entries.size > 0) return wasi.ERRNO_NOTEMPTY;
    } else if (held && entry instanceof MemoryFolder) return wasi.ERRNO_NOTDIR;
    else held?.unlink();
    folder.entries.set(name, entry);
    return SUCCESS;
  }

  path_unlink(path) {
    const { ret, folder, name } = this.#place(path);
    const entry = folder?.entries.get(name);
    if (!entry) return { ret: ret === SUCCESS ? wasi.ERRNO_NOENT : ret, inode_obj: null };
    folder.entries.delete(name);
    return { ret: SUCCESS, inode_obj: entry };
  }

  path_unlink_file(path) {
    const { ret, folder, name } = this.#place(path);
    const entry = folder?.entries.get(name);
    if (!entry) return ret === SUCCESS ? wasi.ERRNO_NOENT : ret;
    if (entry instanceof MemoryFolder) return wasi.ERRNO_ISDIR;
    folder.entries.delete(name);
    entry.unlink();
    return SUCCESS;
  }

  path_remove_directory(path) {
    const { ret, folder, name } = this.#place(path);
    const entry = folder?.entries.get(name);
    if (!entry) return ret === SUCCESS ? wasi.ERRNO_NOENT : ret;
    if (!(entry instanceof MemoryFolder)) return wasi.ERRNO_NOTDIR;
    if (entry.entries.size > 0) return wasi.ERRNO_NOTEMPTY;
    folder.entries.delete(name);
    entry.quota.files += 1;
    return SUCCESS;
  }

  #add(path, make) {
    if (this.#find(path).entry) return { ret: wasi.ERRNO_EXIST };
    const { ret, folder, name } = this.#place(path);
    if (!folder) return { ret };
    if (!folder.quota.takeFile()) return { ret: wasi.ERRNO_NOSPC };
    const entry = make(folder.quota);
    folder.entries.set(name, entry);
    return { ret: SUCCESS, entry };
  }

  /** The folder in which something of that path is made or removed. */
  #place(path) {
    const names = namesOf(path);
    const name = names?.pop();
    if (!names) return { ret: wasi.ERRNO_NOTCAPABLE };
    if (name === undefined) return { ret: wasi.ERRNO_INVAL };
    const { ret, entry } = this.#walk(names);
    if (!entry) return { ret };
    if (!(entry instanceof MemoryFolder)) return { ret: wasi.ERRNO_NOTDIR };
    if (entry.quota.readOnly) return { ret: wasi.ERRNO_ROFS };
    return { ret: SUCCESS, folder: entry, name };
  }

  #find(path) {
    const names = namesOf(path);
    return names ? this.#walk(names) : { ret: wasi.ERRNO_NOTCAPABLE };
  }

  #walk(names) {
    let entry = this.folder;
    for (const name of names) {
      if (!(entry instanceof MemoryFolder)) return { ret: wasi.ERRNO_NOTDIR };
      entry = entry.entries.get(name);
      if (!entry) return { ret: wasi.ERRNO_NOENT };
    }
    return { ret: SUCCESS, entry };
  }
}

function failed(ret) {
  return { ret, fd_obj: null };
}

/** Undefined when it leads out of the folder. @param {string} path */
function namesOf(path) {
  const names = [];
  for (const name of path.startsWith('/') ? ['..'] : path.split('/')) {
    if (name === '..' && names.pop() === undefined) return undefined;
    if (name !== '' && name !== '.' && name !== '..') names.push(name);
  }
  return names;
}

/** Writes go at once to a file descriptor of this process. */
export class Outlet extends Fd {
  /** @param {(data: Uint8Array) => void} write */
  constructor(write) {
    super();
    this.write = write;
  }

  fd_fdstat_get() {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: SUCCESS, fdstat };
  }

  fd_filestat_get() {
    return { ret: SUCCESS, filestat: new wasi.Filestat(0n, wasi.FILETYPE_CHARACTER_DEVICE, 0n) };
  }

  fd_write(data) {
    this.write(data);
    return { ret: SUCCESS, nwritten: data.byteLength };
  }

  fd_read() {
    return { ret: SUCCESS, data: NOTHING };
  }
}
