// Part of the one-shot child of wasi-python.ts: calls on open files and folders.
import { ERRNO, WasiError } from './abi.mjs';

const DIRENT = { next: 0, inode: 8, nameLength: 16, type: 20, bytes: 24 };
const FDSTAT = { type: 0, flags: 2, rights: 8, inheriting: 16, bytes: 24 };
const PRESTAT = { tag: 0, nameLength: 4 };
const PREOPENTYPE_DIR = 0;

/** @param {import('./memory.mjs').Program} program */
export function descriptorCalls({ memory, handles }) {
  /** Reads into or writes from the buffers of a vector, until one is not used completely. `from` is an optional offset. */
  function move(act, { at, count, movedAt, from }) {
    let moved = 0;
    for (const buffer of memory.vector(at, count)) {
      const bytes = act(buffer, from === undefined ? undefined : Number(from) + moved);
      moved += bytes;
      if (bytes < buffer.byteLength) break;
    }
    memory.u32(movedAt, moved);
  }

  return {
    fd_advise: (fd) => void handles.get(fd),
    fd_allocate: (fd, offset, length) => handles.get(fd).allocate(Number(offset + length)),
    fd_close: (fd) => handles.close(fd),
    fd_datasync: (fd) => void handles.get(fd),
    fd_sync: (fd) => void handles.get(fd),
    fd_fdstat_get(fd, to) {
      const { type, flags, rights } = handles.get(fd);
      memory.bytes(to, FDSTAT.bytes).fill(0);
      memory.view.setUint8(to + FDSTAT.type, type);
      memory.view.setUint16(to + FDSTAT.flags, flags, true);
      memory.u64(to + FDSTAT.rights, rights);
      memory.u64(to + FDSTAT.inheriting, rights);
    },
    fd_fdstat_set_flags() {
      throw new WasiError(ERRNO.NOTSUP);
    },
    fd_filestat_get: (fd, to) => memory.stat(to, handles.get(fd).stat()),
    fd_filestat_set_size: (fd, size) => handles.get(fd).resize(Number(size)),
    fd_filestat_set_times: (fd) => void handles.get(fd),
    fd_pread(fd, at, count, from, movedAt) {
      const handle = handles.get(fd);
      move((into, where) => handle.read(into, where), { at, count, movedAt, from });
    },
    fd_pwrite(fd, at, count, from, movedAt) {
      const handle = handles.get(fd);
      move((data, where) => handle.write(data, where), { at, count, movedAt, from });
    },
    fd_read(fd, at, count, movedAt) {
      const handle = handles.get(fd);
      move((into) => handle.read(into), { at, count, movedAt });
    },
    fd_write(fd, at, count, movedAt) {
      const handle = handles.get(fd);
      move((data) => handle.write(data), { at, count, movedAt });
    },
    fd_seek: (fd, offset, whence, to) => memory.u64(to, handles.get(fd).seek(Number(offset), whence)),
    fd_tell: (fd, to) => memory.u64(to, handles.get(fd).tell()),
    fd_prestat_get(fd, to) {
      const name = handles.get(fd).preopened();
      memory.view.setUint8(to + PRESTAT.tag, PREOPENTYPE_DIR);
      memory.u32(to + PRESTAT.nameLength, name.byteLength);
    },
    fd_prestat_dir_name(fd, to, length) {
      const name = handles.get(fd).preopened();
      if (name.byteLength > length) throw new WasiError(ERRNO.NAMETOOLONG);
      memory.bytes(to, length).set(name);
    },
    /** The last entry is truncated at the end of the buffer: a full buffer means that there are more. */
    fd_readdir(fd, at, length, cookie, usedAt) {
      const handle = handles.get(fd);
      const into = memory.bytes(at, length);
      let used = 0;
      for (let next = Number(cookie); used < length; next += 1) {
        const entry = handle.entry(next);
        if (!entry) break;
        used += direntOf(entry, next + 1).copy(into, used);
      }
      memory.u32(usedAt, used);
    },
  };
}

function direntOf([name, entry], next) {
  const { inode, type } = entry.stat();
  const dirent = Buffer.alloc(DIRENT.bytes + Buffer.byteLength(name));
  dirent.writeBigUInt64LE(BigInt(next), DIRENT.next);
  dirent.writeBigUInt64LE(inode, DIRENT.inode);
  dirent.writeUInt32LE(dirent.byteLength - DIRENT.bytes, DIRENT.nameLength);
  dirent.writeUInt8(type, DIRENT.type);
  dirent.write(name, DIRENT.bytes);
  return dirent;
}
