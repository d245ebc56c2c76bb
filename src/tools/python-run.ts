import type { Static } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import { type ErrorCode, Fault } from '../core/errors.ts';
import type { PythonEngine, PythonResult } from '../core/programs/python.ts';
import { mediaTypeOfFile } from '../lib/media-type.ts';
import { defineTool } from './define-tool.ts';
import { readInputFiles } from './python/input-files.ts';
import { networkHosts, networkUris } from './python/network-access.ts';
import { PythonInput, PythonOutput } from './python/schema.ts';

type PythonOutputValue = Static<typeof PythonOutput>;

const MEMORY_BYTES = 512 * 2 ** 20;
const MAX_OUTPUT_BYTES = 16 * 2 ** 20;
/** Limit of stdout and of stderr in the result itself. */
const MAX_INLINE_CHARS = 256 * 1024;

export const pythonRun = (engine: PythonEngine) =>
  defineTool({
    name: 'python.run',
    title: 'Run Python',
    description:
      'Runs an untrusted Python program with the standard library in a separate sandbox. Its files are in its working directory, which is read-only; files that it writes to /out are stored as artifacts. It has no network unless allowed_hosts names hosts that the policy allows. A failed program is not an error of the tool unless fail_on_exit is true: check return_code, stderr and stopped.',
    effect: 'external',
    idempotent: true,
    input: PythonInput,
    output: PythonOutput,
    accessedUris: networkUris,
    async run({ entrypoint, args = [], stdin, timeout_sec = 30, fail_on_exit = false, ...more }, ctx) {
      const hosts = networkHosts(more, engine);
      const files = await readInputFiles(entrypoint, more, ctx);
      const result = await engine.run(
        {
          entrypoint,
          ...(entrypoint === '-c' && more.code !== undefined && { code: more.code }),
          args,
          ...(stdin !== undefined && { stdin }),
          files,
          timeoutMs: timeout_sec * 1_000,
          hosts,
          maxOutputBytes: MAX_OUTPUT_BYTES,
          memoryBytes: MEMORY_BYTES,
        },
        ctx.signal,
      );
      const { returnCode, stopped, manifest } = result;
      ctx.log('INFO', `Python ${engine.version} (${engine.name}) ${stopped ?? `ended with ${returnCode}`}.`);
      const output = {
        return_code: returnCode,
        ...(await inlineOutput('stdout', result, ctx)),
        ...(await inlineOutput('stderr', result, ctx)),
        ...(stopped && { stopped }),
        engine: engine.name,
        produced_files: await saveProducedFiles(result, ctx),
        manifest,
        metrics: metricsOf(result),
      };
      if (fail_on_exit && returnCode !== 0) throw exitFault(output);
      return output;
    },
  });

const CODE_BY_STOP = {
  TIMEOUT: 'TIMEOUT',
  CPU: 'TIMEOUT',
  MEMORY: 'RESOURCE_TOO_LARGE',
  OUTPUT: 'RESOURCE_TOO_LARGE',
  FILES: 'RESOURCE_TOO_LARGE',
  SIGNAL: 'BAD_INPUT',
} as const satisfies Record<NonNullable<PythonResult['stopped']>, ErrorCode>;
/** How much of the end of the output an error contains. */
const MAX_TAIL_CHARS = 2_000;

function exitFault({ return_code, stopped, stdout, stderr, produced_files }: PythonOutputValue): Fault {
  const how = stopped ? `was stopped: ${stopped}` : `ended with status ${return_code}`;
  const [outTail, errTail] = [stdout, stderr].map((text) => text.slice(-MAX_TAIL_CHARS).toWellFormed()) as [
    string,
    string,
  ];
  const why = (errTail || outTail).trim();
  return new Fault(stopped ? CODE_BY_STOP[stopped] : 'BAD_INPUT', `The program ${how}${why && `: ${why}`}`, {
    details: { return_code, ...(stopped && { stopped }), stdout: outTail, stderr: errTail, produced_files },
  });
}

/** Stores output that is too long for the result completely as an artifact. */
async function inlineOutput<Name extends 'stdout' | 'stderr'>(name: Name, result: PythonResult, ctx: ToolContext) {
  const text = result[name];
  if (text.length <= MAX_INLINE_CHARS) return { [name]: text } as Record<Name, string>;
  const { uri } = await ctx.saveArtifact(`${name}.txt`, 'text/plain; charset=utf-8', text);
  const cut = text.slice(0, MAX_INLINE_CHARS).toWellFormed();
  return { [name]: cut, [`${name}_uri`]: uri } as Record<Name, string> & Record<`${Name}_uri`, string>;
}

async function saveProducedFiles({ produced }: PythonResult, ctx: ToolContext) {
  const files = [];
  for (const { path, bytes } of produced) {
    const { uri, sha256, size, media_type } = await ctx.saveArtifact(path, mediaTypeOfFile(path), bytes);
    files.push({ path, uri, sha256, size, media_type });
  }
  return files;
}

function metricsOf({ metrics: { wallMs, cpuMs, maxRssBytes } }: PythonResult) {
  return {
    wall_ms: Math.round(wallMs),
    ...(cpuMs !== undefined && { cpu_ms: Math.round(cpuMs) }),
    ...(maxRssBytes !== undefined && { max_rss_bytes: maxRssBytes }),
  };
}
