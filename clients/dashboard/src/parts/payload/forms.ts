/** A way to show bytes. */
export type PayloadForm = 'json' | 'table' | 'markdown' | 'html' | 'image' | 'text' | 'hex';

/** The forms that fit a media type, the best first. Bytes are always one of them. */
export function formsOf(mediaType: string): readonly PayloadForm[] {
  const [type = ''] = mediaType.toLowerCase().split(';');
  const name = type.trim();
  if (name === 'text/csv' || name === 'text/tab-separated-values') return ['table', 'text', 'hex'];
  if (name === 'application/json' || name.endsWith('+json')) return ['json', 'table', 'text', 'hex'];
  if (name === 'text/markdown') return ['markdown', 'text', 'hex'];
  if (name === 'text/html' || name === 'application/xhtml+xml') return ['html', 'text', 'hex'];
  if (name === 'image/svg+xml') return ['image', 'text', 'hex'];
  if (name.startsWith('image/')) return ['image', 'hex'];
  const isText =
    name.startsWith('text/') || name.endsWith('+xml') || /^application\/(xml|yaml|javascript|x-ndjson)$/.test(name);
  return isText ? ['text', 'hex'] : ['hex', 'text'];
}

/** A table: what the columns are called, and the text of each cell. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A list of objects as a table; undefined for other values. Values that are not text are JSON. */
export function rowsOfJson(value: unknown): Rows | undefined {
  const list = Array.isArray(value) ? value : listIn(value);
  if (!list || list.length === 0 || !list.every(isRecord)) return undefined;
  const columns = [...new Set(list.flatMap((item) => Object.keys(item)))];
  return { columns, rows: list.map((item) => columns.map((column) => cellText(item[column]))) };
}

/** The only list in an object, such as `rows` of a converted table. */
function listIn(value: unknown): readonly unknown[] | undefined {
  const lists = isRecord(value) ? Object.values(value).filter(Array.isArray) : [];
  return lists.length === 1 ? lists[0] : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function cellText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Bytes as a hexadecimal dump: offset, 16 bytes, and their printable characters. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const printable = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${printable}`);
  }
  return lines.join('\n');
}
