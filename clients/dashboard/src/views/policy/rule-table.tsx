import { Link } from 'wouter';
import type { PolicyRuleLineFragment } from '../../api/generated/graphql.ts';
import { Table } from '../../ui/table.tsx';
import { Effect } from './effect.tsx';
import styles from './policy.module.css';

interface Props {
  readonly label: string;
  readonly rules: readonly PolicyRuleLineFragment[];
  /** What each did not match, by its ID. */
  readonly missed?: ReadonlyMap<string, string>;
}

/** Rules of the policy, in its order or from the closest on. */
export function RuleTable({ label, rules, missed }: Props) {
  const columns = ['Effect', 'Role', 'Action', 'URI', 'Schema', 'Comment', 'Rule'];
  return (
    <Table label={label} columns={missed ? ['Difference', ...columns] : columns}>
      {rules.map(({ id, role, action, uri, schema, effect, obligation, comment }) => (
        <tr key={id} data-row={id}>
          {missed && <td>Another {missed.get(id)?.replace('uri', 'URI')}</td>}
          <td>
            <Effect effect={effect} />
            {obligation && <small>{obligation}</small>}
          </td>
          <td>{role}</td>
          <td className={styles.glob}>
            <code>{action}</code>
          </td>
          <td className={styles.glob}>
            <code>{uri}</code>
          </td>
          <td className={styles.glob}>
            <code>{schema}</code>
          </td>
          <td className={styles.glob}>{comment}</td>
          <td>
            <Link href={`/policy?q=${id}`}>
              <code>{id}</code>
            </Link>
          </td>
        </tr>
      ))}
    </Table>
  );
}
