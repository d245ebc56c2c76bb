import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  SettingsCreateTokenDocument,
  SettingsRevokeTokenDocument,
  type SettingsTokenFragment,
  SettingsTokensDocument,
} from '../../api/generated/graphql.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { useViewer } from '../../api/viewer.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { OneTimeSecret } from './one-time-secret.tsx';
import styles from './settings.module.css';

const DAY_MS = 86_400_000;

/** Your tokens for programs: create one, end one. */
export function ApiTokens() {
  const [asked, setAsked] = useState<'create' | SettingsTokenFragment>();
  const { nodes, error, refetch } = useReadPages(SettingsTokensDocument, {}, ({ apiTokens }) => apiTokens);
  const revoke = useSend(SettingsRevokeTokenDocument, (result) => unwrap(result.revokeApiToken), ['SettingsTokens']);
  const close = () => setAsked(undefined);
  const onRevoked = (name: string) => {
    toast(`${name} is revoked.`);
    close();
  };
  return (
    <>
      <div className={styles.head}>
        <p>A program that has one acts as you, with the roles that you give it.</p>
        <Button may="mutation:createApiToken" onClick={() => setAsked('create')}>
          Create a token
        </Button>
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={3} label="Loading tokens" />}
      {nodes?.length === 0 && (
        <Empty title="No API tokens yet">
          <p>Create one for a script, a service or a CI job. You can revoke it at any time.</p>
        </Empty>
      )}
      {nodes && nodes.length > 0 && (
        <Table label="API tokens" columns={['Name', 'Roles', 'Created', 'Expires', 'Last used', '-Actions']}>
          {nodes.map((token) => (
            <tr key={token.id}>
              <td>{token.name}</td>
              <td>{token.roles.join(', ')}</td>
              <td>
                <Time at={token.createdAt} />
              </td>
              <td>
                <Time at={token.expiresAt} />
              </td>
              <td>{token.lastUsedAt ? <Time at={token.lastUsedAt} /> : 'Never'}</td>
              <td>
                <Button look="danger" onClick={() => setAsked(token)}>
                  Revoke <span className="visually-hidden">{token.name}</span>
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {asked === 'create' && <CreateToken onClose={close} />}
      {asked !== undefined && asked !== 'create' && (
        <Confirm
          title={`Revoke ${asked.name}?`}
          action="Revoke"
          text="Programs that use it are refused within a second. It cannot be taken back."
          sending={revoke}
          onConfirm={() => revoke.mutate({ id: asked.id }, { onSuccess: () => onRevoked(asked.name) })}
          onClose={close}
        />
      )}
    </>
  );
}

function CreateToken({ onClose }: { readonly onClose: () => void }) {
  const { data } = useViewer();
  const own = data?.viewer?.roles ?? [];
  const [name, setName] = useState('');
  const [without, setWithout] = useState<readonly string[]>([]);
  const [days, setDays] = useState('90');
  const roles = own.filter((role) => !without.includes(role));
  const create = useSend(SettingsCreateTokenDocument, (result) => unwrap(result.createApiToken), ['SettingsTokens']);
  if (create.data) return <OneTimeSecret title={`The token ${name}`} secret={create.data.token} onClose={onClose} />;
  const expiresAt = () => new Date(Date.now() + Number(days) * DAY_MS).toISOString();
  return (
    <Dialog
      title="Create a token"
      onClose={onClose}
      actions={
        <Button
          look="primary"
          busy={create.isPending}
          whyNot={
            name.trim() === '' ? 'A token needs a name.' : roles.length === 0 ? 'A token needs a role.' : undefined
          }
          onClick={() => create.mutate({ input: { name: name.trim(), roles, expiresAt: expiresAt() } })}
        >
          Create
        </Button>
      }
    >
      <TextField label="Name" hint="Where it is used" value={name} onChange={({ target }) => setName(target.value)} />
      {own.map((role) => (
        <CheckField
          key={role}
          label={`Role ${role}`}
          checked={!without.includes(role)}
          onChange={({ target }) =>
            setWithout(target.checked ? without.filter((one) => one !== role) : [...without, role])
          }
        />
      ))}
      <SelectField label="Expires in" value={days} onChange={({ target }) => setDays(target.value)}>
        {['7', '30', '90', '365'].map((one) => (
          <option key={one} value={one}>
            {one} days
          </option>
        ))}
      </SelectField>
      {create.error && <ErrorNotice error={create.error} />}
    </Dialog>
  );
}
