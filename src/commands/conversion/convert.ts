import { parseJson } from '../../core/parse-json.ts';
import { type CsvToJsonOptions, createCsvToJson } from './csv-to-json.ts';
import { dataPage } from './data-page.ts';
import type { Format } from './detect-format.ts';
import { parseExactJson } from './json/exact-json.ts';
import type { Sink } from './json/sink.ts';
import { jsonToCsv } from './json-to-csv.ts';
import { createLinesToJson } from './lines-to-json.ts';
import { jsonToXml } from './xml/json-to-xml.ts';
import { parseXml } from './xml/parse-xml.ts';
import { xmlToJson } from './xml/xml-to-json.ts';

/** What becomes of what. Plain data: it goes to a worker as it is. */
export type Conversion =
  | ({ readonly to: 'JSON'; readonly from: Format } & CsvToJsonOptions)
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
  const data = parseExactJson(concatenate(pieces));
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
  if (from === 'XML') xmlToJson(parseXml(text), sink);
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
