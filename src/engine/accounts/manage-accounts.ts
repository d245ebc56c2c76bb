import { isApiTokenHolder } from '../../auth/api-tokens.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import { checkPassword, hashPassword } from '../../auth/password.ts';
import type { AccountRecord, Accounts } from '../../core/accounts/accounts.ts';
import { namedUri } from '../../core/canonical-uri.ts';
import type { Clock } from '../../core/clock.ts';
import { atCapacity, Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Policy } from '../../core/policy.ts';
import type { Role, SignedIn } from '../../core/principal.ts';
import type { Page, PageArgs } from '../../core/store-reader.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import type { Gate } from '../gate/gate.ts';

/** No control characters and nothing invisible, as in a token. */
const USERNAME = /^(?! )[^\p{C}]{1,256}(?<! )$/u;
const MAX_ROLES = 100;
/** Half of the thread pool, as sign-ins may take. */
const HASHING_LIMITS = { permits: 2, maxQueued: 50, onFull: atCapacity };

/**
 * Accounts of the caller's tenant. To create or change one takes permission for `account:write` on `role:NAME`, for each role that the
 * account has or gets: nobody gives a role, or takes over an account with a role, that the policy does not let them give.
 */
export interface AccountManager {
  /** @throws Fault FORBIDDEN, BAD_INPUT, CONFLICT */
  create(
    who: SignedIn,
    account: { readonly username: string; readonly password: string; readonly roles: readonly Role[] },
  ): Promise<AccountRecord>;
  /**
   * An account that is disabled is signed out everywhere. A role that is taken away counts no longer at once.
   * @throws Fault FORBIDDEN, BAD_INPUT, NOT_FOUND; CONFLICT when nobody would be left who may undo it
   */
  update(
    who: SignedIn,
    username: string,
    change: { readonly roles?: readonly Role[] | undefined; readonly disabled?: boolean | undefined },
  ): Promise<AccountRecord>;
  /**
   * Signs the account out everywhere. One's own takes the current password instead of a permission.
   * @param request.address of the client, for the limit of wrong passwords
   * @throws Fault UNAUTHENTICATED for a wrong current password, THROTTLED; FORBIDDEN, BAD_INPUT, NOT_FOUND
   */
  setPassword(
    who: SignedIn,
    request: {
      /** Default: one's own account. */
      readonly username?: string | undefined;
      readonly currentPassword?: string | undefined;
      readonly password: string;
      readonly address: string;
    },
  ): Promise<AccountRecord>;
  /** By the order of their creation. @throws Fault FORBIDDEN */
  list(who: SignedIn, page: PageArgs): Promise<Page<AccountRecord>>;
}

export function createAccountManager(deps: {
  readonly accounts: Accounts;
  readonly authenticator: Pick<Authenticator, 'signIn'>;
  readonly gate: Pick<Gate, 'pass' | 'askAll'>;
  readonly policy: Pick<Policy, 'decide' | 'source'>;
  readonly clock: Clock;
  /** User names that accounts outside the database have. */
  readonly isReserved: (username: string) => boolean;
  /** Whether this server has passwords; otherwise an identity provider has the accounts. */
  readonly hasPasswords: boolean;
}): AccountManager {
  const { accounts, authenticator, gate, policy, clock } = deps;
  const hashing = createSemaphore(HASHING_LIMITS);

  const authorizeRoles = (who: SignedIn, roles: readonly Role[]): void => {
    const requests = [...new Set(roles)].map((role) => ({ action: 'account:write', uri: roleUri(role) }));
    const result = gate.askAll(who, requests.length > 0 ? requests : [{ action: 'account:write' }]);
    if (result.type !== 'allowed') throw result.fault;
  };
  /** Whether an account with these roles may undo a change of one with those. */
  const mayUndo = (roles: readonly Role[], former: readonly Role[]): boolean =>
    former.every((role) => policy.decide({ roles, action: 'account:write', uri: roleUri(role) }).effect === 'ALLOW');
  const hashOf = async (username: string, password: string): Promise<string> => {
    checkPassword(password, username);
    const release = await hashing.acquire();
    try {
      return await hashPassword(password);
    } finally {
      release();
    }
  };
  const find = async (who: SignedIn, username: string) => {
    const account = await accounts.find(username);
    if (account && account.tenant === who.tenant) return account;
    throw new Fault('NOT_FOUND', `Your tenant has no account ${username}. List them with accounts.`);
  };
  const assertPasswords = () => {
    if (deps.hasPasswords) return;
    throw new Fault('CONFLICT', 'The identity provider has the accounts of this server. Change them there.');
  };

  return {
    async create(who, { username, password, roles }) {
      assertPasswords();
      assertPerson(who);
      checkRoles(roles, policy.source().roles);
      authorizeRoles(who, roles);
      if (!USERNAME.test(username) || username.normalize('NFC') !== username) {
        const message = 'username must have 1 to 256 characters, without control characters and outer spaces.';
        throw new Fault('BAD_INPUT', message, { path: ['input', 'username'] });
      }
      if (deps.isReserved(username)) throw new Fault('CONFLICT', `The user name ${username} is taken. Choose another.`);
      const passwordHash = await hashOf(username, password);
      const user = { subject: newId('usr'), username, tenant: who.tenant, roles: [...new Set(roles)] };
      await accounts.create({ ...user, passwordHash });
      return { ...user, disabled: false };
    },
    async update(who, username, { roles, disabled }) {
      assertPasswords();
      if (roles === undefined && disabled === undefined)
        throw new Fault('BAD_INPUT', 'Nothing would change. Send roles, disabled, or both.', { path: ['input'] });
      if (roles) checkRoles(roles, policy.source().roles);
      const { tenant, subject, roles: former } = await find(who, username);
      authorizeRoles(who, [...former, ...(roles ?? [])]);
      return accounts.change(
        { tenant, subject, roles: former },
        {
          ...(roles && { roles: [...new Set(roles)] }),
          ...(disabled !== undefined && { disabled }),
          at: clock.now(),
          keeps: (left) => left.some((others) => mayUndo(others, former)),
        },
      );
    },
    async setPassword(who, { username = who.username, currentPassword, password, address }) {
      assertPasswords();
      assertPerson(who);
      const { tenant, subject, roles } = await find(who, username);
      if (subject === who.subject && currentPassword !== undefined) {
        await authenticator.signIn(username, currentPassword, address);
      } else if (subject === who.subject) {
        const message = 'Your own password takes the current one: send currentPassword.';
        throw new Fault('BAD_INPUT', message, { path: ['input', 'currentPassword'] });
      } else authorizeRoles(who, roles);
      const passwordHash = await hashOf(username, password);
      return accounts.change({ tenant, subject, roles }, { passwordHash, at: clock.now() });
    },
    async list(who, page) {
      gate.pass(who, { action: 'account:read' });
      return accounts.list(who.tenant, page);
    },
  };
}

function roleUri(role: Role) {
  return namedUri('role', encodeURIComponent(role));
}

/** A token that leaks must not become a password. @throws Fault FORBIDDEN */
function assertPerson(who: SignedIn): void {
  if (!isApiTokenHolder(who)) return;
  throw new Fault('FORBIDDEN', 'An API token sets no passwords. Sign in for this.');
}

/** @throws Fault BAD_INPUT for no role, and for one that the policy does not declare, which permits nothing */
function checkRoles(roles: readonly Role[], declared: readonly Role[]): void {
  const unknown = roles.find((role) => !declared.includes(role));
  if (unknown === undefined && roles.length > 0 && roles.length <= MAX_ROLES) return;
  const problem =
    unknown === undefined
      ? `An account has 1 to ${MAX_ROLES} roles.`
      : `The policy declares no role ${unknown}.${didYouMean(unknown, declared)}`;
  throw new Fault('BAD_INPUT', `${problem} The roles are ${declared.join(', ')}.`, { path: ['input', 'roles'] });
}
