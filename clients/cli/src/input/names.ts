import { UsageError } from '../output/exit-codes.ts';

/** The names of an option, with commas between them: at least one. @throws UsageError */
export function parseNames(option: string, text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new UsageError(`${option} requires at least one name.`);
  return names;
}
