import type { Secret } from '../config/secrets.ts';

/** What the tools `repo.git.*` are made with. */
export interface GitSettings {
  /** Lets push to https remotes that the policy allows. */
  readonly token?: Secret;
  /** `host:port` that may be private addresses; IPv6 in brackets. */
  readonly allowedPrivateHosts: readonly string[];
  /** All addresses of a name; the system's resolver unless told. */
  readonly lookup?: (hostname: string) => Promise<readonly { readonly address: string }[]>;
  /** File of the certificates that https remotes are checked against; the system's unless told. */
  readonly caFile?: string;
}
