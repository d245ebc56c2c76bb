import { text } from 'node:stream/consumers';
import { ViewerDocument } from '../../../sdk/src/generated/graphql.ts';
import { createClient, SignalboxError } from '../../../sdk/src/index.ts';
import { changeHosts, hostsFile } from '../connection/hosts-file.ts';
import type { Context } from '../frame/context.ts';
import { EXIT, UsageError } from '../output/exit-codes.ts';

interface Answers {
  readonly user: string;
  readonly password: string;
}

/** Keeps a token that the server has just accepted. Secrets come from standard input or a terminal, never from arguments. */
export async function run(ctx: Context, _: readonly unknown[], options: Readonly<Record<string, unknown>>) {
  const user = typeof options.user === 'string' ? options.user : undefined;
  const { tokenStdin, passwordStdin } = options;
  if (tokenStdin === true && (user !== undefined || passwordStdin === true))
    throw new UsageError('--token-stdin cannot be combined with --user or --password-stdin.');
  const { name, url } = await ctx.profile();
  let token: string;
  if (tokenStdin === true) token = await readSecret(ctx);
  else {
    const answers = passwordStdin === true ? await readAnswers(ctx, user) : await askAnswers(ctx, user);
    if (!answers) {
      ctx.note('Interrupted. Nobody was signed in.');
      return EXIT.interrupted;
    }
    token = await signIn(ctx, url, answers);
  }
  const username = await usernameOf(ctx, url, token);
  await changeHosts(hostsFile(ctx.env), (hosts) => ({ ...hosts, [name]: { url, username, token } }));
  ctx.note(`${username} is signed in to ${url} (profile ${name}).`);
  return EXIT.success;
}

async function signIn(ctx: Context, url: string, { user, password }: Answers): Promise<string> {
  const client = createClient({ url });
  try {
    return (await client.signIn(user, password, { signal: ctx.signal })).token;
  } finally {
    client.close();
  }
}

async function usernameOf(ctx: Context, url: string, token: string): Promise<string> {
  const client = createClient({ url, token });
  try {
    const { viewer } = await client.request(ViewerDocument, {}, { signal: ctx.signal });
    if (!viewer)
      throw new SignalboxError(
        'UNAUTHENTICATED',
        `${url} does not accept the token: it has expired, was revoked, or is that of another server.`,
      );
    return viewer.username;
  } finally {
    client.close();
  }
}

async function readAnswers(ctx: Context, user: string | undefined): Promise<Answers> {
  if (user === undefined) throw new UsageError('--password-stdin requires --user.');
  return { user, password: await readSecret(ctx) };
}

async function readSecret({ io }: Context): Promise<string> {
  const secret = (await text(io.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError('Standard input is empty. Write the password or the token to it.');
  return secret;
}

/** Asks on the terminal, without showing the password. @returns undefined when the user interrupts */
async function askAnswers({ io, signal }: Context, known: string | undefined): Promise<Answers | undefined> {
  if (!io.isTty(io.stdin) || !io.isTty(io.stderr))
    throw new UsageError('There is no terminal to ask on. Use --user with --password-stdin, or --token-stdin.');
  const prompts = await import('@clack/prompts');
  const terminal = { input: io.stdin, output: io.stderr, signal };
  const user = known ?? (await prompts.text({ message: 'User name', ...terminal }));
  if (prompts.isCancel(user)) return undefined;
  const password = await prompts.password({ message: 'Password', ...terminal });
  return prompts.isCancel(password) ? undefined : { user, password };
}
