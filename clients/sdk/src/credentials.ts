export type CredentialOptions =
  | {
      /** A token to begin with; `signIn` replaces it. */
      readonly token?: string;
      readonly getToken?: never;
    }
  | {
      readonly token?: never;
      /**
       * Asked for each request and each connection.
       * @param rejected the token that the server has just refused: give another, or the same to give up.
       */
      readonly getToken: (rejected?: string) => string | undefined | Promise<string | undefined>;
    };

/** Where tokens come from. */
export interface Credentials {
  current(): Promise<string | undefined>;
  /** Another token than the one that was refused; undefined when there is none. */
  renew(rejected: string): Promise<string | undefined>;
  /** Keeps the token of a sign-in, unless the application keeps tokens itself. */
  store(token: string): void;
}

export function createCredentials({ token, getToken }: CredentialOptions): Credentials {
  let held = token;
  const ask = async (rejected?: string) => (getToken ? getToken(rejected) : held);
  return {
    current: () => ask(),
    async renew(rejected) {
      const token = await ask(rejected);
      return token === rejected ? undefined : token;
    },
    store(token) {
      held = token;
    },
  };
}
