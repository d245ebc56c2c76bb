import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { Fault } from '../../core/errors.ts';
import type { DatabaseConfig } from '../connections/database-config.ts';

/** Words are searched in so many characters of the JSON of the inputs, and as many of the JSON of the error. */
export const SEARCHED_CHARACTERS = 2_048;

const MAX_QUERY_CHARACTERS = 256;
const MAX_WORDS = 8;

/**
 * The words of a search, separated by spaces and control characters.
 * @throws Fault BAD_INPUT for too many words or characters
 */
export function searchWords(query: string): readonly string[] {
  const refuse = (message: string) => new Fault('BAD_INPUT', message, { path: ['filter', 'q'] });
  if (query.length > MAX_QUERY_CHARACTERS) throw refuse(`Search for at most ${MAX_QUERY_CHARACTERS} characters.`);
  const words = query.split(/[\s\p{Cc}]+/u).filter((word) => word !== '');
  if (words.length > MAX_WORDS) throw refuse(`Search for at most ${MAX_WORDS} words; received ${words.length}.`);
  return [...new Set(words)];
}

/**
 * Whether the row `r` of `runs` has the word in its goal, the name of its workflow, its labels, its error or its inputs; A to Z also
 * match a to z. The three last are JSON text, so the word is compared as it is written there.
 */
export function wordCondition(word: string, kind: DatabaseConfig['kind']): Sql {
  const contains = (text: Sql, part: string) => {
    const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`;
    // Both ignore the case of ASCII only.
    return kind === 'sqlite'
      ? sql`${text} LIKE ${pattern} ESCAPE '\\'`
      : sql`${text} ILIKE ${pattern} COLLATE "C" ESCAPE '\\'`;
  };
  const escaped = JSON.stringify(word).slice(1, -1);
  const start = (column: 'error' | 'inputs') => sql`substr(r.${raw(column)}, 1, ${raw(String(SEARCHED_CHARACTERS))})`;
  const texts = [
    contains(sql`r.goal`, word),
    contains(sql`r.workflow`, word),
    contains(sql`r.labels`, escaped),
    contains(start('error'), escaped),
    contains(start('inputs'), escaped),
  ];
  return sql`(${join(texts, ' OR ')})`;
}

/** The parts of a word that read the same in every text, JSON or not. */
export function plainParts(word: string): readonly string[] {
  return word.split(/["\\\p{Cs}]/u);
}
