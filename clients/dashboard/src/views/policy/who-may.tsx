import { type ExplainPolicyInput, PolicyExplainDocument, PolicyTextDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Effect } from './effect.tsx';
import styles from './policy.module.css';

interface Props {
  readonly input: ExplainPolicyInput;
  readonly onChoose: (role: string) => void;
}

/** What the policy decides about one request, for each role. */
export function WhoMay({ input, onChoose }: Props) {
  const { data, error, refetch } = useRead(PolicyTextDocument, {});
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} label="Loading the roles" />;
  return (
    <Table label="Decision for each role" columns={['Role', 'Decision', 'Why', '-Actions']}>
      {data.policySource.roles.map((role) => (
        <RoleLine key={role} role={role} input={input} onChoose={onChoose} />
      ))}
    </Table>
  );
}

function RoleLine({ role, input, onChoose }: Props & { readonly role: string }) {
  const { data, error } = useRead(PolicyExplainDocument, { input: { ...input, role } });
  return (
    <tr>
      <td>{role}</td>
      <td>{data && <Effect effect={data.explainPolicy.effect} />}</td>
      <td className={styles.reason}>{error ? error.message : data?.explainPolicy.reason}</td>
      <td>
        <Button look="quiet" onClick={() => onChoose(role)}>
          Explain <span className="visually-hidden">{role}</span>
        </Button>
      </td>
    </tr>
  );
}
