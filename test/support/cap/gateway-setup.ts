import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type NatsServer, startNatsServer } from '../bus/nats-server.ts';
import { type Server, type ServerOptions, startServer, tokenFor } from '../server.ts';
import { newKeyPair } from './legacy-codec.ts';
import { type SdkClient, startSdkClient } from './sdk-client.ts';

/** A NATS server, and clients whose keys are known, each with an account. */
export interface GatewaySetup extends AsyncDisposable {
  readonly nats: NatsServer;
  /** The environment of its nodes. */
  readonly nodeEnv: Readonly<Record<string, string>>;
  /** Starts a node. */
  startNode(options?: ServerOptions): Promise<Server>;
  client(id: ClientName, order?: 'go' | 'python'): Promise<SdkClient>;
  /** Data of a document, which must not have errors, as the admin. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
  ask(node: Server, document: string, variables?: object): Promise<any>;
}

/** The accounts of the clients: an admin may submit every job, an analyst none by the rules that are shipped. */
const ACCOUNTS = { builder: 'admin', other: 'admin', analyst: 'alice', stranger: 'nobody' } as const;
type ClientName = keyof typeof ACCOUNTS;

export async function startGatewaySetup(): Promise<GatewaySetup> {
  const nats = await startNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-peers-'));
  const keys = Object.fromEntries(Object.keys(ACCOUNTS).map((id) => [id, newKeyPair()]));
  const peers = Object.entries(ACCOUNTS).map(([id, account]) => {
    return [id, { public_key: keys[id]?.publicKey.export({ format: 'pem', type: 'spki' }), account }] as const;
  });
  const file = join(folder, 'peers.yaml');
  await writeFile(file, JSON.stringify({ ...Object.fromEntries(peers) }));
  const unsigned = { CAP_UNSIGNED: 'true', CAP_UNSIGNED_ACCOUNT: 'admin' };
  const envOfNode = { NATS_URL: nats.url, CAP_PEERS: file, ...unsigned };
  const token = await tokenFor('dev:admin', { roles: ['admin'] });
  return {
    nats,
    nodeEnv: envOfNode,
    startNode: ({ env, ...options } = {}) => startServer({ ...options, env: { ...envOfNode, ...env } }),
    client: (id, order = 'go') =>
      startSdkClient({ url: nats.url, id, order, ...(keys[id] && { key: keys[id].privateKey }) }),
    async ask(node, document, variables = {}) {
      const { data, errors } = await node.query(document, variables, token);
      expect(errors).toBeUndefined();
      return data;
    },
    async [Symbol.asyncDispose]() {
      await nats.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const RUNS = `query { runs(filter: { kind: [JOB] }, first: 100) { nodes {
  id state traceId priority error { code message } parent { id } steps { input worker attempt state } } } }`;
