import { useRef } from 'react';
import { BASE_PATH } from '../../api/page.ts';
import styles from './payload.module.css';

/**
 * HTML that others wrote, in a frame with an opaque origin whose policy runs no script and loads nothing from anywhere. Its styles show.
 */
export function HtmlFrame({ html }: { readonly html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  return (
    <iframe
      key={html}
      ref={frame}
      title="HTML of a run"
      src={`${BASE_PATH}/frame.html`}
      sandbox="allow-scripts"
      className={styles.frame}
      onLoad={() => frame.current?.contentWindow?.postMessage(html, '*')}
    />
  );
}
