import { Fault } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'The server may not use its data folder. Have its owner or permissions changed.',
  EDQUOT: 'The quota of the data folder is used up. Have it raised, or files removed.',
  EFBIG: 'The disk of the data folder does not take a file of this size. Use a smaller one.',
  EIO: 'The disk of the data folder fails. Have it looked at.',
  EMFILE: 'The server has too many files open. Try again later.',
  ENFILE: 'The machine has too many files open. Try again later.',
  ENOSPC: 'The disk of the data folder is full. Have files removed, then try again.',
  EROFS: 'The disk of the data folder cannot be written to. Have it looked at.',
};

/** UNAVAILABLE for disk errors that an operator can fix; any other error unchanged. */
export function storageFault(error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return reason === undefined || error instanceof Fault ? error : new Fault('UNAVAILABLE', reason, { cause: error });
}
