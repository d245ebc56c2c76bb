import { parseJson } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';
import { createCsvToJson } from './csv-to-json.ts';
import { dataPage } from './data-page.ts';
import type { Format } from './detect-format.ts';
import { jsonToCsv } from './json-to-csv.ts';
import { jsonToXml } from './json-to-xml.ts';
import { createLinesToJson } from './lines-to-json.ts';
import { parseXml } from './parse-xml.ts';
import type { Sink } from './sink.ts';
import { xmlToJson } from './xml-to-json.ts';

/** What becomes of what. Plain data: it goes to a worker as it is. */
export type Conversion =
  | { readonly to: 'JSON'; readonly from: Format; readonly delimiter: string; readonly header: boolean }
  | { readonly to: 'XML'; readonly rootElement: string }
  | { readonly to: 'CSV'; readonly delimiter: string; readonly fields?: readonly string[] }
  | { readonly to: 'PAGE'; readonly title: string };

/** True when memory does not grow with the input, so that there is no limit on its size. */
export function isStreaming(conversion: Conversion): boolean {
  return conversion.to === 'JSON' && (conversion.from === 'CSV' || conversion.from === 'LINES');
}

/**
 * Writes the result into the sink and gives notes for people. All but CSV and LINES to JSON have JSON as their input.
 * @param pieces the input, decoded
 * @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, and what the sink throws
 */
export function convert(pieces: Iterable<string>, conversion: Conversion, sink: Sink): readonly string[] {
  if (conversion.to === 'JSON') return toJson(pieces, conversion, sink);
  const data = parseJson(concatenate(pieces));
  if (conversion.to === 'XML') jsonToXml(data, conversion.rootElement, sink);
  else if (conversion.to === 'CSV') jsonToCsv(data, conversion, sink);
  else dataPage(data, conversion.title, sink);
  return [];
}

function toJson(
  pieces: Iterable<string>,
  { from, ...csv }: Extract<Conversion, { to: 'JSON' }>,
  sink: Sink,
): readonly string[] {
  if (from === 'CSV') {
    const reader = createCsvToJson(csv, sink);
    for (const piece of pieces) reader.push(piece);
    return reader.end();
  }
  if (from === 'LINES') {
    const reader = createLinesToJson(sink);
    for (const piece of pieces) reader.push(piece);
    reader.end();
    return [];
  }
  const text = concatenate(pieces);
  if (from === 'XML') sink(JSON.stringify(xmlToJson(parseXml(text)) satisfies Json));
  else {
    // The text itself is the result, so that no number loses digits and no key its place.
    parseJson(text);
    sink(text.trim());
  }
  return [];
}

function concatenate(pieces: Iterable<string>): string {
  return [...pieces].join('');
}
