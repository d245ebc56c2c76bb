import { Fault } from '../../../src/core/errors.ts';
import { canonicalUri } from '../../../src/resources/canonical-uri.ts';

/** The error code with which a URI is refused; otherwise its canonical form, or the bug. */
export function codeOfUri(text: string): string {
  try {
    return `accepted as ${canonicalUri(text).href}`;
  } catch (error) {
    return error instanceof Fault ? error.code : `bug: ${error}`;
  }
}
