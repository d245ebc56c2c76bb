// Part of the one-shot child of wasi-python.ts: the imports of the module: all calls of WASI preview 1 that Python needs.
import { ERRNO, returnErrno, WasiError } from './abi.mjs';
import { descriptorCalls } from './descriptors.mjs';
import { pathCalls } from './paths.mjs';
import { processCalls } from './process.mjs';

const unsupported = () => {
  throw new WasiError(ERRNO.NOTSUP);
};

/** @param {import('./memory.mjs').Program} program */
export function importsFor(program) {
  return returnErrno({
    ...processCalls(program),
    ...descriptorCalls(program),
    ...pathCalls(program),
    // Links and sockets do not exist here.
    path_link: unsupported,
    path_readlink: unsupported,
    path_symlink: unsupported,
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  });
}
