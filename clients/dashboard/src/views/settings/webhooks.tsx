import { useState } from 'react';
import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { SettingsDeleteWebhookDocument, SettingsWebhooksDocument } from '../../api/generated/graphql.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { CreateWebhook } from './create-webhook.tsx';
import styles from './settings.module.css';
import { WebhookPage } from './webhook-page.tsx';
import { WebhookState } from './webhook-state.tsx';

const PARAMS = { webhook: text, state: choice('', 'PENDING', 'DELIVERED', 'FAILED') };

/** URLs that get events, or one of them with what it got. */
export function Webhooks() {
  const [{ webhook, state }, setUrl] = useUrlState(PARAMS);
  if (webhook === '') return <WebhookList />;
  return <WebhookPage key={webhook} id={webhook} state={state} onState={(next) => setUrl({ state: next })} />;
}

/** Create, delete. */
function WebhookList() {
  const [creates, setCreates] = useState(false);
  const [toDelete, setToDelete] = useState<{ readonly id: string; readonly url: string }>();
  const { nodes, error, refetch, hasNextPage, fetchNextPage } = useReadPages(
    SettingsWebhooksDocument,
    {},
    ({ webhooks }) => webhooks,
  );
  const remove = useSend(SettingsDeleteWebhookDocument, (result) => unwrap(result.deleteWebhook), ['SettingsWebhooks']);
  useRowKeys();
  return (
    <>
      <div className={styles.head}>
        <p>A webhook sends events of the runs that you may see to a URL.</p>
        <Button onClick={() => setCreates(true)}>Create a webhook</Button>
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={3} label="Loading webhooks" />}
      {nodes?.length === 0 && (
        <Empty title="No webhooks yet">
          <p>
            Create one to tell another system when a run ends or needs an approval. Each delivery is signed, and sent
            again if it fails.
          </p>
        </Empty>
      )}
      {nodes && nodes.length > 0 && (
        <Table label="Webhooks" columns={['URL', 'Events', 'Workflow', 'Of', 'State', '-Actions']}>
          {nodes.map((webhook) => (
            <tr key={webhook.id} data-row={webhook.id}>
              <td className={styles.url}>
                <Link href={`/settings?section=webhooks&webhook=${webhook.id}`}>{webhook.url}</Link>
              </td>
              <td>{webhook.events.map((event) => event.toLowerCase().replaceAll('_', ' ')).join(', ')}</td>
              <td>{webhook.workflow ?? 'All'}</td>
              <td>{webhook.owner.username}</td>
              <td>
                <WebhookState webhook={webhook} />
              </td>
              <td>
                <Button may="mutation:deleteWebhook" look="danger" onClick={() => setToDelete(webhook)}>
                  Delete <span className="visually-hidden">{webhook.url}</span>
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
