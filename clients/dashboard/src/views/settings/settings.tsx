import { choice, useUrlState } from '../../api/url-state.ts';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Accounts } from './accounts.tsx';
import { ApiTokens } from './api-tokens.tsx';
import { Appearance } from './appearance.tsx';
import { Quotas } from './quotas.tsx';
import { SecretNames } from './secret-names.tsx';
import { ServerFacts } from './server-facts.tsx';
import styles from './settings.module.css';
import { Webhooks } from './webhooks.tsx';

const PARAMS = { section: choice('appearance', 'tokens', 'accounts', 'webhooks', 'secrets', 'quotas', 'server') };

const SECTIONS = [
  { value: 'appearance', label: 'Appearance' },
  { value: 'tokens', label: 'API tokens' },
  { value: 'accounts', label: 'Accounts' },
  { value: 'webhooks', label: 'Webhooks' },
  { value: 'secrets', label: 'Secrets' },
  { value: 'quotas', label: 'Quotas' },
  { value: 'server', label: 'Server' },
] as const;

const CONTENTS = {
  appearance: Appearance,
  tokens: ApiTokens,
  accounts: Accounts,
  webhooks: Webhooks,
  secrets: SecretNames,
  quotas: Quotas,
  server: ServerFacts,
} as const;

/** `/settings`: what one person prefers and has, and what the tenant and the server have. What is not open is not read. */
export function SettingsPage() {
  const [{ section }, setUrl] = useUrlState(PARAMS);
  const Content = CONTENTS[section];
  return (
    <Page title="Settings">
      <Tabs
        label="Sections of the settings"
        tabs={SECTIONS}
        value={section}
        onChange={(value) => setUrl({ section: value })}
      >
        <div className={styles.content}>
          <Content />
        </div>
      </Tabs>
    </Page>
  );
}
