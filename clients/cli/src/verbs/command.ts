import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ExecuteDocument, type ResourceInput } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { writeBytes } from '../frame/write-bytes.ts';
import { CommandsDocument } from '../generated/graphql.ts';
import { printCommandHelp } from '../input/command-help.ts';
import { type CommandSchema, parseCommandOptions } from '../input/command-options.ts';
import { isUri } from '../input/document-text.ts';
import { EXIT, UsageError } from '../output/exit-codes.ts';

/** Runs one command, and writes its result to standard output: the bytes, or with `-o` what is known of them. */
export async function run(
  ctx: Context,
  [name, words]: readonly unknown[],
  { help }: Readonly<Record<string, unknown>>,
  program: Command,
): Promise<number> {
  const verb = program.commands.find((known) => known.name() === 'command');
  if (help && verb && name === undefined) {
    verb.outputHelp();
    return EXIT.success;
  }
  const client = await ctx.client();
  const { commands } = (await client.request(CommandsDocument, {}, { signal: ctx.signal })).catalog;
  if (name === undefined) {
    await ctx.print(commands.map((known) => ({ id: known.name, description: known.description })));
    return EXIT.success;
  }
  const known = commands.find((one) => one.name === name);
  if (!known)
    throw new UsageError(`There is no command ${name}. Name one of ${commands.map((one) => one.name).join(', ')}.`);
  const schema = known.options as CommandSchema;
  if (help && verb) {
    printCommandHelp(verb, { ...known, options: schema });
    return EXIT.success;
  }
  const { command, options } = await readOptions(ctx, String(name), schema, words as readonly string[]);
  const input = { command, options, idempotencyKey: randomUUID() };
  const { execute } = await client.request(ExecuteDocument, { input }, { signal: ctx.signal });
  const { run: started, resource } = unwrap(execute);
  if (started.error) throw new SignalboxError(started.error.code, `${started.error.message} (run ${started.id})`);
  if (!resource) {
    ctx.note(`Run ${started.id} is ${started.state}. signalbox show ${started.id} --watch follows it.`);
    return EXIT.failed;
  }
  const { uri, mediaType, size, digest } = resource;
  if (ctx.output !== 'table') await ctx.print([{ id: started.id, state: started.state, uri, mediaType, size, digest }]);
  else await writeBytes(ctx, await client.download(digest, { signal: ctx.signal }), mediaType);
  return EXIT.success;
}

/** The options by the JSON Schema of the command, with its source. @throws UsageError */
async function readOptions(ctx: Context, name: string, schema: CommandSchema, words: readonly string[]) {
  const { source, options } = parseCommandOptions(name, schema, words);
  if (source === undefined) return { command: name, options };
  if (source !== '-' && !isUri(source))
    throw new UsageError(
      `${source} is not a URI. Write one such as https://example.com/data.csv, or - for standard input.`,
    );
  const resource: ResourceInput =
    source === '-' ? { bytes: { base64: (await buffer(ctx.io.stdin)).toString('base64') } } : { uri: source };
  return { command: name, options: { ...options, source: resource } };
}
