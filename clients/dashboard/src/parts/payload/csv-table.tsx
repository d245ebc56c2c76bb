import { parse } from 'csv-parse/browser/esm/sync';
import { useMemo } from 'react';
import { DataTable } from './data-table.tsx';
import styles from './payload.module.css';

/** Separated values as a table; the first row has the names. What cannot be read as such is text. */
export function CsvTable({ text, isWhole }: { readonly text: string; readonly isWhole: boolean }) {
  const rows = useMemo(() => rowsOf(text, isWhole), [text, isWhole]);
  const [columns, ...rest] = rows ?? [];
  return columns ? <DataTable columns={columns} rows={rest} /> : <pre className={styles.text}>{text}</pre>;
}

function rowsOf(text: string, isWhole: boolean): readonly (readonly string[])[] | undefined {
  const lastLine = isWhole ? text.length : text.lastIndexOf('\n') + 1;
  const firstLine = text.slice(0, text.indexOf('\n') + 1 || undefined);
  const delimiter = [',', '\t', ';'].reduce((best, one) =>
    firstLine.split(one).length > firstLine.split(best).length ? one : best,
  );
  try {
    return parse(text.slice(0, lastLine), { delimiter, relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch {
    return undefined;
  }
}
