import { Fault } from './errors.ts';

const PREFIX = 'c1.';

/** A journal position as the opaque text that clients keep. */
export function encodeCursor(position: number): string {
  return PREFIX + Buffer.from(position.toString(36)).toString('base64url');
}

/** @throws Fault BAD_INPUT when the text is no cursor of this server. */
export function decodeCursor(cursor: string): number {
  const digits = cursor.startsWith(PREFIX) ? Buffer.from(cursor.slice(PREFIX.length), 'base64url').toString() : '';
  const position = /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  if (!Number.isSafeInteger(position) || encodeCursor(position) !== cursor) {
    throw new Fault('BAD_INPUT', 'This is not a cursor of this server; pass one that an event or a batch carried.', {
      path: ['after'],
    });
  }
  return position;
}
