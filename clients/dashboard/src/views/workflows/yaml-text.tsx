import { useEffect, useRef } from 'react';
import { Copy } from '../../ui/copy.tsx';
import styles from './yaml-text.module.css';

/** The text of a workflow to be read: with line numbers, and a line that is pointed at. */
export function YamlText({ text, line }: { readonly text: string; readonly line?: number | undefined }) {
  const frame = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const mark = line === undefined ? undefined : frame.current?.querySelectorAll<HTMLElement>('span')[line - 1];
    // Only the text scrolls, not the page under the pointer.
    if (mark && frame.current) frame.current.scrollTop = mark.offsetTop - frame.current.clientHeight / 3;
  }, [line]);
  return (
    <div className={styles.frame}>
      <div className={styles.copy}>
        <Copy text={text} label="Copy the text" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it */}
      <pre ref={frame} className={styles.text} tabIndex={0}>
        {text
          .trimEnd()
          .split('\n')
          .map((content, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <span key={index} className={styles.line} data-marked={index + 1 === line || undefined}>
              {content || ' '}
              {'\n'}
            </span>
          ))}
      </pre>
    </div>
  );
}
