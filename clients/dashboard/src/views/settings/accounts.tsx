import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  type SettingsAccountFragment,
  SettingsAccountsDocument,
  SettingsUpdateAccountDocument,
} from '../../api/generated/graphql.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { AccountDialog, type AccountTask } from './account-dialog.tsx';
import styles from './settings.module.css';

/** The accounts of the tenant: create, change roles, disable, replace a password. */
export function Accounts() {
  const [task, setTask] = useState<AccountTask>();
  const { nodes, error, refetch, hasNextPage, fetchNextPage } = useReadPages(
    SettingsAccountsDocument,
    {},
    ({ accounts }) => accounts,
  );
  return (
    <>
      <div className={styles.head}>
        <p>People of your tenant who sign in with a password.</p>
        <Button may="account:write" on="role:user" onClick={() => setTask({ kind: 'create' })}>
          Create an account
        </Button>
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={4} label="Loading accounts" />}
      {nodes?.length === 0 && (
        <Empty title="No accounts yet">
          <p>The accounts of development mode are not listed.</p>
        </Empty>
      )}
      {nodes && nodes.length > 0 && (
        <Table label="Accounts" columns={['User name', 'Roles', 'State', '-Actions']}>
          {nodes.map((account) => (
            <AccountLine key={account.subject} account={account} onTask={setTask} />
          ))}
        </Table>
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>Show more</Button>}
      {task && <AccountDialog task={task} onClose={() => setTask(undefined)} />}
    </>
  );
}

interface LineProps {
  readonly account: SettingsAccountFragment;
  readonly onTask: (task: AccountTask) => void;
}

function AccountLine({ account, onTask }: LineProps) {
  const { username, roles, disabled } = account;
  const on = `role:${roles[0]}`;
  const update = useSend(SettingsUpdateAccountDocument, (result) => unwrap(result.updateAccount), ['SettingsAccounts']);
  const enable = () =>
    update.mutate(
      { input: { username, disabled: false } },
      { onSuccess: () => toast(`${username} may sign in.`, 'good'), onError: (error) => toast(error.message, 'bad') },
    );
  return (
    <tr>
      <td>{username}</td>
      <td>{roles.join(', ')}</td>
      <td>{disabled ? 'Disabled' : 'Enabled'}</td>
      <td>
        <span className={styles.actions}>
          <Button may="account:write" on={on} onClick={() => onTask({ kind: 'roles', account })}>
            Roles <span className="visually-hidden">of {username}</span>
          </Button>
          <Button may="account:write" on={on} onClick={() => onTask({ kind: 'password', account })}>
            Password <span className="visually-hidden">of {username}</span>
          </Button>
          <Button
            may="account:write"
            on={on}
            look={disabled ? 'plain' : 'danger'}
            busy={update.isPending}
            onClick={disabled ? enable : () => onTask({ kind: 'disable', account })}
          >
            {disabled ? 'Enable' : 'Disable'} <span className="visually-hidden">{username}</span>
          </Button>
        </span>
      </td>
    </tr>
  );
}
