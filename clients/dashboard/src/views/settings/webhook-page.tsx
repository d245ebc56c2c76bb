import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import {
  SettingsDeliveriesDocument,
  type SettingsDeliveriesQuery,
  SettingsEnableWebhookDocument,
  type WebhookDeliveryState,
} from '../../api/generated/graphql.ts';
import { useReadPages, useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { STATES } from '../../ui/states.ts';
import { DeliveryTable } from './delivery-table.tsx';
import styles from './settings.module.css';
import { WebhookState } from './webhook-state.tsx';

const DELIVERY_STATES: readonly WebhookDeliveryState[] = ['PENDING', 'DELIVERED', 'FAILED'];

interface Props {
  readonly id: string;
  /** Only deliveries in this state; empty for all. */
  readonly state: WebhookDeliveryState | '';
  readonly onState: (state: WebhookDeliveryState | '') => void;
}

type Webhook = Extract<NonNullable<SettingsDeliveriesQuery['node']>, { readonly __typename: 'Webhook' }>;

const webhookOf = ({ node }: SettingsDeliveriesQuery) =>
  node?.__typename === 'Webhook' ? (node as Webhook) : undefined;

/** One webhook: whether it gets events, and each that it got. */
export function WebhookPage({ id, state, onState }: Props) {
  const { data, nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    SettingsDeliveriesDocument,
    { id, ...(state !== '' && { state }) },
    (result) => webhookOf(result)?.deliveries,
    { everyMs: 5_000 },
  );
  const [first] = data?.pages ?? [];
  const webhook = first && webhookOf(first);
  return (
    <>
      <Link href="/settings?section=webhooks">All webhooks</Link>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!first && !error && <Skeleton rows={6} label="Loading deliveries" />}
      {first && !webhook && (
        <Empty title="There is no such webhook">
          <p>It was deleted, or you may not see it.</p>
        </Empty>
      )}
      {webhook && (
        <>
          <div className={styles.head}>
            <h2>{webhook.url}</h2>
            {webhook.disabledAt && <EnableButton id={id} />}
          </div>
          <p>
            <WebhookState webhook={webhook} />
          </p>
          <div className={styles.filter}>
            <SelectField
              label="State"
              value={state}
              onChange={({ target }) => onState(DELIVERY_STATES.find((one) => one === target.value) ?? '')}
            >
              <option value="">All deliveries</option>
              {DELIVERY_STATES.map((one) => (
                <option key={one} value={one}>
                  {STATES[one].word}
                </option>
              ))}
            </SelectField>
          </div>
          {nodes?.length === 0 && (
            <Empty title={state === '' ? 'Nothing was sent yet' : 'No delivery is in this state'}>
              <p>Deliveries are kept for 30 days, the newest 10,000 of a webhook.</p>
            </Empty>
          )}
          {nodes && nodes.length > 0 && <DeliveryTable deliveries={nodes} isDisabled={webhook.disabledAt !== null} />}
          {hasNextPage && (
            <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show older
            </Button>
          )}
        </>
      )}
    </>
  );
}

function EnableButton({ id }: { readonly id: string }) {
  const { mutate, isPending } = useSend(SettingsEnableWebhookDocument, (result) => unwrap(result.enableWebhook), [
    'SettingsWebhooks',
    'SettingsDeliveries',
  ]);
  const enable = () =>
    mutate(
      { id },
      {
        onSuccess: () => toast('It gets what waited, and events from now on.', 'good'),
        onError: (error) => toast(error.message, 'bad'),
      },
    );
  return (
    <Button may="mutation:enableWebhook" busy={isPending} onClick={enable}>
      Enable
    </Button>
  );
}
