import { mkdir } from 'node:fs/promises';
import { devAccounts } from '../auth/dev-accounts.ts';
import { startServer } from '../compose/server.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import { nextInterruption } from './interruption.ts';
import type { VerbContext } from './verb.ts';

/** Serves until SIGINT or SIGTERM. */
export async function serve({ env }: Pick<VerbContext, 'env'>): Promise<number> {
  const config = readEnvironment(env);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const interrupted = nextInterruption();
  const server = await startServer(config);
  printBanner(config, server.url);
  await interrupted;
  await server.stop();
  return 0;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printBanner(config: Config, url: string): void {
  printLine(`Signalbox (${config.mode})`);
  if (config.server.dashboard !== undefined) printLine(`  Dashboard ${url}/`);
  if (config.server.graphiql) printLine(`  GraphiQL  ${url}/graphql`);
  printLine(`  API       ${url}/graphql`);
  printLine(`  Data      ${config.dataDir}`);
  printLine('  Set PORT and DATA_DIR for another port and folder: PORT=4100 DATA_DIR=other npm start');
  if (!config.auth.devAccounts) return;
  const accounts = devAccounts.map(({ username, password, roles }) => `${username}/${password} (${roles.join(', ')})`);
  printLine(`  Accounts  ${accounts.join('   ')}`);
  printLine('  Development mode: these accounts work, so it listens on this machine only.');
}
