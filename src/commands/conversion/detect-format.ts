import { Fault } from '../../core/errors.ts';
import { essenceOf } from '../../lib/media-type.ts';
import { createCsvReader } from './csv-reader.ts';

/** What is looked for, in this order where two occur equally often. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** How many records of the start are compared to tell CSV from other text. */
const SAMPLE_RECORDS = 10;

/**
 * The delimiter that the first line names as spreadsheets do (`sep=;`), which is no record.
 * @param head the beginning of the text
 */
export function namedDelimiter(head: string): string | undefined {
  const [, quoted, plain] = /^(?:"sep=([\t -~])"|sep=([\t -~]))(?:\r|\n|$)/i.exec(head) ?? [];
  return quoted ?? plain;
}

/** The delimiter that occurs most often in the first record outside quotes; the comma when none does. */
export function sniffDelimiter(head: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((one) => [one, 0]));
  let quoted = false;
  let begun = false;
  for (const char of head) {
    if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '\n' || char === '\r') {
      if (begun) break;
      continue;
    }
    begun = true;
    const count = counts.get(char);
    if (count !== undefined) counts.set(char, count + 1);
  }
  const [best] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  return best;
}

/** Text counts as CSV when its first records, two at least, all have the same number of fields, two at least. */
export function looksLikeCsv(head: string): boolean {
  const widths: number[] = [];
  const reader = createCsvReader({
    delimiter: sniffDelimiter(head),
    onRecord: (fields) => {
      if (widths.length < SAMPLE_RECORDS) widths.push(fields.length);
    },
  });
  try {
    reader.push(head);
    // What is left in the reader may be a record that the end of `head` cuts, and counts only when it is alone.
    if (widths.length < 2) reader.end();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
  const [first = 0] = widths;
  return widths.length >= 2 && first >= 2 && widths.every((width) => width === first);
}

export type Format = 'CSV' | 'JSON' | 'XML' | 'LINES';

/**
 * What the data is: by its media type, and where that tells nothing by how the text begins.
 * @param readHead gives the beginning of the text; called only when it is needed
 */
export function detectFormat(mediaType: string, readHead: () => string): Format {
  const essence = essenceOf(mediaType);
  if (essence === 'application/json' || essence.endsWith('+json') || essence === 'text/json') return 'JSON';
  if (essence === 'text/csv' || essence === 'text/tab-separated-values') return 'CSV';
  if (essence === 'application/xml' || essence === 'text/xml' || essence.endsWith('+xml')) return 'XML';
  const head = readHead();
  const start = head.trimStart()[0];
  if (start === '{' || start === '[') return 'JSON';
  if (start === '<') return 'XML';
  return namedDelimiter(head) !== undefined || looksLikeCsv(head) ? 'CSV' : 'LINES';
}
