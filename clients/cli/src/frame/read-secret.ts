import { text } from 'node:stream/consumers';
import { Interrupted, UsageError } from '../output/exit-codes.ts';
import type { Io } from './io.ts';

/** Asks on a terminal, without showing the answer; otherwise reads standard input. @throws UsageError when it is empty; Interrupted */
export async function readSecret(io: Io, question: string, signal: AbortSignal): Promise<string> {
  const secret = io.isTty(io.stdin) ? await ask(io, question, signal) : await text(io.stdin);
  const line = secret.replace(/\r?\n$/, '');
  if (line === '') throw new UsageError('Standard input is empty. Write the password or the token to it.');
  return line;
}

async function ask({ stdin: input, stderr: output }: Io, message: string, signal: AbortSignal): Promise<string> {
  const prompts = await import('@clack/prompts');
  const answer = await prompts.password({ message, input, output, signal });
  if (prompts.isCancel(answer)) throw new Interrupted();
  return answer;
}
