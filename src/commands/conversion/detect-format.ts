import { looksLikeCsv } from './csv-delimiter.ts';

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
  return looksLikeCsv(head) ? 'CSV' : 'LINES';
}

/** A media type without its parameters. */
export function essenceOf(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}
