import { Type } from 'typebox';

/** Not `.` or `..`, no control characters, and it begins with no blank and no minus. */
const PATH_SEGMENT = '(?!\\.{1,2}(?:/|$))[\\p{L}\\p{N}_.+@][\\p{L}\\p{M}\\p{N}_.+@ ()=,~-]*';
const PLAIN_PATH = `${PATH_SEGMENT}(?:/${PATH_SEGMENT})*`;

const FilePath = Type.String({
  description: 'Where it lies, relative to the folder where the program starts: plain names, such as data/table.csv.',
  maxLength: 255,
  pattern: `^${PLAIN_PATH}$`,
});

export const PythonInput = Type.Object({
  entrypoint: Type.String({
    description:
      'The file to run, such as main.py; or "-c" to run `code`; or "-m" and a module, such as "-m unittest".',
    maxLength: 255,
    pattern: `^(?:-c|-m [A-Za-z_][A-Za-z0-9_.]*|${PLAIN_PATH})$`,
  }),
  code: Type.Optional(
    Type.String({
      description: 'The program: run directly with "-c", and otherwise the content of the file that is run.',
      maxLength: 1_000_000,
    }),
  ),
  args: Type.Optional(
    Type.Array(Type.String({ maxLength: 8_192, pattern: '^[^\\0]*$' }), {
      description: 'sys.argv after the name of the program.',
      maxItems: 200,
    }),
  ),
  stdin: Type.Optional(Type.String({ description: 'What it reads from standard input.', maxLength: 1_000_000 })),
  timeout_sec: Type.Optional(
    Type.Number({ description: 'Seconds after which it is stopped.', default: 30, minimum: 0.1, maximum: 600 }),
  ),
  files: Type.Optional(
    Type.Array(
      Type.Object(
        {
          path: FilePath,
          text: Type.Optional(Type.String({ description: 'Its content as text.' })),
          base64: Type.Optional(Type.String({ description: 'Its content as base64 (RFC 4648).' })),
          uri: Type.Optional(Type.String({ description: 'A resource that has its content; the policy is asked.' })),
        },
        { additionalProperties: false },
      ),
      { description: 'Files that it finds where it starts; each has one of text, base64 and uri.', maxItems: 500 },
    ),
  ),
  allow_network: Type.Optional(
    Type.Boolean({ description: 'It may reach the hosts of allowed_hosts, through HTTPS_PROXY.', default: false }),
  ),
  allowed_hosts: Type.Optional(
    Type.Array(Type.String({ maxLength: 260, pattern: '^[^/?#@\\\\\\s]+$' }), {
      description:
        'Hosts, with a port where it is not 443, such as api.example.com:8443. The policy is asked for each.',
      maxItems: 20,
    }),
  ),
});

const DigestsByPath = (description: string) => Type.Record(Type.String(), Type.String(), { description });

export const PythonOutput = Type.Object({
  return_code: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Exit status of the program; null when it was stopped.',
  }),
  stdout: Type.String({ description: 'What it wrote to standard output; the beginning where that is long.' }),
  stdout_uri: Type.Optional(Type.String({ description: 'All of it, where stdout is only its beginning.' })),
  stderr: Type.String({ description: 'What it wrote to standard error; the beginning where that is long.' }),
  stderr_uri: Type.Optional(Type.String({ description: 'All of it, where stderr is only its beginning.' })),
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
      { description: 'The limit at which it was stopped, or that a signal ended it.' },
    ),
  ),
  engine: Type.Union([Type.Literal('wasi'), Type.Literal('native')], { description: 'What ran it.' }),
  produced_files: Type.Array(
    Type.Object({
      path: Type.String({ description: 'Relative to /out.' }),
      uri: Type.String({ description: 'Names the artifact.' }),
      sha256: Type.String({ description: 'Of its bytes, 64 hex digits.' }),
      size: Type.Integer({ description: 'In bytes.' }),
      media_type: Type.String({ description: 'As its name says.' }),
    }),
    { description: 'What it left in /out.' },
  ),
  manifest: Type.Object(
    {
      before: DigestsByPath('Path → sha256 of each file that it was given.'),
      after: DigestsByPath('Path → sha256 of each in /out.'),
    },
    { description: 'All files before and after.' },
  ),
  metrics: Type.Object(
    {
      wall_ms: Type.Integer({ description: 'From start to end, in milliseconds.' }),
      cpu_ms: Type.Optional(Type.Integer({ description: 'Time of a processor, in milliseconds.' })),
      max_rss_bytes: Type.Optional(Type.Integer({ description: 'The most memory that it had at once.' })),
    },
    { description: 'What it took.' },
  ),
});
