/**
 * Runs the parsing tests of JSONTestSuite against the two readers of JSON: that of data commands, which keeps every digit, and
 * that of requests, which refuses numbers that lose digits. Prints what they make of the files that RFC 8259 leaves open, and
 * fails if a valid file is refused, an invalid one is read, or digits change.
 *
 *     git clone https://github.com/nst/JSONTestSuite && git -C JSONTestSuite checkout REVISION
 *     node test/conformance/json-test-suite.ts JSONTestSuite
 */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { convert } from '../../src/commands/conversion/convert.ts';
import { jsonTextOf, parseExactJson } from '../../src/commands/conversion/json/exact-json.ts';
import { createDecoder } from '../../src/commands/conversion/text-decoder.ts';
import { Fault } from '../../src/core/errors.ts';
import { parseLosslessJson } from '../../src/core/parse-json.ts';

const REVISION = '1ef36fa01286573e846ac449e8683f8833c5b26a';

/** Each returns the JSON text that it has read. @throws Fault */
const READERS = {
  'data commands': (bytes: Buffer) => {
    const decoder = createDecoder('application/json', bytes);
    const text = decoder.decode(bytes) + decoder.end();
    let written = '';
    convert([text], { to: 'JSON', from: 'JSON', delimiter: ',', header: true }, (piece) => {
      written += piece;
    });
    const exact = jsonTextOf(parseExactJson(text));
    if (!isDeepStrictEqual(JSON.parse(exact), JSON.parse(written))) throw new Error(`it became ${exact}`);
    return exact;
  },
  requests: (bytes: Buffer) => {
    if (!isUtf8(bytes)) throw new Fault('BAD_INPUT', 'not UTF-8');
    return JSON.stringify(parseLosslessJson(bytes.toString('utf8')));
  },
};

const [suite] = process.argv.slice(2);
if (suite === undefined) throw new Error(`Pass a checkout of JSONTestSuite at ${REVISION}.`);

const folder = join(suite, 'test_parsing');
const files = readdirSync(folder).sort();
for (const [reader, read] of Object.entries(READERS)) {
  const passed = { y: 0, n: 0 };
  for (const file of files) {
    const kind = file[0] as 'y' | 'n' | 'i';
    const result = attempt(() => read(readFileSync(join(folder, file))));
    if (kind === 'i') console.log(`${reader}: ${file}: ${result.text.slice(0, 80)}`);
    else if (result.isRead === (kind === 'y')) passed[kind] += 1;
    else {
      process.exitCode = 1;
      console.log(`${reader}: FAILED ${file}: ${result.text.slice(0, 80)}`);
    }
  }
  const total = (kind: string) => files.filter((file) => file.startsWith(`${kind}_`)).length;
  console.log(
    `${reader}: ${passed.y} of ${total('y')} valid files read, ${passed.n} of ${total('n')} invalid ones refused`,
  );
}

function attempt(read: () => string): { readonly isRead: boolean; readonly text: string } {
  try {
    return { isRead: true, text: read() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { isRead: false, text: `${error.code} ${error.message}` };
  }
}
