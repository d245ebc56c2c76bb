import type { Config } from '../../config/config.ts';
import type { Logger } from '../../core/telemetry.ts';
import { loadPolicy } from '../../policy/load-policy.ts';
import { type Finding, limited, unusable, usable } from './finding.ts';

const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Whether the rules can be loaded. */
export async function checkPolicy({ policy }: Config): Promise<readonly Finding[]> {
  try {
    const loaded = await loadPolicy({ ...policy, logger: silentLogger });
    loaded.close();
    return [usable('policy', `${loaded.rules().length} rules in ${policy.rulesFile}`)];
  } catch (error) {
    return [unusable('policy', (error as Error).message, `Correct ${policy.rulesFile}.`)];
  }
}

/** Everything else that is configured. Calling the services themselves would cost money, or leave a trace. */
export function checkSettings({ agents, tools, pools }: Config): readonly Finding[] {
  const { llm } = agents;
  const { search, drive, webhook, gitToken } = tools;
  const searches = search.searxngUrl ?? (search.braveApiKey && 'Brave Search');
  const elsewhere = Object.entries(pools).filter(([, { runtime }]) => runtime !== 'inline');
  return [
    llm
      ? usable('model', `${llm.model} at ${llm.apiBase}`)
      : limited('model', 'none: plan and codegen go by rules (LLM_API_BASE)'),
    searches
      ? usable('web search', searches)
      : limited('web search', 'the index of examples (SEARXNG_URL, BRAVE_API_KEY)'),
    drive.google
      ? usable('drive', 'Google, for those who connect it')
      : limited('drive', `the folder ${drive.folder} (GOOGLE_CLIENT_ID)`),
    webhook ? usable('notifications', webhook.url) : limited('notifications', 'events alone (NOTIFY_WEBHOOK_URL)'),
    gitToken
      ? usable('git push', 'with GIT_TOKEN')
      : limited('git push', 'to remotes that ask for no token (GIT_TOKEN)'),
    usable(
      'pools',
      elsewhere.length === 0
        ? 'every step is done by the server'
        : elsewhere.map(([name, { runtime }]) => `${name} (${runtime})`).join(', '),
    ),
  ];
}
