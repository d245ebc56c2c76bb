import {
  SettingsAccountsDocument,
  SettingsDeliveriesDocument,
  SettingsQuotasDocument,
  SettingsSecretsDocument,
  SettingsServerDocument,
  SettingsTokensDocument,
  SettingsWebhooksDocument,
} from '../../api/generated/graphql.ts';
import type { Action } from '../../api/may.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { IfMay } from '../../ui/if-may.tsx';
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

const PARAMS = {
  section: choice('appearance', 'tokens', 'accounts', 'webhooks', 'secrets', 'quotas', 'server'),
  /** The webhook that is open. */
  webhook: text,
};

const SECTIONS = [
  { value: 'appearance', label: 'Appearance' },
  { value: 'tokens', label: 'API tokens' },
  { value: 'accounts', label: 'Accounts' },
  { value: 'webhooks', label: 'Webhooks' },
  { value: 'secrets', label: 'Secrets' },
  { value: 'quotas', label: 'Quotas' },
  { value: 'server', label: 'Server' },
] as const;

/** What each section shows and reads. */
const CONTENTS = {
  appearance: { Content: Appearance, query: undefined },
  tokens: { Content: ApiTokens, query: queryOf(SettingsTokensDocument, {}) },
  accounts: { Content: Accounts, query: queryOf(SettingsAccountsDocument, {}) },
  webhooks: { Content: Webhooks, query: queryOf(SettingsWebhooksDocument, {}) },
  secrets: { Content: SecretNames, query: queryOf(SettingsSecretsDocument, {}) },
  quotas: { Content: Quotas, query: queryOf(SettingsQuotasDocument, {}) },
  server: { Content: ServerFacts, query: queryOf(SettingsServerDocument, {}) },
} as const;

/** Sections that not everyone may see: what the policy is asked, and how they are called. */
const NEEDS: Partial<Record<keyof typeof CONTENTS, { readonly action: Action; readonly what: string }>> = {
  accounts: { action: 'account:read', what: 'the accounts' },
  webhooks: { action: 'query:webhooks', what: 'webhooks' },
  quotas: { action: 'query:quotas', what: 'the quotas' },
};

/** `/settings`: what one person prefers and has, and what the tenant and the server have. What is not open is not read. */
export function SettingsPage() {
  const [{ section, webhook }, setUrl] = useUrlState(PARAMS);
  const { Content, query } = CONTENTS[section];
  const read = section === 'webhooks' && webhook ? queryOf(SettingsDeliveriesDocument, { id: webhook }) : query;
  const needs = NEEDS[section];
  return (
    <Page title="Settings" query={read}>
      <Tabs
        label="Sections of the settings"
        tabs={SECTIONS}
        value={section}
        onChange={(value) => setUrl({ section: value, webhook: '' })}
      >
        <div className={styles.content}>
          {needs ? (
            <IfMay {...needs}>
              <Content />
            </IfMay>
          ) : (
            <Content />
          )}
        </div>
      </Tabs>
    </Page>
  );
}
