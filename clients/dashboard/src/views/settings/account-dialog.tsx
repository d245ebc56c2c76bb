import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  type SettingsAccountFragment,
  SettingsCreateAccountDocument,
  SettingsSetPasswordDocument,
  SettingsUpdateAccountDocument,
} from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';

export type AccountTask =
  | { readonly kind: 'create' }
  | { readonly kind: 'roles' | 'password' | 'disable'; readonly account: SettingsAccountFragment };

const REFRESHES = ['SettingsAccounts'];
const MIN_PASSWORD_CHARACTERS = 12;

const TEXTS = {
  create: ['Create an account', 'Create', 'is created.'],
  roles: ['Change the roles', 'Save', 'has the roles.'],
  password: ['Replace the password', 'Replace', 'is signed out and has the new password.'],
  disable: ['Disable the account', 'Disable', 'is disabled.'],
} as const;

/** Asks for what a change of an account needs, and makes it. */
export function AccountDialog({ task, onClose }: { readonly task: AccountTask; readonly onClose: () => void }) {
  const former = task.kind === 'create' ? undefined : task.account;
  const [username, setUsername] = useState(former?.username ?? '');
  const [roleText, setRoleText] = useState(former?.roles.join(', ') ?? 'user');
  const [password, setPassword] = useState('');
  const create = useSend(SettingsCreateAccountDocument, (result) => unwrap(result.createAccount), REFRESHES);
  const update = useSend(SettingsUpdateAccountDocument, (result) => unwrap(result.updateAccount), REFRESHES);
  const replace = useSend(SettingsSetPasswordDocument, (result) => unwrap(result.setPassword), REFRESHES);
  const roles = roleText.split(/[\s,]+/).filter(Boolean);
  const [title, action, done] = TEXTS[task.kind];
  const asksRoles = task.kind === 'create' || task.kind === 'roles';
  const asksPassword = task.kind === 'create' || task.kind === 'password';
  const whyNot =
    username.trim() === ''
      ? 'An account needs a user name.'
      : asksRoles && roles.length === 0
        ? 'An account needs a role.'
        : asksPassword && password.length < MIN_PASSWORD_CHARACTERS
          ? `A password has at least ${MIN_PASSWORD_CHARACTERS} characters.`
          : undefined;
  const options = {
    onSuccess: () => {
      toast(`${username} ${done}`, 'good');
      onClose();
    },
  };
  const save = () => {
    if (task.kind === 'create') create.mutate({ input: { username: username.trim(), password, roles } }, options);
    else if (task.kind === 'password') replace.mutate({ input: { username, password } }, options);
    else update.mutate({ input: { username, ...(task.kind === 'roles' ? { roles } : { disabled: true }) } }, options);
  };
  const error = create.error ?? update.error ?? replace.error;
  return (
    <Dialog
      title={former ? `${title} of ${former.username}` : title}
      onClose={onClose}
      actions={
        <Button
          look={task.kind === 'disable' ? 'danger' : 'primary'}
          whyNot={whyNot}
          busy={create.isPending || update.isPending || replace.isPending}
          onClick={save}
        >
          {action}
        </Button>
      }
    >
      {task.kind === 'create' && (
        <TextField
          label="User name"
          autoComplete="off"
          value={username}
          onChange={({ target }) => setUsername(target.value)}
        />
      )}
      {asksRoles && (
        <TextField
          label="Roles"
          hint="As the policy declares them, with commas between them"
          value={roleText}
          onChange={({ target }) => setRoleText(target.value)}
        />
      )}
      {asksPassword && (
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${MIN_PASSWORD_CHARACTERS} characters`}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      )}
      {task.kind === 'disable' && (
        <p>The account is signed out everywhere, nothing is done on its behalf, and its API tokens end for good.</p>
      )}
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}
