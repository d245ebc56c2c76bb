import { Fault } from '../../core/errors.ts';

/** What the bytes are: a JSON list, alone or as `rows` of an object; or one JSON value a line. */
export type ListFormat = 'list' | 'lines';

/** A part of the bytes with whole items; `end` is exclusive. */
export interface BatchRange {
  readonly start: number;
  readonly end: number;
  /** Its items. */
  readonly count: number;
}

interface BatchOptions {
  readonly size: number;
  readonly maxBatches: number;
  readonly maxBytes: number;
}

const [QUOTE, COMMA, COLON, BACKSLASH, LF] = [0x22, 0x2c, 0x3a, 0x5c, 0x0a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const ROWS = Buffer.from('rows');

const isSpace = (byte: number) => byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;

/** Divides the items into batches. It looks for their ends only; a batch is parsed when it is read. */
export interface BatchFinder {
  /** Takes the next bytes. @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE */
  push(bytes: Uint8Array): void;
  /** @throws Fault BAD_INPUT when the list is not complete */
  end(): readonly BatchRange[];
}

export function createBatchFinder(format: ListFormat, options: BatchOptions): BatchFinder {
  const batches: BatchRange[] = [];
  let count = 0;
  let start = -1;
  let last = -1;
  /** An item ended before this position. */
  const endItem = (position: number, isFirstByte: number) => {
    if (count === 0) start = isFirstByte;
    count += 1;
    last = position;
    if (last - start > options.maxBytes) {
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `A batch of for_each has more than ${options.maxBytes} bytes. Lower batch.`,
        { path: ['batch'] },
      );
    }
    if (count === options.size) endBatch();
  };
  const endBatch = () => {
    if (count === 0) return;
    if (batches.length === options.maxBatches) {
      const message = `for_each takes at most ${options.maxBatches} batches. Raise batch, or split the source.`;
      throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['batch'] });
    }
    batches.push({ start, end: last, count });
    count = 0;
  };
  const scan = format === 'lines' ? createLineScanner(endItem) : createListScanner(endItem);
  let position = 0;
  return {
    push(bytes) {
      scan.push(bytes, position);
      position += bytes.byteLength;
    },
    end() {
      scan.end(position);
      endBatch();
      return batches;
    },
  };
}

type OnItem = (end: number, start: number) => void;

interface Scanner {
  push(bytes: Uint8Array, offset: number): void;
  end(length: number): void;
}

function createLineScanner(onItem: OnItem): Scanner {
  let from = -1;
  return {
    push(bytes, offset) {
      for (let i = 0; i < bytes.byteLength; ) {
        if (from < 0) {
          const byte = bytes[i] as number;
          if (!isSpace(byte) && !(offset + i < 3 && byte === BYTE_ORDER_MARK[offset + i])) from = offset + i;
          else i += 1;
          continue;
        }
        const at = bytes.indexOf(LF, i);
        if (at < 0) return;
        onItem(offset + at, from);
        from = -1;
        i = at + 1;
      }
    },
    end(length) {
      if (from >= 0) onItem(length, from);
    },
  };
}

function createListScanner(onItem: OnItem): Scanner {
  let depth = 0;
  /** Depth of the items; 0 before the list was found, -1 after it. */
  let listDepth = 0;
  let inString = false;
  let isEscaped = false;
  let itemStart = -1;
  /** Of an object on the outside: the last text, and whether a colon followed it. */
  let text: number[] = [];
  let isRows = false;

  const open = (byte: number) => {
    depth += 1;
    if (listDepth !== 0 || byte !== OPEN_LIST) return;
    if (depth === 1 || (depth === 2 && isRows)) listDepth = depth;
  };
  const fail = (why: string) =>
    new Fault('BAD_INPUT', `for_each requires a list: JSON, or an object with the list as rows. ${why}`);

  return {
    push(bytes, offset) {
      for (let i = 0; i < bytes.byteLength; i += 1) {
        const byte = bytes[i] as number;
        if (inString) {
          if (listDepth === 0 && depth === 1 && text.length <= ROWS.length) text.push(byte);
          if (isEscaped) isEscaped = false;
          else if (byte === BACKSLASH) isEscaped = true;
          else if (byte === QUOTE) inString = false;
          continue;
        }
        if (isSpace(byte)) continue;
        if (listDepth < 0) {
          if (depth === 0) throw fail('Something follows the list.');
        } else if (listDepth > 0 && depth === listDepth) {
          if (byte === COMMA || byte === CLOSE_LIST) {
            if (itemStart < 0 && byte === COMMA) throw fail('An item is missing.');
            if (itemStart >= 0) onItem(offset + i, itemStart);
            itemStart = -1;
            if (byte === COMMA) continue;
          } else if (itemStart < 0) itemStart = offset + i;
        }
        if (byte === QUOTE) {
          inString = true;
          if (listDepth === 0 && depth === 1) text = [];
        } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) open(byte);
        else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          depth -= 1;
          if (listDepth > 0 && depth < listDepth) listDepth = -1;
          if (depth < 0) throw fail('A bracket is not opened.');
        } else if (listDepth === 0) {
          if (byte === COLON && depth === 1) isRows = Buffer.from(text.slice(0, -1)).equals(ROWS);
          else if (byte === COMMA && depth === 1) isRows = false;
          else if (depth === 0 && !(offset + i < 3 && byte === BYTE_ORDER_MARK[offset + i]))
            throw fail('It is neither.');
        }
      }
    },
    end() {
      if (listDepth === 0) throw fail('There is no list.');
      if (inString || depth !== 0) throw fail('It is cut off.');
    },
  };
}
