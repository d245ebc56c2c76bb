export type CredentialOptions =
  | {
      /** The initial token; `signIn` replaces it. */
      readonly token?: string;
      /** When the token ends, as `signIn` returned it. The client then renews it before. */
      readonly expiresAt?: string;
      readonly getToken?: never;
    }
  | {
      readonly token?: never;
      readonly expiresAt?: never;
      /**
       * Called for each request and each connection.
       * @param rejected the token that the server has just refused: return another, or the same one to give up.
       */
      readonly getToken: (rejected?: string) => string | undefined | Promise<string | undefined>;
    };

/** The source of tokens. */
export interface Credentials {
  current(): Promise<string | undefined>;
  /** A token to replace the refused one; undefined if there is no other. */
  renew(rejected: string): Promise<string | undefined>;
  /** Keeps the token of a sign-in, or of a renewal. Ignored if the application supplies `getToken`. */
  store(token: string): void;
}

export function createCredentials({ token, getToken }: CredentialOptions): Credentials {
  let storedToken = token;
  const ask = async (rejected?: string) => (getToken ? getToken(rejected) : storedToken);
  return {
    current: () => ask(),
    async renew(rejected) {
      const token = await ask(rejected);
      return token === rejected ? undefined : token;
    },
    store(token) {
      storedToken = token;
    },
  };
}
