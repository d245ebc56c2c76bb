import { Link } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { type SettingsDeliveryFragment, SettingsRedeliverDocument } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './settings.module.css';
import { eventText } from './webhook-events.ts';

interface Props {
  readonly deliveries: readonly SettingsDeliveryFragment[];
  /** Their webhook gets nothing. */
  readonly isDisabled: boolean;
}

/** What a webhook got: when, how often it was tried, what the receiver answered. */
export function DeliveryTable({ deliveries, isDisabled }: Props) {
  return (
    <Table label="Deliveries" columns={['Event', 'When', 'State', 'Attempts', 'Last answer', '-Actions']}>
      {deliveries.map((delivery) => (
        <DeliveryLine key={delivery.id} delivery={delivery} isDisabled={isDisabled} />
      ))}
    </Table>
  );
}

interface LineProps {
  readonly delivery: SettingsDeliveryFragment;
  readonly isDisabled: boolean;
}

function DeliveryLine({ delivery, isDisabled }: LineProps) {
  const { id, event, run, createdAt, state, attempts, nextAt, lastStatus, lastError } = delivery;
  const { mutate, isPending } = useSend(SettingsRedeliverDocument, (result) => unwrap(result.redeliverWebhook), [
    'SettingsDeliveries',
  ]);
  const redeliver = () =>
    mutate(
      { id },
      {
        onSuccess: () => toast('It is sent again, with the same ID and body.', 'good'),
        onError: (error) => toast(error.message, 'bad'),
      },
    );
  return (
    <tr data-row={id}>
      <td>
        {run ? <Link href={`/runs/${run.id}`}>{eventText(event)}</Link> : eventText(event)}
        <small>{run ? (run.workflow ?? run.goal ?? run.kind.toLowerCase()) : 'Its run was removed.'}</small>
      </td>
      <td>
        <Time at={createdAt} />
      </td>
      <td>
        <StateMark state={state} word />
        {nextAt && (
          <small>
            next <Time at={nextAt} />
          </small>
        )}
      </td>
      <td>{attempts}</td>
      <td className={styles.answer}>
        {lastStatus !== null && `HTTP ${lastStatus}`}
        {lastError && <small>{lastError}</small>}
      </td>
      <td>
        <Button
          may="mutation:redeliverWebhook"
          whyNot={isDisabled ? 'The webhook is disabled. Enable it first: what waits is then sent.' : undefined}
          busy={isPending}
          onClick={redeliver}
        >
          Send again <span className="visually-hidden">{id}</span>
        </Button>
      </td>
    </tr>
  );
}
