import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, CommandContext, Made } from '../commands/define-command.ts';
import { validateOptions } from '../commands/validate-options.ts';
import { Fault } from '../core/errors.ts';
import type { LogLevel } from '../core/event.ts';
import type { JsonObject } from '../core/json.ts';
import { resourcesForTests } from '../resources/resources-for-tests.ts';
import { createSchemaValidator } from '../resources/validate-schema.ts';
import { createCpuPool } from './cpu-pool.ts';

/** What a command made, read to its end. */
export interface Result {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly text: string;
  /** How it came: in memory, as a stream, or as a file. */
  readonly as: 'memory' | 'stream' | 'file';
}

export interface ContextForTests {
  /** Validates the options and runs the command, as the engine does. */
  run(command: Command, options: JsonObject, changes?: Partial<CommandContext>): Promise<Result>;
  /** Serves bytes under `http:`; gives their URI. */
  serve(mediaType: string, bytes: string | Uint8Array): string;
  readonly context: CommandContext;
  readonly logged: readonly { readonly level: LogLevel; readonly text: string }[];
  /** Files that were left in the scratch folder. */
  scratchFiles(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Commands with the real thing around them: resources over sockets and files, workers, schemas. */
export async function commandContextForTests(maxBytes = 200 * 2 ** 20): Promise<ContextForTests> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-commands-'));
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const served = new Map<string, { mediaType: string; bytes: string | Uint8Array }>();
  const server = createServer((request, response) => {
    const found = served.get(request.url ?? '');
    response.writeHead(found ? 200 : 404, found && { 'content-type': found.mediaType });
    response.end(found?.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resources = await resourcesForTests({ allowedPrivateHosts: [host], fetchMaxBytes: 100 * 2 ** 20 });
  const cpu = createCpuPool();
  const schemas = createSchemaValidator({ cpu });
  const logged: { level: LogLevel; text: string }[] = [];
  let files = 0;

  const context: CommandContext = {
    signal: new AbortController().signal,
    cpu,
    maxBytes,
    read: (source) => resources.open(source),
    async validate(json, schemaUri) {
      const violations = await schemas.validate({
        json,
        schemaUri,
        read: (uri) => resources.open({ uri }),
        signal: context.signal,
      });
      if (violations.length > 0) throw new Fault('SCHEMA_VIOLATION', 'The data does not fit.', { violations });
    },
    scratch: () => {
      files += 1;
      return join(scratch, String(files));
    },
    log: (level, text) => logged.push({ level, text }),
  };

  return {
    context,
    logged,
    async run(command, options, changes) {
      const made = await command.run(validateOptions(command, options), { ...context, ...changes });
      return collect(made);
    },
    serve(mediaType, bytes) {
      const path = `/${served.size + 1}`;
      served.set(path, { mediaType, bytes });
      return `http://${host}${path}`;
    },
    scratchFiles: () => readdir(scratch),
    async close() {
      await cpu.close();
      await resources.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As the engine does: takes a file over, reads a stream to its end. */
async function collect({ mediaType, content }: Made): Promise<Result> {
  const result = (bytes: Buffer, as: Result['as']) => ({ mediaType, bytes, text: bytes.toString(), as });
  if (typeof content === 'string' || content instanceof Uint8Array) return result(Buffer.from(content), 'memory');
  if ('file' in content) {
    const bytes = await readFile(content.file);
    await rm(content.file);
    return result(bytes, 'file');
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return result(Buffer.concat(pieces), 'stream');
}
