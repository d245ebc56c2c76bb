import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Server, tokenFor } from '../../../test/support/server.ts';
import { type Client, type ClientOptions, createClient } from '../src/create-client.ts';
import { ConvertToJsonDocument } from '../src/generated/graphql.ts';
import { unwrap } from '../src/transport/signalbox-error.ts';
import { startJournalServer } from './journal-server.ts';

const cleanups: (() => unknown)[] = [];

/** Has `cleanUp` dispose of something, and returns it. */
export function disposeLater<T>(thing: T, dispose: (thing: T) => unknown): T {
  cleanups.push(() => dispose(thing));
  return thing;
}

/** Disposes of what a test has opened here, last first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export const clientOf = (options: ClientOptions) => disposeLater(createClient(options), (client) => client.close());

export const startJournal = async (options: Parameters<typeof startJournalServer>[0] = {}) =>
  disposeLater(await startJournalServer(options), (server) => server.stop());

export const portOf = ({ url }: Pick<Server, 'url'>) => Number(new URL(url).port);
export const adminToken = () => tokenFor('admin', { roles: ['admin'] });

/** A client with the token of an administrator, unless the options have another. */
export async function adminClient(url: string, options: Partial<ClientOptions> = {}): Promise<Client> {
  const credentials = 'getToken' in options ? {} : { token: await adminToken() };
  return clientOf({ url, ...credentials, ...options } as ClientOptions);
}

/** Runs convertToJson on a CSV text. */
export async function convert(client: Client, text: string) {
  const input = { source: { text: { text, mediaType: 'text/csv' } } };
  return unwrap((await client.request(ConvertToJsonDocument, { input })).convertToJson);
}

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
