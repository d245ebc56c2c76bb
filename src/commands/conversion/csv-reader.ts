import { Fault } from '../../core/errors.ts';

export interface CsvReader {
  /** Reads on; calls `onRecord` for each record that is complete. @throws Fault BAD_INPUT with the line */
  push(text: string): void;
  /** @throws Fault BAD_INPUT when a quoted field is still open */
  end(): void;
}

interface CsvReaderOptions {
  /** One UTF-16 unit. */
  readonly delimiter: string;
  /** False where a quote is a character like others. Default true. */
  readonly quoting?: boolean;
  /** `line` counts from 1 and is where the record begins. The list is new for every record. */
  onRecord(fields: string[], line: number): void;
}

/** In UTF-16 units. A record is held in memory; an unclosed quote must not make it the whole file. */
export const MAX_RECORD_LENGTH = 1_048_576;
export const MAX_FIELDS = 16_384;

const QUOTE = 34;
const LF = 10;
const CR = 13;

/**
 * CSV as RFC 4180 has it, piece by piece: quoted fields with `""` for a quote, line breaks inside quotes; LF and CR
 * end a record as CRLF does; an empty line is no record. Strict about quotes: what follows a closing quote, or a
 * quote inside an unquoted field, is an error with its line. Without quoting: text/tab-separated-values as IANA registers it.
 *
 * Own code because the libraries at hand build an Error object for every ragged record: 256 KiB of those would hold
 * up the event loop for most of a second. A test keeps it equal to csv-parse.
 */
export function createCsvReader({ delimiter, quoting = true, onRecord }: CsvReaderOptions): CsvReader {
  const separator = delimiter.charCodeAt(0);
  let state: 'start' | 'plain' | 'quoted' | 'quote' = 'start';
  let fields: string[] = [];
  let field = '';
  /** A field in quotes was there: an empty record that was written as `""` counts. */
  let wasQuoted = false;
  let length = 0;
  let line = 1;
  let recordLine = 1;
  let afterCr = false;

  const fault = (what: string) => new Fault('BAD_INPUT', `CSV, line ${line}: ${what}`);

  const take = (piece: string) => {
    field += piece;
    length += piece.length;
    if (length > MAX_RECORD_LENGTH) {
      const message = `the record that begins in line ${recordLine} is longer than ${MAX_RECORD_LENGTH} characters. Is a quote not closed?`;
      throw fault(message);
    }
  };

  const endField = () => {
    if (fields.length === MAX_FIELDS) throw fault(`a record has more than ${MAX_FIELDS} fields.`);
    fields.push(field);
    field = '';
    state = 'start';
  };

  const endRecord = () => {
    const blank = fields.length === 0 && field === '' && !wasQuoted;
    endField();
    if (!blank) onRecord(fields, recordLine);
    fields = [];
    length = 0;
    wasQuoted = false;
  };

  const breakLine = (code: number) => {
    endRecord();
    line += 1;
    recordLine = line;
    afterCr = code === CR;
  };

  return {
    push(text) {
      let at = 0;
      // The LF of a CRLF whose CR ended the record.
      if (afterCr && text.length > 0) {
        if (text.charCodeAt(0) === LF) at = 1;
        afterCr = false;
      }
      while (at < text.length) {
        if (state === 'quoted') {
          const close = text.indexOf('"', at);
          const piece = close < 0 ? text.slice(at) : text.slice(at, close);
          line += lineBreaks(piece);
          take(piece);
          if (close < 0) return;
          state = 'quote';
          at = close + 1;
          continue;
        }
        const code = text.charCodeAt(at);
        if (code === separator || code === LF || code === CR) {
          if (code === separator) endField();
          else {
            breakLine(code);
            if (afterCr && at + 1 < text.length) {
              if (text.charCodeAt(at + 1) === LF) at += 1;
              afterCr = false;
            }
          }
          at += 1;
        } else if (state === 'quote') {
          if (code !== QUOTE) throw fault('after a closing quote a delimiter or the end of the line must come.');
          take('"');
          state = 'quoted';
          at += 1;
        } else if (code === QUOTE && quoting) {
          if (state === 'plain') throw fault('a quote stands inside a field that is not quoted.');
          state = 'quoted';
          wasQuoted = true;
          at += 1;
        } else {
          const from = at;
          while (at < text.length && !isSpecial(text.charCodeAt(at), separator, quoting)) at += 1;
          take(text.slice(from, at));
          state = 'plain';
        }
      }
    },
    end() {
      if (state === 'quoted') throw fault(`the quote opened in the record of line ${recordLine} is not closed.`);
      if (fields.length > 0 || field !== '' || wasQuoted) endRecord();
    },
  };
}

function isSpecial(code: number, separator: number, quoting: boolean): boolean {
  return code === separator || code === LF || code === CR || (code === QUOTE && quoting);
}

/** CR, LF and CRLF each count once, except a CRLF that is cut between two pieces. */
function lineBreaks(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === LF ? text.charCodeAt(i - 1) !== CR : code === CR) count += 1;
  }
  return count;
}
