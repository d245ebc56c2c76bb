import { text } from 'node:stream/consumers';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';

interface Question {
  readonly question: string;
  /** It is asked for twice, because nobody sees what they type. */
  readonly isNew: boolean;
}

/** A password for each question: from a terminal, or with `--password-stdin` lines of standard input. @throws UsageError */
export function readPasswords(
  ctx: Context,
  questions: readonly Question[],
  { passwordStdin = false }: { readonly passwordStdin?: boolean },
): Promise<readonly string[]> {
  return passwordStdin ? readLines(ctx, questions.length) : ask(ctx, questions);
}

async function readLines({ io }: Context, count: number): Promise<readonly string[]> {
  const lines = (await text(io.stdin)).replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.length === count && lines.every((line) => line !== '')) return lines;
  const expected = count === 1 ? 'one line with the password' : 'the current password and the new one, each on a line';
  throw new UsageError(`Standard input must be ${expected}.`);
}

async function ask({ io, readSecret }: Context, questions: readonly Question[]): Promise<readonly string[]> {
  if (!io.isTty(io.stdin) || !io.isTty(io.stderr))
    throw new UsageError('There is no terminal to ask on. Use --password-stdin.');
  const answers: string[] = [];
  for (const { question, isNew } of questions) {
    const answer = await readSecret(question);
    if (isNew && (await readSecret('The same again')) !== answer)
      throw new UsageError('The two passwords differ. Start again.');
    answers.push(answer);
  }
  return answers;
}
