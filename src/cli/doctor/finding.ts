/** The state of one thing that the server uses. */
export interface Finding {
  readonly name: string;
  /** `no`: the server cannot do what it is for; `limited`: it does without, or with something weaker. */
  readonly usable: 'yes' | 'limited' | 'no';
  /** What it is, or why it is not usable. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

export const usable = (name: string, detail: string): Finding => ({ name, usable: 'yes', detail });
export const limited = (name: string, detail: string, advice?: string): Finding => ({
  ...{ name, usable: 'limited', detail },
  ...(advice !== undefined && { advice }),
});
export const unusable = (name: string, detail: string, advice: string): Finding => ({
  name,
  usable: 'no',
  detail,
  advice,
});

const MARKS: Record<Finding['usable'], string> = { yes: 'ok', limited: '--', no: 'NO' };

/** For people: a line for each, and below it what to do. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, usable, detail, advice }) => [
      `  ${MARKS[usable]}  ${name.padEnd(width)}  ${detail}`,
      ...(advice === undefined ? [] : [`${' '.repeat(width + 8)}→ ${advice}`]),
    ])
    .join('\n');
}
