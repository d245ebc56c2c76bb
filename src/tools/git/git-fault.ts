import { type ErrorCode, Fault } from '../../core/errors.ts';

/** What git says (LC_ALL=C) → what callers are told. The first that matches counts. */
const KNOWN_FAILURES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /\.lock': File exists/,
    'CONFLICT',
    'Another program is using the repository. If none is, delete the file *.lock in its folder .git.',
  ],
  [
    /returned error: 40[13]|Authentication failed|could not read Username/,
    'FORBIDDEN',
    'The remote does not let Signalbox push. Check GIT_TOKEN and what it may do there.',
  ],
  [/returned error: 429/, 'THROTTLED', 'The remote is asked too often. Push again later.'],
  [/returned error: 5\d\d/, 'RESOURCE_UNREACHABLE', 'The remote has an internal error. Push again later.'],
  [
    /repository '.*' not found|returned error: 40[04]|not valid: is this a git repository/,
    'NOT_FOUND',
    'There is no repository at the remote. Make it there first, or correct its URI.',
  ],
  [
    /returned error: 3\d\d|unable to update url base from redirection/,
    'BAD_INPUT',
    'The remote redirects elsewhere, which is not followed. Use the URI where it ends.',
  ],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|timed out|reset)|Operation too slow|Empty reply|hung up|early EOF|SSL|TLS|certificate/i,
    'RESOURCE_UNREACHABLE',
    'The remote cannot be reached, breaks off, or has no certificate that is trusted.',
  ],
  [
    /is not a valid branch name|invalid refspec|bad ref/i,
    'BAD_INPUT',
    'This is no name for a branch. Use letters, digits, "-", "_", "." and "/".',
  ],
  [
    /cannot lock ref/,
    'CONFLICT',
    'The branch was moved meanwhile, or a branch has a name that begins with its name. Look at it and call again.',
  ],
  [/No space left/, 'UNAVAILABLE', 'The disk of the server is full. Have room made.'],
  [/ENOENT/, 'UNAVAILABLE', 'The server has no git. Install git 2.37 or later.'],
];

/** @param said what git wrote when it failed; only what is known of it is told on */
export function gitFault(said: string, cause: unknown): Fault {
  const [, code, message] = KNOWN_FAILURES.find(([pattern]) => pattern.test(said)) ?? [
    undefined,
    'BAD_INPUT' as const,
    `Git refuses: ${excerpt(said)}`,
  ];
  return new Fault(code, message, { cause });
}

const MAX_EXCERPT_CHARS = 400;

function excerpt(said: string): string {
  const line = said
    .split('\n')
    .filter((one) => /^(?:fatal|error):/.test(one))
    .join(' ');
  return (line || said).slice(0, MAX_EXCERPT_CHARS).toWellFormed().trim();
}
