// Part of the one-shot child of wasi-python.ts: the numbers of WASI preview 1 that it uses.

export const ERRNO = {
  SUCCESS: 0,
  BADF: 8,
  EXIST: 20,
  INVAL: 28,
  ISDIR: 31,
  MFILE: 33,
  NAMETOOLONG: 37,
  NOENT: 44,
  NOSPC: 51,
  NOTDIR: 54,
  NOTEMPTY: 55,
  NOTSUP: 58,
  ROFS: 69,
  XDEV: 75,
  NOTCAPABLE: 76,
};
export const FILETYPE = { CHARACTER_DEVICE: 2, DIRECTORY: 3, REGULAR_FILE: 4 };
export const OFLAGS = { CREAT: 1, DIRECTORY: 2, EXCL: 4, TRUNC: 8 };
export const WHENCE = { SET: 0, CUR: 1, END: 2 };
export const CLOCK = { REALTIME: 0, MONOTONIC: 1 };
export const FDFLAGS_APPEND = 1;
export const RIGHTS = { NONE: 0n, FD_WRITE: 1n << 6n, ALL: (1n << 30n) - 1n };

/** Thrown by a call that fails. Not an Error: a search for modules fails often, and the stack is never read. */
export class WasiError {
  /** @param {number} errno */
  constructor(errno) {
    this.errno = errno;
  }
}

/** Wraps the calls for a module to import: they return an errno. @param {Record<string, (...words) => void>} calls */
export function returnErrno(calls) {
  const wrap =
    (call) =>
    (...words) => {
      try {
        call(...words);
        return ERRNO.SUCCESS;
      } catch (error) {
        if (error instanceof WasiError) return error.errno;
        throw error;
      }
    };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, wrap(call)]));
}
