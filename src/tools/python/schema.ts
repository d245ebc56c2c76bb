import { Type } from 'typebox';
import { Fault } from '../../core/errors.ts';

/** Not `.` or `..`, without control characters, and not beginning with a blank or a minus sign. */
const PATH_SEGMENT = '(?!\\.{1,2}(?:/|$))[\\p{L}\\p{N}_.+@][\\p{L}\\p{M}\\p{N}_.+@ ()=,~-]*';
const PLAIN_PATH = `${PATH_SEGMENT}(?:/${PATH_SEGMENT})*`;

const FilePath = Type.String({
  description: 'Path relative to the working directory of the program: plain names, such as data/table.csv.',
  maxLength: 255,
  pattern: `^${PLAIN_PATH}$`,
});

export const PythonInput = Type.Object({
  entrypoint: Type.String({
    description: 'File to run, such as main.py; or "-c" to run `code`; or "-m" and a module, such as "-m unittest".',
    maxLength: 255,
    pattern: `^(?:-c|-m [A-Za-z_][A-Za-z0-9_.]*|${PLAIN_PATH})$`,
  }),
  code: Type.Optional(
    Type.String({
      description: 'Source code: run directly with the entrypoint "-c", otherwise the content of the entrypoint file.',
      maxLength: 1_000_000,
    }),
  ),
  args: Type.Optional(
    Type.Array(Type.String({ maxLength: 8_192, pattern: '^[^\\0]*$' }), {
      description: 'Arguments: sys.argv without the name of the program.',
      maxItems: 200,
    }),
  ),
  stdin: Type.Optional(Type.String({ description: 'Standard input of the program.', maxLength: 1_000_000 })),
  timeout_sec: Type.Optional(
    Type.Number({
      description: 'Time limit in seconds. Maximum 600; default 30.',
      default: 30,
      minimum: 0.1,
      maximum: 600,
    }),
  ),
  fail_on_exit: Type.Optional(
    Type.Boolean({
      description:
        'Whether a program that is stopped, or ends with a status other than 0, fails the call. Default false.',
      default: false,
    }),
  ),
  files: Type.Optional(
    Type.Array(
      Type.Object(
        {
          path: FilePath,
          text: Type.Optional(Type.String({ description: 'Content as text.' })),
          base64: Type.Optional(Type.String({ description: 'Content as base64 (RFC 4648).' })),
          uri: Type.Optional(
            Type.String({ description: 'URI of a resource with the content; the policy must allow it.' }),
          ),
        },
        { additionalProperties: false },
      ),
      { description: 'Files in the working directory; each has exactly one of text, base64 and uri.', maxItems: 500 },
    ),
  ),
  allow_network: Type.Optional(
    Type.Boolean({
      description: 'Whether the program may reach the hosts in allowed_hosts, through HTTPS_PROXY. Default false.',
      default: false,
    }),
  ),
  allowed_hosts: Type.Optional(
    Type.Array(Type.String({ maxLength: 260, pattern: '^[^/?#@\\\\\\s]+$' }), {
      description: 'Hosts, with a port if it is not 443, such as api.example.com:8443. The policy must allow each.',
      maxItems: 20,
    }),
  ),
});

/** A value of one field that does not fit the others. */
export function inputFault(field: string, message: string): Fault {
  return new Fault('BAD_INPUT', message, { path: [field] });
}

const DigestsByPath = (description: string) => Type.Record(Type.String(), Type.String(), { description });

export const PythonOutput = Type.Object({
  return_code: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Exit status of the program; null when it was stopped.',
  }),
  stdout: Type.String({ description: 'Standard output; only its beginning when it is long.' }),
  stdout_uri: Type.Optional(
    Type.String({ description: 'Artifact with the complete output; present when stdout is only its beginning.' }),
  ),
  stderr: Type.String({ description: 'Standard error; only its beginning when it is long.' }),
  stderr_uri: Type.Optional(
    Type.String({ description: 'Artifact with the complete output; present when stderr is only its beginning.' }),
  ),
  stopped: Type.Optional(
    Type.Union(
      [
        Type.Literal('TIMEOUT'),
        Type.Literal('OUTPUT'),
        Type.Literal('MEMORY'),
        Type.Literal('CPU'),
        Type.Literal('FILES'),
        Type.Literal('SIGNAL'),
      ],
      { description: 'Limit that stopped the program; SIGNAL when a signal ended it.' },
    ),
  ),
  engine: Type.Union([Type.Literal('wasi'), Type.Literal('native')], { description: 'Engine that ran the program.' }),
  produced_files: Type.Array(
    Type.Object({
      path: Type.String({ description: 'Path relative to /out.' }),
      uri: Type.String({ description: 'URI of the artifact.' }),
      sha256: Type.String({ description: 'SHA-256 of its bytes, 64 hex digits.' }),
      size: Type.Integer({ description: 'Size in bytes.' }),
      media_type: Type.String({ description: 'Media type, from the extension of its name.' }),
    }),
    { description: 'Files that the program left in /out.' },
  ),
  manifest: Type.Object(
    {
      before: DigestsByPath('Path → sha256 of each input file.'),
      after: DigestsByPath('Path → sha256 of each file in /out.'),
    },
    { description: 'All files before and after the run.' },
  ),
  metrics: Type.Object(
    {
      wall_ms: Type.Integer({ description: 'Duration in milliseconds.' }),
      cpu_ms: Type.Optional(Type.Integer({ description: 'CPU time in milliseconds.' })),
      max_rss_bytes: Type.Optional(Type.Integer({ description: 'Peak memory in bytes.' })),
    },
    { description: 'Resources that the program used.' },
  ),
});
