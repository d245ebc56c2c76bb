import { useRef, useState } from 'react';
import { PolicySimulateDocument, PolicyTextDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { choice, useUrlState } from '../../api/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextArea } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Changes } from './changes.tsx';
import styles from './policy.module.css';
import { PolicyPage } from './policy-page.tsx';

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
  const { data, error, refetch } = useRead(PolicyTextDocument, {});
  return (
    <PolicyPage query={queryOf(PolicyTextDocument, {})}>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={12} label="Loading the rules" />}
      {data && <Editor former={data.policySource.text} />}
    </PolicyPage>
  );
}

function Editor({ former }: { readonly former: string }) {
  const [{ since }, setUrl] = useUrlState(PARAMS);
  const [rules, setRules] = useState(former);
  const [asked, setAsked] = useState<{ readonly rules: string; readonly since: string }>();
  const field = useRef<HTMLDivElement>(null);
  const { data, error, isFetching, refetch } = useRead(PolicySimulateDocument, asked ?? { rules: '' }, {
    enabled: asked !== undefined,
  });
  const simulation = asked && data?.simulatePolicy;
  const showLine = (line: number) => {
    const area = field.current?.querySelector('textarea');
    if (!area) return;
    const lines = area.value.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <div className={styles.simulate}>
      <div ref={field}>
        <TextArea
          label="Rules"
          hint="As in the file POLICY_FILE. To use them, replace that file."
          rows={16}
          spellCheck={false}
          wrap="off"
          value={rules}
          onChange={({ target }) => setRules(target.value)}
        />
      </div>
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
          <Button look="quiet" onClick={() => setRules(former)}>
            Discard changes
          </Button>
        )}
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {simulation && <Changes simulation={simulation} isOfText={asked.rules === rules} onLine={showLine} />}
    </div>
  );
}
