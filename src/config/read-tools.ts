import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import { readWebUrl } from './read-network.ts';
import { readSecret, type Secret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

/** Settings of the tools; each tool works without them, and says so. */
export function readTools(
  read: EnvironmentReader,
  { project, dataDir }: { readonly project: string; readonly dataDir: string },
): Config['tools'] {
  const gitToken = readSecret(read, 'GIT_TOKEN', 1);
  const searxngUrl = readWebUrl(read, 'SEARXNG_URL');
  const braveApiKey = readSecret(read, 'BRAVE_API_KEY', 1);
  if (searxngUrl !== undefined && braveApiKey)
    read.addProblem('BRAVE_API_KEY', 'set either SEARXNG_URL or this, not both');
  const google = readGoogle(read);
  const webhook = readWebhook(read);
  return {
    stacksDir: resolve(read.text('STACKS_DIR') ?? join(project, 'examples/stacks')),
    ...(gitToken && { gitToken }),
    search: {
      ...(searxngUrl !== undefined && { searxngUrl }),
      ...(braveApiKey && { braveApiKey }),
      indexDir: join(project, 'examples'),
    },
    drive: { folder: resolve(read.text('DRIVE_DIR') ?? join(dataDir, 'drive')), ...(google && { google }) },
    ...(webhook && { webhook }),
  };
}

function readGoogle(read: EnvironmentReader): Config['tools']['drive']['google'] {
  const clientId = read.text('GOOGLE_CLIENT_ID');
  const clientSecret = readSecret(read, 'GOOGLE_CLIENT_SECRET', 1);
  if (clientId !== undefined && clientSecret) return { clientId, clientSecret };
  if (clientId !== undefined || clientSecret) {
    read.addProblem('GOOGLE_CLIENT_ID', 'set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET together, or neither');
  }
  return undefined;
}

/** Without a key, receivers could not verify that this server sent the message. */
const MIN_WEBHOOK_KEY_BYTES = 16;

function readWebhook(read: EnvironmentReader): Config['tools']['webhook'] {
  const url = readWebUrl(read, 'NOTIFY_WEBHOOK_URL');
  const secret = readSecret(read, 'NOTIFY_WEBHOOK_SECRET', MIN_WEBHOOK_KEY_BYTES);
  if (url !== undefined && secret) return { url, secret };
  if (url !== undefined || secret) {
    read.addProblem('NOTIFY_WEBHOOK_URL', 'set NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_SECRET together, or neither');
  }
  return undefined;
}

/** `SECRET_NAME`, or `SECRET_NAME_FILE`, for every NAME that documents may refer to as `secret:NAME`. */
export function readNamedSecrets(
  read: EnvironmentReader,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const variable of Object.keys(env)) {
    const [, name] = /^SECRET_([A-Z][A-Z0-9_]*?)(?:_FILE)?$/.exec(variable) ?? [];
    if (name === undefined || secrets.has(name)) continue;
    const secret = readSecret(read, `SECRET_${name}`, 1);
    if (secret) secrets.set(name, secret);
  }
  return secrets;
}
