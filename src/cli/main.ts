import { existsSync } from 'node:fs';
import { EXIT, printError, printLine, UsageError } from './output.ts';
import { usageText, VERBS, type Verb } from './verbs.ts';

/** Whether the word is a verb of the server. */
export function isVerb(word: string | undefined): boolean {
  return VERBS.some(({ name }) => name === word);
}

/** Runs a verb of the server. Resolves with the exit code: 0 success, 1 failure, 2 misuse. */
export async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if ([name, ...args].some((word) => word === '--help' || word === '-h')) {
    printLine(usageText());
    return EXIT.success;
  }
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    return await findVerb(name).run(args, process.env);
  } catch (error) {
    if (!(error instanceof UsageError || isArgumentError(error))) {
      printError(error);
      return EXIT.failure;
    }
    console.error(`${error.message}\n\n${usageText()}`);
    return EXIT.misuse;
  }
}

function findVerb(name: string): Verb {
  const verb = VERBS.find((one) => one.name === name);
  if (!verb) throw new UsageError(`There is no verb ${name}.`);
  return verb;
}

/** What `parseArgs` of node:util throws for options that it does not know. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
