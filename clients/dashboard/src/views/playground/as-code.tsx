import { useState } from 'react';
import { BASE_PATH } from '../../api/page.ts';
import { Copy } from '../../ui/copy.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { type CodeForm, codeOf } from './code.ts';
import type { PlayRequest } from './play.ts';
import styles from './playground.module.css';

const FORMS: readonly { readonly value: CodeForm; readonly label: string }[] = [
  { value: 'graphql', label: 'GraphQL' },
  { value: 'curl', label: 'curl' },
  { value: 'typescript', label: 'TypeScript' },
  { value: 'cli', label: 'CLI' },
];

/** The request of the form, as a program sends it. */
export function AsCode({ request }: { readonly request: PlayRequest }) {
  const [form, setForm] = useState<CodeForm>('graphql');
  const code = codeOf(form, request, `${window.location.origin}${BASE_PATH}`);
  return (
    <section aria-label="As code" className={styles.code}>
      <Tabs label="As code" tabs={FORMS} value={form} onChange={setForm}>
        <Copy text={code} label="Copy the code" />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must be able to scroll it */}
        <pre tabIndex={0}>{code}</pre>
      </Tabs>
    </section>
  );
}
