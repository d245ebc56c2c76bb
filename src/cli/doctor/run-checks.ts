import type { Config } from '../../config/config.ts';
import { examineDatabase, examineFolder } from './check-data.ts';
import { examineEngines } from './check-engines.ts';
import { examineProgram } from './check-program.ts';
import { examinePolicy, examineSettings } from './check-settings.ts';
import { type Finding, no, yes } from './finding.ts';

const LEAST_NODE = 24;

/** Looks at everything that a server of these settings uses, by using it. Takes no lock and changes nothing. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const groups = await Promise.all([
    examineNode(),
    examineFolder(config),
    examineDatabase(config),
    examinePolicy(config),
    examineEngines(config),
    examineProgram('git', ['--version'], 'repo.git.* does not work', 'Install git 2.37 or newer.'),
    examineProgram(
      'docker',
      ['version', '--format', 'engine {{.Server.Version}}'],
      'pools with runtime: docker do not work',
      'Start a Docker engine that this user may reach, if a pool needs one.',
    ),
    examineSettings(config),
  ]);
  return groups.flat();
}

function examineNode(): readonly Finding[] {
  const { version } = process;
  if (Number.parseInt(version.slice(1), 10) >= LEAST_NODE) return [yes('node', version)];
  return [no('node', version, `Run it by npm, which brings Node ${LEAST_NODE}, or install that.`)];
}
