import { type ExplainPolicyInput, PolicyExplainDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Table } from '../../ui/table.tsx';
import { Effect } from './effect.tsx';
import styles from './policy.module.css';

interface Props {
  readonly roles: readonly string[];
  readonly input: ExplainPolicyInput;
  readonly onChoose: (role: string) => void;
}

/** What the policy decides about one request, for each role. */
export function WhoMay({ roles, input, onChoose }: Props) {
  return (
    <Table label="Decision for each role" columns={['Role', 'Decision', 'Why', '-Actions']}>
      {roles.map((role) => (
        <RoleLine key={role} role={role} input={input} onChoose={onChoose} />
      ))}
    </Table>
  );
}

function RoleLine({ role, input, onChoose }: Omit<Props, 'roles'> & { readonly role: string }) {
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
