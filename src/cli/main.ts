import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { devAccounts } from '../auth/dev-accounts.ts';
import { hashPassword } from '../auth/password.ts';
import type { Config } from '../config/config.ts';
import { readEnvironment } from '../config/environment.ts';
import { readClientEnvironment } from '../config/read-client.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { DEFAULT_TENANT } from '../core/principal.ts';

const USAGE = `Usage: npm run signalbox -- <command>

  serve                                          starts the server, as npm start does
  migrate                                        brings the database up to date
  doctor [--json]                                looks at what the server uses: usable, or why not
  mcp                                            joins an MCP client on standard input and output to a server that runs
  user add NAME --roles ROLE[,ROLE…] [--tenant NAME]
                                                 adds an account or replaces it; its password comes on standard input
`;

/**
 * Runs one command line. Resolves with the exit code: 0 done, 1 failed, 2 not understood. A command loads what it needs
 * when it runs: `mcp` is started once for every client, and is no server.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    return await run(args);
  } catch (error) {
    printError(error);
    return 1;
  }
}

async function run([command = 'serve', ...rest]: readonly string[]): Promise<number> {
  if (command === 'serve') return serve(readConfig());
  if (command === 'migrate') {
    const { migrate } = await import('../store/migrations/migrate.ts');
    const applied = await migrate(readConfig().database);
    printLine(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
    return 0;
  }
  if (command === 'doctor') return doctor(readConfig(), rest.includes('--json'));
  if (command === 'mcp') return mcp();
  if (command === 'user' && rest[0] === 'add') return addUser(readConfig(), rest.slice(1));
  process.stderr.write(USAGE);
  return 2;
}

async function serve(config: Config): Promise<number> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const { startServer: startApp } = await import('../compose/server.ts');
  const app = await startApp(config);
  const asked = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  banner(config, app.url);
  await asked;
  await app.stop();
  return 0;
}

function banner(config: Config, url: string): void {
  printLine(`Signalbox (${config.mode})`);
  if (config.server.graphiql) printLine(`  GraphiQL  ${url}/graphql`);
  printLine(`  API       ${url}/graphql`);
  if (!config.auth.devAccounts) return;
  const accounts = devAccounts.map(({ username, password, roles }) => `${username}/${password} (${roles.join(', ')})`);
  printLine(`  Accounts  ${accounts.join('   ')}`);
  printLine('  Development mode: these accounts work, so it listens on this machine only.');
}

async function doctor(config: Config, asJson: boolean): Promise<number> {
  const { runChecks: examine } = await import('./doctor/run-checks.ts');
  const { formatFindings: showFindings } = await import('./doctor/finding.ts');
  const findings = await examine(config);
  printLine(asJson ? JSON.stringify(findings, null, 2) : showFindings(findings));
  return findings.some(({ usable }) => usable === 'no') ? 1 : 0;
}

async function mcp(): Promise<number> {
  const { runBridge } = await import('../surfaces/mcp-server/bridge/run-bridge.ts');
  return runBridge(readClientEnvironment(process.env));
}

async function addUser(config: Config, args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { roles: { type: 'string' }, tenant: { type: 'string', default: DEFAULT_TENANT } },
  });
  const [username] = positionals;
  const roles = (values.roles ?? '').split(',').filter(Boolean);
  if (username === undefined || roles.length === 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < 12)
    throw new Fault('BAD_INPUT', 'A password has at least 12 characters. Give it on standard input.');
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const { openStore } = await import('../store/open-store.ts');
  const { createLogger } = await import('../telemetry/logger.ts');
  const store = await openStore({ database: config.database, logger: createLogger({ level: 'error' }) });
  try {
    const known = await store.accounts.find(username);
    const subject = known?.subject ?? newId('usr');
    await store.accounts.put({
      subject,
      username,
      tenant: values.tenant,
      roles,
      passwordHash: await hashPassword(password),
    });
    printLine(`${username} may sign in as ${roles.join(', ')} of tenant ${values.tenant}.`);
  } finally {
    await store.close();
  }
  return 0;
}

function readConfig(): Config {
  return readEnvironment(process.env);
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What an operator can mend is told in plain words; anything else is a bug and shows its stack. */
function printError(error: unknown): void {
  console.error(error instanceof Fault ? error.message : error);
  if (!(error instanceof Fault)) return;
  const untold = error.violations.filter(({ message }) => !error.message.includes(message));
  for (const { path, message } of untold) console.error(`  ${path}: ${message}`);
}
