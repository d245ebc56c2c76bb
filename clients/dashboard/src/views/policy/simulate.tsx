import type { EditorView } from '@codemirror/view';
import { Suspense, useRef, useState } from 'react';
import { PolicySimulateDocument, type PolicySimulateQuery, PolicyTextDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { choice, useUrlState } from '../../api/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { IfMay } from '../../ui/if-may.tsx';
import { loaded } from '../../ui/loaded.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Changes } from './changes.tsx';
import styles from './policy.module.css';
import { PolicyPage } from './policy-page.tsx';

/** The library for texts is loaded with it. */
const PolicyText = loaded(() => import('./policy-text.tsx'), 'PolicyText');

const HOUR_MS = 3_600_000;
const SINCE = {
  day: ['the last day', 24 * HOUR_MS],
  hour: ['the last hour', HOUR_MS],
  week: ['the last 7 days', 7 * 24 * HOUR_MS],
  month: ['the last 30 days', 30 * 24 * HOUR_MS],
} as const;

const PARAMS = { since: choice('day', 'hour', 'week', 'month') };

/** `/policy/simulate`: other rules, what is wrong with them, and which recorded decisions they would change. Nothing is saved. */
export function Simulate() {
  return (
    <PolicyPage query={queryOf(PolicyTextDocument, {})}>
      <IfMay action="query:policyRules" what="the rules">
        <Draft />
      </IfMay>
    </PolicyPage>
  );
}

function Draft() {
  const { data, error, refetch } = useRead(PolicyTextDocument, {});
  return (
    <>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={12} label="Loading the rules" />}
      {data && <Editor former={data.policySource.text} />}
    </>
  );
}

const NO_PROBLEMS: PolicySimulateQuery['simulatePolicy']['problems'] = [];

function Editor({ former }: { readonly former: string }) {
  const [{ since }, setUrl] = useUrlState(PARAMS);
  const [rules, setRules] = useState(former);
  const [asked, setAsked] = useState<{ readonly rules: string; readonly since: string }>();
  const view = useRef<EditorView>(null);
  const { data, error, isFetching, refetch } = useRead(PolicySimulateDocument, asked ?? { rules: '' }, {
    enabled: asked !== undefined,
  });
  const simulation = asked && data?.simulatePolicy;
  const showLine = (number: number) => {
    const editor = view.current;
    if (!editor || number > editor.state.doc.lines) return;
    const { from, to } = editor.state.doc.line(number);
    editor.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    editor.focus();
  };
  const discard = () => {
    const editor = view.current;
    editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: former } });
  };
  return (
    <div className={styles.simulate}>
      <p>
        These are the rules in force. Change them here to see what would be different; to use the change, replace the
        file <code>POLICY_FILE</code>.
      </p>
      <Suspense fallback={<Skeleton rows={12} label="Loading the editor" />}>
        <PolicyText text={former} view={view} onChange={setRules} problems={simulation?.problems ?? NO_PROBLEMS} />
      </Suspense>
      <div className={styles.controls}>
        <SelectField
          label="Decisions of"
          value={since}
          onChange={({ target }) => setUrl({ since: PARAMS.since.read([target.value]) })}
        >
          {Object.entries(SINCE).map(([value, [label]]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        <Button
          look="primary"
          may="query:policyRules"
          busy={isFetching}
          onClick={() => setAsked({ rules, since: new Date(Date.now() - SINCE[since][1]).toISOString() })}
        >
          Simulate
        </Button>
        {rules !== former && (
          <Button look="quiet" onClick={discard}>
            Discard changes
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {simulation && <Changes simulation={simulation} isOfText={asked.rules === rules} onLine={showLine} />}
    </div>
  );
}
