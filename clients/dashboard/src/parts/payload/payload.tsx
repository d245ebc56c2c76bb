import { useState } from 'react';
import { type Content, PREVIEW_BYTES, useContent } from '../../api/content.ts';
import { DownloadLink } from '../../ui/download-link.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { sizeText } from '../../ui/time-text.ts';
import { formsOf, type PayloadForm } from './forms.ts';
import styles from './payload.module.css';
import { PayloadBody } from './payload-body.tsx';

export interface Stored {
  readonly uri?: string;
  readonly mediaType: string;
  readonly size: number;
  /** Where its bytes are; null when they are not stored. */
  readonly url: string | null | undefined;
}

const LABELS: Readonly<Record<PayloadForm, string>> = {
  json: 'Tree',
  table: 'Table',
  markdown: 'Markdown',
  html: 'HTML',
  image: 'Image',
  text: 'Text',
  hex: 'Bytes',
};

/**
 * Something stored, in the form that fits its media type, or in another. Over 256 KiB only the first 64 KiB are read; the whole is a download.
 */
export function Payload({ stored, label }: { readonly stored: Stored; readonly label: string }) {
  const { url, mediaType, size } = stored;
  const forms = formsOf(mediaType);
  const [form, setForm] = useState<PayloadForm>(forms[0] ?? 'hex');
  const { data, error, refetch } = useContent(url ?? undefined, size);
  return (
    <section className={styles.payload} aria-label={label}>
      <div className={styles.facts}>
        <code>{mediaType}</code>
        <span>{sizeText(size)}</span>
        {url != null && <DownloadLink href={url} />}
      </div>
      {url == null && <p className={styles.note}>Its bytes are not stored.</p>}
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {url != null && !error && (
        <Tabs
          label={`Forms of ${label}`}
          tabs={forms.map((value) => ({ value, label: LABELS[value] }))}
          value={form}
          onChange={setForm}
        >
          {data ? (
            <Shown content={data} form={form} stored={stored} />
          ) : (
            <Skeleton rows={4} label={`Loading ${label}`} />
          )}
        </Tabs>
      )}
    </section>
  );
}

function Shown({
  content,
  form,
  stored,
}: {
  readonly content: Content;
  readonly form: PayloadForm;
  readonly stored: Stored;
}) {
  return (
    <>
      {!content.isWhole && (
        <p className={styles.note}>
          The first {sizeText(PREVIEW_BYTES)} of {sizeText(stored.size)}. Download it to see all.
        </p>
      )}
      <PayloadBody content={content} form={form} url={stored.url ?? ''} />
    </>
  );
}
