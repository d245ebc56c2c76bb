import { Fault } from '../../core/errors.ts';
import { type DriveFile, FOLDER } from './drive.ts';

const OWN = 'application/vnd.google-apps.';

/** Google's own kinds have no bytes; each is exported as what agents read best. */
const EXPORTS: Readonly<Record<string, string>> = {
  [`${OWN}document`]: 'text/markdown',
  [`${OWN}drawing`]: 'image/png',
  [`${OWN}presentation`]: 'text/plain',
  [`${OWN}script`]: 'application/vnd.google-apps.script+json',
  // The first sheet alone.
  [`${OWN}spreadsheet`]: 'text/csv',
};

/**
 * The media type to export a file as; undefined for one that has bytes of its own.
 * @throws Fault BAD_INPUT for what has neither, such as a folder or a form
 */
export function exportOf({ mediaType }: DriveFile): string | undefined {
  if (mediaType === FOLDER) throw new Fault('BAD_INPUT', 'This is a folder. Take the id of a file in it.');
  if (!mediaType.startsWith(OWN)) return undefined;
  const as = EXPORTS[mediaType];
  if (as !== undefined) return as;
  const kind = mediaType.slice(OWN.length);
  throw new Fault('BAD_INPUT', `Google exports nothing of its kind "${kind}". Take another file.`);
}
