import { columnList } from '../rows/columns.ts';

/** PostgreSQL's name and OID of a type (pg_type.dat). Integers of any size are sent as eight bytes. */
const PG_TYPES = {
  text: { name: 'text', oid: 25 },
  integer: { name: 'int8', oid: 20 },
  time: { name: 'timestamptz', oid: 1184 },
} as const;

type ArrayColumnType = keyof typeof PG_TYPES;

/** Columns whose types can be sent as arrays. */
export type ArrayColumns = Readonly<Record<string, ArrayColumnType>>;

/** Milliseconds from 1970 to 2000, PostgreSQL's epoch. */
const PG_EPOCH_MS = 946_684_800_000;
const ARRAY_HEADER_BYTES = 20;

/**
 * Inserts the rows of `toColumnArrays`. One array per column costs the server half of what one JSON object per row does.
 * @param parameter allocates the next parameter of the statement
 */
export function insertFromArrays(table: string, columns: ArrayColumns, parameter: () => string): string {
  const arrays = Object.values(columns).map((type) => `${parameter()}::${PG_TYPES[type].name}[]`);
  return `INSERT INTO ${table} (${columnList(columns)}) SELECT * FROM unnest(${arrays.join(', ')})`;
}

/** A parameter for each column: the array of its values, in PostgreSQL's binary format. */
export function toColumnArrays<Row extends object>(columns: ArrayColumns, rows: readonly Row[]): Buffer[] {
  return Object.entries(columns).map(([field, type]) => {
    const values = rows.map((row) => row[field as keyof Row] as string | number | null);
    return encodeArray(values, type);
  });
}

/** Header: dimensions, whether it has nulls, type, length and first index. Then each value: its size and its bytes. */
function encodeArray(values: readonly (string | number | null)[], type: ArrayColumnType): Buffer {
  let size = ARRAY_HEADER_BYTES;
  for (const value of values)
    size += 4 + (value === null ? 0 : typeof value === 'string' ? Buffer.byteLength(value) : 8);
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeInt32BE(1);
  at = bytes.writeInt32BE(1, at);
  at = bytes.writeInt32BE(PG_TYPES[type].oid, at);
  at = bytes.writeInt32BE(values.length, at);
  at = bytes.writeInt32BE(1, at);
  for (const value of values) {
    if (value === null) at = bytes.writeInt32BE(-1, at);
    else if (typeof value === 'string') {
      const length = bytes.write(value, at + 4);
      at = bytes.writeInt32BE(length, at) + length;
    } else {
      at = bytes.writeInt32BE(8, at);
      at = bytes.writeBigInt64BE(type === 'time' ? BigInt(value - PG_EPOCH_MS) * 1_000n : BigInt(value), at);
    }
  }
  return bytes;
}
