import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, CommandContext, Made } from '../../../src/commands/definition/define-command.ts';
import { validateOptions } from '../../../src/commands/definition/validate-options.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { LogLevel } from '../../../src/core/event.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { createSchemaValidator } from '../../../src/resources/schemas/schema-validator.ts';
import { type CpuPoolOptions, createCpuPool } from '../../../src/runtime/cpu/cpu-pool.ts';
import { createTestResources } from '../resources/resources.ts';

/** The output of a command, read completely. */
interface CommandResult {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly text: string;
  /** Whether the output was in memory, a stream, or a file. */
  readonly as: 'memory' | 'stream' | 'file';
}

export interface TestCommandContext {
  /** Validates the options and runs the command, as the engine does. */
  run(command: Command, options: JsonObject, changes?: Partial<CommandContext>): Promise<CommandResult>;
  /** Writes a file and returns its `file:` URI. */
  file(name: string, bytes: string | Uint8Array): Promise<string>;
  /** Path of such a file. */
  pathOf(name: string): string;
  readonly context: CommandContext;
  readonly logged: readonly { readonly level: LogLevel; readonly text: string }[];
  /** Files in the scratch folder. */
  scratchFiles(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface TestContextOptions {
  readonly pool?: CpuPoolOptions;
  /** Default: a new folder as /data. */
  readonly localRoots?: readonly { readonly name: string; readonly folder: string }[];
}

/** A context with real resources, files, workers and schemas. */
export async function createTestContext(options: TestContextOptions = {}): Promise<TestCommandContext> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-commands-'));
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const data = join(folder, 'data');
  await mkdir(data);
  const localRoots = options.localRoots ?? [{ name: '/data', folder: data }];
  const resources = await createTestResources({ localRoots, fetchMaxBytes: 100 * 2 ** 20 });
  const pool = createCpuPool(options.pool);
  const cpu = pool.of({ tenant: 'default', subject: 'ada' });
  const schemas = createSchemaValidator();
  const logged: { level: LogLevel; text: string }[] = [];
  let files = 0;

  const context: CommandContext = {
    signal: new AbortController().signal,
    cpu,
    maxBytes: 200 * 2 ** 20,
    read: (source) => resources.open(source),
    async validate(json, schemaUri) {
      const violations = await schemas.validate({
        json,
        schemaUri,
        read: (uri) => resources.open({ uri }),
        cpu,
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
      const output = await command.run(validateOptions(command, options), { ...context, ...changes });
      return collect(output);
    },
    async file(name, bytes) {
      await writeFile(join(data, name), bytes);
      return `file:///data/${name}`;
    },
    pathOf: (name) => join(data, name),
    scratchFiles: () => readdir(scratch),
    async close() {
      await pool.close();
      await resources.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the output as the engine does: removes a file, reads a stream to its end. */
async function collect({ mediaType, content }: Made): Promise<CommandResult> {
  const result = (bytes: Buffer, as: CommandResult['as']) => ({ mediaType, bytes, text: bytes.toString(), as });
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
