import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startServer } from '../server.ts';
import { startWebServer } from '../web-server.ts';

const ISSUER = 'https://id.example';
const AUDIENCE = 'signalbox';
const KEY_IDS = ['one', 'two'];

/** A token for user-1. */
export interface TokenInput {
  /** Its `kid`. Default: none. */
  readonly kid?: string;
  /** Index of the key that signed it. */
  readonly signedBy: number;
}

/** A fake identity provider whose key set has two keys of one kind, `one` and `two`, and a server that trusts it. */
export async function startIdentityProvider() {
  const pairs = await Promise.all(KEY_IDS.map(() => generateKeyPair('ES256')));
  const keys = await Promise.all(
    pairs.map(async ({ publicKey }, i) => ({
      ...(await exportJWK(publicKey)),
      ...{ kid: KEY_IDS[i], alg: 'ES256', use: 'sig' },
    })),
  );
  const web = await startWebServer((_, res) => {
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  const env = { JWKS_URL: `${web.url}/keys`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_SECRET: undefined };
  const server = await startServer({ env: { ...env, ALLOWED_PRIVATE_HOSTS: web.host } });
  return {
    server,
    async sign({ kid, signedBy }: TokenInput): Promise<string> {
      const pair = pairs[signedBy];
      if (pair === undefined) throw new RangeError(`there is no key ${signedBy}`);
      return new SignJWT({ username: 'user-1', roles: ['user'] })
        .setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject('user-1')
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(pair.privateKey);
    },
    async close() {
      await server.stop();
      await web.close();
    },
  };
}
