import type { AccountStandings, Accounts } from '../../core/accounts/accounts.ts';
import { Fault } from '../../core/errors.ts';
import { DEFAULT_TENANT, type User } from '../../core/principal.ts';
import type { Peer } from './peers.ts';

interface PeerUserDeps {
  readonly accounts: Pick<Accounts, 'find'>;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
}

/**
 * The account under which jobs of the peer run, with its roles of today.
 * @throws Fault FORBIDDEN for a peer without an account, or with one that does not exist, was disabled or is of another tenant
 */
export async function userOf(peer: Peer, { accounts, standings }: PeerUserDeps): Promise<User> {
  const { account: name, tenant } = peer;
  const by = JSON.stringify(peer.senderId);
  if (name === undefined) {
    throw new Fault('FORBIDDEN', `The peer ${by} may not submit jobs: it has no account in CAP_PEERS.`);
  }
  const account = await accounts.find(name);
  const isNamed = account && (tenant === undefined || account.tenant === tenant);
  const who = isNamed ? account : { subject: name, username: name, tenant: tenant ?? DEFAULT_TENANT };
  const standing = standings.standingOf(who);
  if (standing.state === 'current') {
    return { subject: who.subject, username: who.username, tenant: who.tenant, roles: standing.roles };
  }
  const message = `The peer ${by} may not submit jobs: the tenant ${who.tenant} has no account ${name}, or it was disabled.`;
  throw new Fault('FORBIDDEN', message);
}
