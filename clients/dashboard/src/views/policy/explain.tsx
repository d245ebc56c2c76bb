import { useDeferredValue } from 'react';
import { type ExplainPolicyInput, PolicyExplainDocument, PolicyTextDocument } from '../../api/generated/graphql.ts';
import { useMay } from '../../api/may.ts';
import { useRead } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { IfMay } from '../../ui/if-may.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Effect } from './effect.tsx';
import styles from './policy.module.css';
import { PolicyPage } from './policy-page.tsx';
import { RuleTable } from './rule-table.tsx';
import { WhoMay } from './who-may.tsx';

const PARAMS = { role: text, action: text, uri: text, schema: text };

const EVERY_ROLE = '*';

/** `/policy/explain`: what the policy decides about a request, by which rule, and which rules almost matched. A link has the request. */
export function Explain() {
  const [url, setUrl] = useUrlState(PARAMS);
  const mayRead = useMay('query:policyRules');
  const { data } = useRead(PolicyTextDocument, {}, { enabled: mayRead.isKnown && mayRead.allowed });
  const roles = data?.policySource.roles ?? [];
  const { role, action, uri, schema } = useDeferredValue(url);
  const input: ExplainPolicyInput = {
    action: action.trim(),
    ...(uri.trim() !== '' && { uri: uri.trim() }),
    ...(schema.trim() !== '' && { schemaUri: schema.trim() }),
  };
  const ofRole = { ...input, ...(role !== '' && role !== EVERY_ROLE && { role }) };
  const query =
    input.action === '' ? queryOf(PolicyTextDocument, {}) : queryOf(PolicyExplainDocument, { input: ofRole });
  return (
    <PolicyPage query={query}>
      <div className={styles.request}>
        <SelectField label="Role" value={url.role} onChange={({ target }) => setUrl({ role: target.value })}>
          <option value="">Your roles</option>
          {(roles.length > 0 || url.role === EVERY_ROLE) && <option value={EVERY_ROLE}>Every role</option>}
          {[...new Set([...roles, url.role])]
            .filter((one) => one !== '' && one !== EVERY_ROLE)
            .map((one) => (
              <option key={one}>{one}</option>
            ))}
        </SelectField>
        <TextField
          label="Action"
          hint="Such as command:fetch, workflow:nightly or mutation:cancelRun"
          autoComplete="off"
          spellCheck={false}
          value={url.action}
          onChange={({ target }) => setUrl({ action: target.value })}
        />
        <TextField
          label="URI (optional)"
          hint="What is read, sent to, or changed"
          autoComplete="off"
          spellCheck={false}
          value={url.uri}
          onChange={({ target }) => setUrl({ uri: target.value })}
        />
        <TextField
          label="Schema (optional)"
          hint="URI of the JSON Schema"
          autoComplete="off"
          spellCheck={false}
          value={url.schema}
          onChange={({ target }) => setUrl({ schema: target.value })}
        />
      </div>
      {input.action === '' ? (
        <Empty title="Which action?">
          <p>Enter one to see what the policy decides about it. Nothing is executed, counted or recorded.</p>
        </Empty>
      ) : role === EVERY_ROLE ? (
        <IfMay action="query:policyRules" what="the roles">
          <WhoMay input={input} onChoose={(one) => setUrl({ role: one }, { push: true })} />
        </IfMay>
      ) : (
        <Answer input={ofRole} />
      )}
    </PolicyPage>
  );
}

function Answer({ input }: { readonly input: ExplainPolicyInput }) {
  const { data, error, refetch } = useRead(PolicyExplainDocument, { input });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} label="Asking the policy" />;
  const { effect, reason, canonicalUri, rule, nearMisses } = data.explainPolicy;
  return (
    <section className={styles.answer} aria-label="Decision">
      <div role="status">
        <h2>
          <Effect effect={effect} />
        </h2>
        <p>{reason}</p>
        {canonicalUri && canonicalUri !== input.uri && (
          <p>
            The rules are matched with <code>{canonicalUri}</code>.
          </p>
        )}
      </div>
      {rule && <RuleTable label="The rule that decides" rules={[rule]} />}
      {nearMisses.length > 0 && (
        <>
          <h3>Rules that almost match</h3>
          <RuleTable
            label="Rules that almost match"
            rules={nearMisses.map((miss) => miss.rule)}
            missed={new Map(nearMisses.map((miss) => [miss.rule.id, miss.missed]))}
          />
        </>
      )}
    </section>
  );
}
