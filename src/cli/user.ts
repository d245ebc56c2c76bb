import { mkdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { hashPassword } from '../auth/password.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Account } from '../core/accounts.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';
import { openStore } from '../store/open-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { EXIT, printLine, UsageError } from './output.ts';

const MIN_PASSWORD_LENGTH = 12;

/** `user add`: its password comes from standard input. @throws Fault BAD_INPUT for one that is too short */
export async function user(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { roles: { type: 'string' }, tenant: { type: 'string', default: DEFAULT_TENANT } },
  });
  const [action, username] = positionals;
  const roles = (values.roles ?? '').split(',').filter(Boolean);
  if (action !== 'add' || username === undefined || roles.length === 0) {
    throw new UsageError('user requires add, a name and --roles.');
  }
  await addUser(readEnvironment(env), { username, tenant: values.tenant, roles });
  printLine(`${username} may sign in as ${roles.join(', ')} of tenant ${values.tenant}.`);
  return EXIT.success;
}

async function addUser(
  config: Config,
  { username, tenant, roles }: Pick<Account, 'username' | 'tenant' | 'roles'>,
): Promise<void> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < MIN_PASSWORD_LENGTH) {
    const message = `The password is too short. Write at least ${MIN_PASSWORD_LENGTH} characters to standard input.`;
    throw new Fault('BAD_INPUT', message);
  }
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore({ database: config.database, logger: createLogger({ level: 'error' }) });
  try {
    const account = await store.accounts.find(username);
    const subject = account?.subject ?? newId('usr');
    const passwordHash = await hashPassword(password);
    await store.accounts.put({ subject, username, tenant, roles, passwordHash });
  } finally {
    await store.close();
  }
}
