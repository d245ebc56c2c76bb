import type { Config } from '../../config/config.ts';
import { checkBus } from './check-bus.ts';
import { checkDatabase, checkDataFolder, checkWorkspaces } from './check-data.ts';
import { checkEngines } from './check-engines.ts';
import { checkProgram } from './check-program.ts';
import { checkPolicy, checkSettings } from './check-settings.ts';
import { checkArtifacts, checkRedis } from './check-storage.ts';
import { checkWorkers } from './check-workers.ts';
import { type Finding, unusable, usable } from './finding.ts';

const MIN_NODE_MAJOR = 24;

/** Checks everything that a server with these settings uses, by using it. Takes no lock, and removes what it writes. */
export async function runChecks(config: Config): Promise<readonly Finding[]> {
  const checks: Readonly<Record<string, () => readonly Finding[] | Promise<readonly Finding[]>>> = {
    node: checkNode,
    data: () => checkDataFolder(config),
    workspaces: () => checkWorkspaces(config),
    artifacts: () => checkArtifacts(config),
    redis: () => checkRedis(config),
    database: () => checkDatabase(config),
    bus: () => checkBus(config),
    policy: () => checkPolicy(config),
    sandbox: () => checkEngines(config),
    workers: checkWorkers,
    git: () => checkProgram('git', ['--version'], 'repo.git.* does not work', 'Install git 2.32 or newer.'),
    docker: () =>
      checkProgram(
        'docker',
        ['version', '--format', 'engine {{.Server.Version}}'],
        'pools with runtime: docker do not work',
        'Start a Docker engine that this user may reach, if a pool needs one.',
      ),
    settings: () => checkSettings(config),
  };
  const groups = Object.entries(checks).map(async ([name, check]) => {
    try {
      return await check();
    } catch (error) {
      // One check that fails does not hide the findings of the others.
      const reason = error instanceof Error ? error.message : String(error);
      return [unusable(name, `could not be checked: ${reason}`, 'Fix the cause, then run the doctor again.')];
    }
  });
  return (await Promise.all(groups)).flat();
}

function checkNode(): readonly Finding[] {
  const { version } = process;
  if (Number.parseInt(version.slice(1), 10) >= MIN_NODE_MAJOR) return [usable('node', version)];
  return [unusable('node', version, `Run it with npm, which brings Node ${MIN_NODE_MAJOR}, or install that version.`)];
}
