import { PolicyRulesDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { SearchField } from '../../shell/search-field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { IfMay } from '../../ui/if-may.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { PolicyPage } from './policy-page.tsx';
import { RuleTable } from './rule-table.tsx';

const PARAMS = { q: text };

/** `/policy`: the rules in force. */
export function Policy() {
  return (
    <PolicyPage query={queryOf(PolicyRulesDocument, {})}>
      <IfMay action="query:policyRules" what="the rules">
        <Rules />
      </IfMay>
    </PolicyPage>
  );
}

function Rules() {
  const [{ q }, setUrl] = useUrlState(PARAMS);
  const { data, error, refetch } = useRead(PolicyRulesDocument, {});
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const rules = data?.policyRules.filter((rule) => {
    const line = Object.values(rule).join(' ').toLowerCase();
    return words.every((word) => line.includes(word));
  });
  return (
    <>
      <SearchField
        label="Search rules"
        placeholder="Words of a role, an action, a URI, a comment"
        value={q}
        onChange={(value) => setUrl({ q: value })}
      />
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!rules && !error && <Skeleton rows={12} label="Loading rules" />}
      {rules?.length === 0 && (
        <Empty title="No rules match">
          <p>A request that no rule matches is denied. Remove a word to see more rules.</p>
        </Empty>
      )}
      {rules && rules.length > 0 && <RuleTable label="Rules" rules={rules} />}
    </>
  );
}
