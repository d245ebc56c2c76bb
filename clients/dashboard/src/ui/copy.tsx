import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import styles from './copy.module.css';

const SHOWN_MS = 1500;

/** Copies a text, and says that it did. */
export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button
      type="button"
      className={styles.copy}
      onClick={() => void copy()}
      aria-label={copied ? 'Copied' : label}
      title={label}
    >
      {copied ? <Check size={14} aria-hidden="true" /> : <CopyIcon size={14} aria-hidden="true" />}
    </button>
  );
}
