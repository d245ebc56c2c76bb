import { SettingsSecretsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';

/** Names of the secrets that you may use somewhere. Nobody sees their values. */
export function SecretNames() {
  const { data, error, refetch } = useRead(SettingsSecretsDocument, {});
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} label="Loading the names of secrets" />;
  if (data.secretNames.length === 0) {
    return (
      <Empty title="No secrets that you may use">
        <p>The server has none, or no rule with secret:NAME permits you one. Their values are never shown.</p>
      </Empty>
    );
  }
  return (
    <>
      <p>You may use these secrets where a rule with secret:NAME allows it. Their values are never shown.</p>
      <ul>
        {data.secretNames.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
