import type { Finding } from './finding.ts';

const MARKS: Record<Finding['usable'], string> = { yes: 'ok', limited: '--', no: 'NO' };

/** For people: a line for each, and below it what to do. */
export function showFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, usable, detail, advice }) => [
      `  ${MARKS[usable]}  ${name.padEnd(width)}  ${detail}`,
      ...(advice === undefined ? [] : [`${' '.repeat(width + 8)}→ ${advice}`]),
    ])
    .join('\n');
}
