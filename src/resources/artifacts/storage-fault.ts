import { Fault } from '../../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'The server may not use its data folder. Ask the operator to change its owner or permissions.',
  EDQUOT: 'The quota of the data folder is exhausted. Ask the operator to raise it or to remove files.',
  EFBIG: 'The disk of the data folder does not accept a file of this size. Use a smaller one.',
  EIO: 'The disk of the data folder has failed. Ask the operator to check it.',
  EMFILE: 'The server has too many files open. Try again later.',
  ENFILE: 'The machine has too many files open. Try again later.',
  ENOSPC: 'The disk of the data folder is full. Ask the operator to remove files, then try again.',
  EROFS: 'The disk of the data folder is read-only. Ask the operator to check it.',
};

/** UNAVAILABLE for disk errors that an operator can fix; any other error unchanged. */
export function storageFault(error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return reason === undefined || error instanceof Fault ? error : new Fault('UNAVAILABLE', reason, { cause: error });
}
