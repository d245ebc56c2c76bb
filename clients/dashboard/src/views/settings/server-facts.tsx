import { Link } from 'wouter';
import { SettingsServerDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { durationText } from '../../ui/time-text.ts';

const STATUSES = { OK: '✓ OK', DEGRADED: '‖ Degraded', DOWN: '✕ Down' } as const;

/** The server: its version, its health, how one signs in. */
export function ServerFacts() {
  const { data, error, refetch } = useRead(SettingsServerDocument, {}, { everyMs: 10_000 });
  if (error && !data) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} label="Loading the server" />;
  const { health, server } = data;
  return (
    <>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      <p>
        Signalbox {health.version}, up for {durationText(health.uptimeMs)}. People sign in with a{' '}
        {server.signIn === 'PASSWORD' ? 'password' : 'token of an identity provider'}.
        {server.publicUrl && ` Its address is ${server.publicUrl}.`} <Link href="/workers">See its load</Link>
      </p>
      <Table label="Health checks" columns={['Part', 'Health', 'Details']}>
        {health.checks.map(({ name, status, detail }) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{STATUSES[status]}</td>
            <td>{detail}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
