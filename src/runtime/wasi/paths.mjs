// Part of the one-shot child of wasi-python.ts: calls on paths.

import { ERRNO, FDFLAGS_APPEND, OFLAGS, RIGHTS, WasiError } from './abi.mjs';
import { MemoryFile, MemoryFolder } from './files.mjs';
import { FileHandle, FolderHandle } from './handles.mjs';

const refuse = (errno) => {
  throw new WasiError(errno);
};

/** @param {import('./memory.mjs').Program} program */
export function pathCalls({ memory, handles }) {
  /** A path, and the open folder that it is relative to. */
  const pathFrom = (fd, at, length) => {
    const { folder } = handles.get(fd);
    return { folder: folder ?? refuse(ERRNO.NOTDIR), names: namesOf(memory.text(at, length)) };
  };

  return {
    path_create_directory: (fd, at, length) => void create(pathFrom(fd, at, length), MemoryFolder),
    path_filestat_get: (fd, _flags, at, length, to) => memory.stat(to, find(pathFrom(fd, at, length)).stat()),
    path_filestat_set_times: (fd, _flags, at, length) => void find(pathFrom(fd, at, length)),
    path_open(fd, _lookup, at, length, oflags, rights, _inheriting, fdflags, to) {
      const entry = entryToOpen(pathFrom(fd, at, length), oflags);
      const mode = { write: (rights & RIGHTS.FD_WRITE) !== 0n, append: (fdflags & FDFLAGS_APPEND) !== 0 };
      const handle = entry instanceof MemoryFolder ? new FolderHandle(entry) : openFile(entry, oflags, mode);
      memory.u32(to, handles.add(handle));
    },
    path_remove_directory(fd, at, length) {
      const { folder, name } = parentOf(pathFrom(fd, at, length));
      const entry = entryIn(folder, name);
      if (!(entry instanceof MemoryFolder)) refuse(ERRNO.NOTDIR);
      if (entry.entries.size > 0) refuse(ERRNO.NOTEMPTY);
      folder.entries.delete(name);
      entry.quota.files += 1;
    },
    path_rename: (fd, at, length, toFd, toAt, toLength) =>
      rename(pathFrom(fd, at, length), pathFrom(toFd, toAt, toLength)),
    path_unlink_file(fd, at, length) {
      const { folder, name } = parentOf(pathFrom(fd, at, length));
      const entry = entryIn(folder, name);
      if (entry instanceof MemoryFolder) refuse(ERRNO.ISDIR);
      folder.entries.delete(name);
      entry.unlink();
    },
  };
}

/** @param {string} path */
function namesOf(path) {
  const names = [];
  for (const name of path.startsWith('/') ? ['..'] : path.split('/')) {
    // The path would leave the folder.
    if (name === '..' && names.pop() === undefined) refuse(ERRNO.NOTCAPABLE);
    if (name !== '' && name !== '.' && name !== '..') names.push(name);
  }
  return names;
}

function entryIn(folder, name) {
  if (!(folder instanceof MemoryFolder)) refuse(ERRNO.NOTDIR);
  return folder.entries.get(name) ?? refuse(ERRNO.NOENT);
}

function find({ folder, names }) {
  return names.reduce(entryIn, folder);
}

/** Undefined when only the last name does not exist. */
function lookUp({ folder, names }) {
  if (names.length === 0) return folder;
  const parent = find({ folder, names: names.slice(0, -1) });
  return parent instanceof MemoryFolder ? parent.entries.get(names.at(-1)) : refuse(ERRNO.NOTDIR);
}

/** The parent folder and name of a path that is created or removed. */
function parentOf({ folder, names }) {
  const name = names.at(-1) ?? refuse(ERRNO.INVAL);
  const parent = find({ folder, names: names.slice(0, -1) });
  if (!(parent instanceof MemoryFolder)) refuse(ERRNO.NOTDIR);
  if (parent.quota.readOnly) refuse(ERRNO.ROFS);
  return { folder: parent, name };
}

function create(path, Kind) {
  const { folder, name } = parentOf(path);
  if (folder.entries.has(name)) refuse(ERRNO.EXIST);
  if (!folder.quota.takeFile()) refuse(ERRNO.NOSPC);
  const entry = new Kind(folder.quota);
  folder.entries.set(name, entry);
  return entry;
}

function entryToOpen(path, oflags) {
  const entry = lookUp(path);
  if (!entry) return oflags & OFLAGS.CREAT ? create(path, MemoryFile) : refuse(ERRNO.NOENT);
  return oflags & OFLAGS.CREAT && oflags & OFLAGS.EXCL ? refuse(ERRNO.EXIST) : entry;
}

function openFile(file, oflags, mode) {
  if (oflags & OFLAGS.DIRECTORY) refuse(ERRNO.NOTDIR);
  if (file.quota.readOnly && (mode.write || oflags & OFLAGS.TRUNC)) refuse(ERRNO.ROFS);
  if (oflags & OFLAGS.TRUNC) file.resize(0);
  return new FileHandle(file, mode);
}

function rename(from, to) {
  const source = parentOf(from);
  const entry = entryIn(source.folder, source.name);
  // Removed during the search for the target, so that no folder is moved into itself.
  source.folder.entries.delete(source.name);
  try {
    put(parentOf(to), entry);
  } catch (error) {
    source.folder.entries.set(source.name, entry);
    throw error;
  }
}

function put({ folder, name }, entry) {
  // Quotas count the bytes of their tree.
  if (folder.quota !== entry.quota) refuse(ERRNO.XDEV);
  const existing = folder.entries.get(name);
  if (existing instanceof MemoryFolder) {
    if (!(entry instanceof MemoryFolder)) refuse(ERRNO.ISDIR);
    if (existing.entries.size > 0) refuse(ERRNO.NOTEMPTY);
    existing.quota.files += 1;
  } else if (existing) {
    if (entry instanceof MemoryFolder) refuse(ERRNO.NOTDIR);
    existing.unlink();
  }
  folder.entries.set(name, entry);
}
