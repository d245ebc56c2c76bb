import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { withDevAccounts } from '../auth/dev-accounts.ts';
import { checkPassword, hashPassword } from '../auth/password.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Account, AccountKey } from '../core/accounts/accounts.ts';
import { systemClock } from '../core/clock.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { parsePolicy } from '../policy/rules/parse-policy.ts';
import { EXIT, printLine, UsageError } from './output.ts';
import { withStore } from './with-store.ts';

/**
 * `user add`: its password comes from standard input. `user revoke`, `user disable`, `user enable`: of an account by its name, or of
 * anyone by the subject of their tokens.
 * @throws Fault BAD_INPUT for a password that is too short or an unknown role, NOT_FOUND for an account that does not exist
 */
export async function user(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      roles: { type: 'string' },
      subject: { type: 'string' },
      tenant: { type: 'string', default: DEFAULT_TENANT },
    },
  });
  const [action, username] = positionals;
  const { subject, tenant } = values;
  if (action === 'add') {
    const roles = (values.roles ?? '').split(',').filter(Boolean);
    if (username === undefined || roles.length === 0) throw new UsageError('user add requires a name and --roles.');
    const config = readEnvironment(env);
    await checkRoles(config, roles);
    await addUser(config, { username, tenant, roles });
    printLine(`${username} may sign in as ${roles.join(', ')} of tenant ${tenant}.`);
    return EXIT.success;
  }
  if (action !== 'revoke' && action !== 'disable' && action !== 'enable') {
    throw new UsageError('user requires add, revoke, disable or enable.');
  }
  if ((username === undefined) === (subject === undefined)) {
    throw new UsageError(`user ${action} requires either the name of an account or --subject.`);
  }
  await changeStanding(readEnvironment(env), action, username ?? { tenant, subject: subject ?? '' });
  const who = username ?? `The subject ${subject} of tenant ${tenant}`;
  printLine(
    {
      revoke: `${who} is signed out everywhere.`,
      disable: `${who} is signed out everywhere and disabled.`,
      enable: `${who} is enabled, and must sign in again.`,
    }[action],
  );
  return EXIT.success;
}

/** @throws Fault BAD_INPUT for roles that the policy does not declare, which permit nothing */
async function checkRoles({ policy }: Config, roles: readonly string[]): Promise<void> {
  const { roles: declared } = parsePolicy(await readFile(policy.rulesFile, 'utf8'));
  const unknown = roles.find((role) => !declared.has(role));
  if (unknown === undefined) return;
  const names = [...declared.keys()];
  const message = `The policy declares no role ${unknown}.${didYouMean(unknown, names)} Its roles are ${names.join(', ')}.`;
  throw new Fault('BAD_INPUT', message);
}

async function addUser(
  config: Config,
  { username, tenant, roles }: Pick<Account, 'username' | 'tenant' | 'roles'>,
): Promise<void> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  checkPassword(password, username);
  await withStore(config, async ({ accounts }) => {
    const account = await accounts.find(username);
    const subject = account?.subject ?? newId('usr');
    const passwordHash = await hashPassword(password);
    await accounts.put({ subject, username, tenant, roles, passwordHash });
  });
}

async function changeStanding(
  config: Config,
  action: 'revoke' | 'disable' | 'enable',
  who: string | AccountKey,
): Promise<void> {
  await withStore(config, async ({ accounts, standings }) => {
    const all = config.auth.devAccounts ? withDevAccounts(accounts) : accounts;
    const key = typeof who === 'string' ? await all.find(who) : who;
    if (!key) {
      const message = `There is no account ${who}. Name users of an identity provider by --subject and --tenant.`;
      throw new Fault('NOT_FOUND', message);
    }
    const now = systemClock.now();
    if (action === 'revoke') await standings.revoke(key, now);
    else await standings.setDisabled(key, action === 'disable', now);
  });
}
