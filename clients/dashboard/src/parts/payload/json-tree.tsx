import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Copy } from '../../ui/copy.tsx';
import styles from './json-tree.module.css';

/** Entries that are shown at a time. */
const ENTRIES_AT_ONCE = 100;
/** Of the root, and what it contains. */
const OPEN_LEVELS = 2;
const MAX_TEXT = 2000;

interface Props {
  readonly value: unknown;
}

/** A JSON value as a tree. Only what is open is rendered. A path can be copied as an expression reads it. */
export function JsonTree({ value }: Props) {
  return (
    <div className={styles.tree}>
      <Node name={undefined} value={value} path="$" level={0} />
    </div>
  );
}

interface NodeProps extends Props {
  /** Undefined for the root. */
  readonly name: string | undefined;
  readonly path: string;
  readonly level: number;
}

function Node({ name, value, path, level }: NodeProps) {
  const entries = entriesOf(value);
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS && (entries?.length ?? 0) <= ENTRIES_AT_ONCE);
  const [shown, setShown] = useState(ENTRIES_AT_ONCE);
  const label = name !== undefined && <span className={styles.name}>{name}</span>;
  if (!entries) {
    return (
      <div className={styles.leaf}>
        {label}
        <Leaf value={value} />
        <Tools value={value} path={path} />
      </div>
    );
  }
  return (
    <div className={styles.branch}>
      <div className={styles.leaf}>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className={styles.toggle}>
          {isOpen ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
          {label}
          <span className={styles.count}>{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
        </button>
        <Tools value={value} path={path} />
      </div>
      {isOpen && (
        <div className={styles.children}>
          {entries.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} path={pathOf(path, key, Array.isArray(value))} level={level + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className={styles.more} onClick={() => setShown(shown + ENTRIES_AT_ONCE)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: Props) {
  if (typeof value !== 'string') return <span className={styles.literal}>{JSON.stringify(value)}</span>;
  const isLong = value.length > MAX_TEXT;
  return (
    <span className={styles.text}>
      <bdi>{JSON.stringify(isLong ? value.slice(0, MAX_TEXT) : value)}</bdi>
      {isLong && <em> {value.length} characters</em>}
    </span>
  );
}

function Tools({ value, path }: { readonly value: unknown; readonly path: string }) {
  return (
    <span className={styles.tools}>
      <Copy text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} label="Copy value" />
      {path !== '$' && <Copy text={path} label={`Copy path ${path}`} />}
    </span>
  );
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function pathOf(parent: string, key: string, isList: boolean): string {
  if (isList) return `${parent}[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
