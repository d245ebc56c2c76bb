import { useState } from 'react';
import { unwrap } from '../../../../sdk/src/index.ts';
import { SettingsCreateWebhookDocument, type WebhookEvent } from '../../api/generated/graphql.ts';
import { useSend } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { OneTimeSecret } from './one-time-secret.tsx';
import { eventText, WEBHOOK_EVENTS } from './webhook-events.ts';

/** Asks where events are sent, and which; then shows the secret that signs them. */
export function CreateWebhook({ onClose }: { readonly onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [workflow, setWorkflow] = useState('');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(['RUN_ENDED']);
  const create = useSend(SettingsCreateWebhookDocument, (result) => unwrap(result.createWebhook), ['SettingsWebhooks']);
  if (create.data) {
    return <OneTimeSecret title="The secret of the webhook" secret={create.data.secret} onClose={onClose} />;
  }
  const input = { url: url.trim(), events, ...(workflow.trim() !== '' && { workflow: workflow.trim() }) };
  return (
    <Dialog
      title="Create a webhook"
      onClose={onClose}
      actions={
        <Button
          look="primary"
          may="mutation:createWebhook"
          on={URL.canParse(input.url) ? input.url : undefined}
          whyNot={input.url === '' ? 'A webhook needs a URL.' : events.length === 0 ? 'Choose an event.' : undefined}
          busy={create.isPending}
          onClick={() => create.mutate({ input })}
        >
          Create
        </Button>
      }
    >
      <TextField label="URL" type="url" value={url} onChange={({ target }) => setUrl(target.value)} />
      <TextField
        label="Workflow (optional)"
        hint="Only events of its runs"
        value={workflow}
        onChange={({ target }) => setWorkflow(target.value)}
      />
      {WEBHOOK_EVENTS.map((event) => (
        <CheckField
          key={event}
          label={eventText(event)}
          checked={events.includes(event)}
          onChange={({ target }) =>
            setEvents(target.checked ? [...events, event] : events.filter((one) => one !== event))
          }
        />
      ))}
      {create.error && <ErrorNotice error={create.error} />}
    </Dialog>
  );
}
