import type { SettingsWebhookFragment } from '../../api/generated/graphql.ts';
import { Time } from '../../ui/time.tsx';

type State = Pick<SettingsWebhookFragment, 'failingSince' | 'disabledAt' | 'disabledReason'>;

/** Whether a webhook gets events, and since when not. */
export function WebhookState({ webhook: { failingSince, disabledAt, disabledReason } }: { readonly webhook: State }) {
  const since = failingSince ?? disabledAt;
  return (
    <>
      {disabledAt ? `✕ Disabled: ${disabledReason?.toLowerCase()}` : failingSince ? '‖ Fails' : '✓ Works'}
      {since && (
        <small>
          {' '}
          since <Time at={since} />
        </small>
      )}
    </>
  );
}
