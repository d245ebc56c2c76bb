import type { Config } from '../../config/config.ts';
import { checkDatabase, checkDataFolder } from './check-data.ts';
import { checkEngines } from './check-engines.ts';
import { checkProgram } from './check-program.ts';
import { checkPolicy, checkSettings } from './check-settings.ts';
import { type Finding, unusable, usable } from './finding.ts';

const MIN_NODE_MAJOR = 24;

/** Checks everything that a server with these settings uses, by using it. Takes no lock and changes nothing. */
export async function runChecks(config: Config): Promise<readonly Finding[]> {
  const groups = await Promise.all([
    checkNode(),
    checkDataFolder(config),
    checkDatabase(config),
    checkPolicy(config),
    checkEngines(config),
    checkProgram('git', ['--version'], 'repo.git.* does not work', 'Install git 2.32 or newer.'),
    checkProgram(
      'docker',
      ['version', '--format', 'engine {{.Server.Version}}'],
      'pools with runtime: docker do not work',
      'Start a Docker engine that this user may reach, if a pool needs one.',
    ),
    checkSettings(config),
  ]);
  return groups.flat();
}

function checkNode(): readonly Finding[] {
  const { version } = process;
  if (Number.parseInt(version.slice(1), 10) >= MIN_NODE_MAJOR) return [usable('node', version)];
  return [unusable('node', version, `Run it with npm, which brings Node ${MIN_NODE_MAJOR}, or install that version.`)];
}
