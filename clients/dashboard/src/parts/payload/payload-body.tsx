import { Suspense } from 'react';
import type { Content } from '../../api/content.ts';
import { loaded } from '../../ui/loaded.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import { DataTable } from './data-table.tsx';
import { hexDump, type PayloadForm, rowsOfJson } from './forms.ts';
import { HtmlFrame } from './html-frame.tsx';
import { JsonTree } from './json-tree.tsx';
import styles from './payload.module.css';

const CsvTable = loaded(() => import('./csv-table.tsx'), 'CsvTable');
const Markdown = loaded(() => import('./markdown.tsx'), 'Markdown');

/** A hexadecimal dump is four times as long as its bytes. */
const HEX_BYTES = 4096;

interface Props {
  readonly content: Content;
  readonly form: PayloadForm;
  readonly url: string;
}

/** The bytes in one form. What cannot be shown in it is shown as text. */
export function PayloadBody({ content, form, url }: Props) {
  const { bytes, isWhole } = content;
  if (form === 'image') return <img src={url} alt="What is stored" className={styles.image} />;
  if (form === 'hex') return <pre className={styles.text}>{hexDump(bytes.subarray(0, HEX_BYTES))}</pre>;
  const text = textOf(bytes);
  if (form === 'html') return <HtmlFrame html={text} />;
  if (form === 'markdown') {
    return (
      <Suspense fallback={<Skeleton rows={4} />}>
        <Markdown text={text} />
      </Suspense>
    );
  }
  if (form === 'json') {
    const value = isWhole ? jsonOf(text) : undefined;
    return value === undefined ? <pre className={styles.text}>{text}</pre> : <JsonTree value={value} />;
  }
  if (form === 'table') return <Table text={text} isWhole={isWhole} />;
  return <pre className={styles.text}>{text}</pre>;
}

function Table({ text, isWhole }: { readonly text: string; readonly isWhole: boolean }) {
  const json = isWhole ? jsonOf(text) : undefined;
  const rows = rowsOfJson(json);
  if (rows) return <DataTable {...rows} />;
  if (json !== undefined) return <p className={styles.note}>Not a list of objects.</p>;
  return (
    <Suspense fallback={<Skeleton rows={4} />}>
      <CsvTable text={text} isWhole={isWhole} />
    </Suspense>
  );
}

/** What is not UTF-8 is replaced; a character that is cut at the end is left out. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
