/**
 * Runs csv-spectrum against the reader of CSV. Prints each file whose rows differ, and fails if another one
 * than those of DIFFERENT does.
 *
 *     git clone https://github.com/max-mapper/csv-spectrum && git -C csv-spectrum checkout REVISION
 *     node test/conformance/csv-spectrum.ts csv-spectrum
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { convert } from '../../src/commands/conversion/convert.ts';
import { createDecoder } from '../../src/commands/conversion/text-decoder.ts';
import { Fault } from '../../src/core/errors.ts';

const REVISION = 'd30e80f8b99d2eecb3778f1d7b9ed1cb425502ec';

/** By file, why its rows may differ. */
const DIFFERENT: Readonly<Record<string, string>> = {
  location_coordinates:
    'it has a quote in a field without quotes, which RFC 4180 (section 2) forbids; its JSON has another number than its CSV',
};

const [suite] = process.argv.slice(2);
if (suite === undefined) throw new Error(`Pass a checkout of csv-spectrum at ${REVISION}.`);

const names = readdirSync(join(suite, 'csvs')).map((file) => file.replace(/\.csv$/, ''));
let passed = 0;
for (const name of names) {
  const rows = rowsOf(readFileSync(join(suite, 'csvs', `${name}.csv`)));
  const expected: unknown = [JSON.parse(readFileSync(join(suite, 'json', `${name}.json`), 'utf8'))].flat();
  if (isDeepStrictEqual(rows, expected)) passed += 1;
  else {
    if (!DIFFERENT[name]) process.exitCode = 1;
    console.log(`${name}: ${JSON.stringify(rows)}, expected ${JSON.stringify(expected)}. ${DIFFERENT[name] ?? ''}`);
  }
}
console.log(`${passed} of ${names.length}`);

/** The message of the fault if it cannot be read. */
function rowsOf(bytes: Buffer): unknown {
  const decoder = createDecoder('text/csv', bytes);
  let text = '';
  try {
    convert(
      [decoder.decode(bytes), decoder.end()],
      { to: 'JSON', from: 'CSV', delimiter: ',', header: true },
      (piece) => {
        text += piece;
      },
    );
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return (JSON.parse(text) as { readonly rows: unknown }).rows;
}
