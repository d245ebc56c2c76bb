import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import { SettingsDeleteWebhookDocument, SettingsWebhooksDocument } from '../../api/generated/graphql.ts';
import { useMay } from '../../api/may.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { Confirm } from './confirm.tsx';
import { CreateWebhook } from './create-webhook.tsx';
import styles from './settings.module.css';

/** URLs that get events: create, delete. */
export function Webhooks() {
  const { allowed, why } = useMay('query:webhooks');
  const [creates, setCreates] = useState(false);
  const [toDelete, setToDelete] = useState<{ readonly id: string; readonly url: string }>();
  const { nodes, error, refetch, hasNextPage, fetchNextPage } = useReadPages(
    SettingsWebhooksDocument,
    {},
    ({ webhooks }) => webhooks,
    { enabled: allowed },
  );
  const remove = useSend(SettingsDeleteWebhookDocument, (result) => unwrap(result.deleteWebhook), ['SettingsWebhooks']);
  if (!allowed) return <Empty title="You may not see webhooks">{why && <p>{why}</p>}</Empty>;
  return (
    <>
      <div className={styles.head}>
        <p>A webhook sends events of the runs that you may see to a URL.</p>
        <Button onClick={() => setCreates(true)}>Create a webhook</Button>
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={3} label="Loading webhooks" />}
      {nodes?.length === 0 && <Empty title="No webhooks yet" />}
      {nodes && nodes.length > 0 && (
        <Table label="Webhooks" columns={['URL', 'Events', 'Workflow', 'Of', 'State', '-Actions']}>
          {nodes.map(({ id, url, events, workflow, owner, failingSince, disabledAt, disabledReason }) => (
            <tr key={id}>
              <td className={styles.url}>{url}</td>
              <td>{events.map((event) => event.toLowerCase().replaceAll('_', ' ')).join(', ')}</td>
              <td>{workflow ?? 'All'}</td>
              <td>{owner.username}</td>
              <td>
                {disabledAt ? `✕ Disabled: ${disabledReason?.toLowerCase()}` : failingSince ? '‖ Fails' : '✓ Works'}
                {failingSince && (
                  <small>
                    since <Time at={failingSince} />
                  </small>
                )}
              </td>
              <td>
                <Button may="mutation:deleteWebhook" look="danger" onClick={() => setToDelete({ id, url })}>
                  Delete <span className="visually-hidden">{url}</span>
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>Show more</Button>}
      {creates && <CreateWebhook onClose={() => setCreates(false)} />}
      {toDelete && (
        <Confirm
          title="Delete the webhook?"
          action="Delete"
          text={`${toDelete.url} gets no more events, and its deliveries are removed.`}
          sending={remove}
          onConfirm={() => remove.mutate({ id: toDelete.id }, { onSuccess: () => setToDelete(undefined) })}
          onClose={() => setToDelete(undefined)}
        />
      )}
    </>
  );
}
