import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Fault } from '../../core/errors.ts';
import type { TableRow } from './table-rows.ts';

/** What a file of rows has. */
export interface TableFile {
  readonly rows: number;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
}

/** Lines that are written at once. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Writes rows as a line of JSON each, compressed (gzip). */
export async function writeTableFile(path: string, rows: AsyncIterable<TableRow>): Promise<TableFile> {
  let count = 0;
  async function* lines() {
    let chunk = '';
    for await (const row of rows) {
      count += 1;
      chunk += `${JSON.stringify(row)}\n`;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield chunk;
      chunk = '';
    }
    if (chunk !== '') yield chunk;
  }
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform: (chunk, _, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  await pipeline(Readable.from(lines()), createGzip({ level: 3 }), hashed, file);
  return { rows: count, sha256: hash.digest('hex') };
}

/** The rows of a file. @throws Fault CONFLICT when it is not the file that was written */
export async function* readTableFile(path: string, expected: TableFile): AsyncGenerator<TableRow> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  if (hash.digest('hex') !== expected.sha256) {
    throw new Fault('CONFLICT', `${path} was changed after the backup was made. Restore another backup.`);
  }
  const text = createGunzip().setEncoding('utf8');
  // Its errors end the iteration below.
  pipeline(createReadStream(path), text).catch(() => undefined);
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as TableRow;
  }
}
