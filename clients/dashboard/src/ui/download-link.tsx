import { Download } from 'lucide-react';
import { type MouseEvent, useRef } from 'react';
import { keepSession } from '../api/content.ts';

/** Downloads what is at a path of the server. */
export function DownloadLink({ href }: { readonly href: string }) {
  const isReady = useRef(false);
  const onClick = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (isReady.current) return;
    event.preventDefault();
    const link = event.currentTarget;
    await keepSession(href);
    isReady.current = true;
    link.click();
    isReady.current = false;
  };
  return (
    <a href={href} download onClick={(event) => void onClick(event)}>
      <Download size={14} aria-hidden="true" /> Download
    </a>
  );
}
