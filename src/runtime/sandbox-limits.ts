import type { ProgramLimits } from '../core/sandbox.ts';

export const PRLIMIT = '/usr/bin/prlimit';
const MAX_OPEN_FILES = 1_024;

/** The words before a command that let it begin with these limits, which all that it starts inherits. No core files. */
export function underLimits({ memoryBytes, processes, cpuSeconds, fileBytes }: ProgramLimits): readonly string[] {
  const cpu = Math.max(1, Math.ceil(cpuSeconds));
  return [
    PRLIMIT,
    `--as=${memoryBytes}`,
    `--nproc=${processes}`,
    // A second after SIGXCPU, which can be ignored, comes SIGKILL.
    `--cpu=${cpu}:${cpu + 1}`,
    `--fsize=${fileBytes}`,
    `--nofile=${MAX_OPEN_FILES}`,
    '--core=0',
    '--',
  ];
}
