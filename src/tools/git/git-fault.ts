import { type ErrorCode, Fault } from '../../core/errors.ts';

/** Output of git (LC_ALL=C) → fault. The first match counts. */
const KNOWN_FAILURES: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /\.lock': File exists/,
    'CONFLICT',
    'Another program is using the repository. Try again later. If no program uses it, delete the file *.lock in its folder .git.',
  ],
  [
    /returned error: 40[13]|Authentication failed|could not read Username/,
    'FORBIDDEN',
    'The remote does not allow Signalbox to push. Check GIT_TOKEN and its permissions.',
  ],
  [/returned error: 429/, 'THROTTLED', 'The rate limit of the remote is exceeded. Push again later.'],
  [/returned error: 5\d\d/, 'RESOURCE_UNREACHABLE', 'The remote has an internal error. Push again later.'],
  [
    /repository '.*' not found|returned error: 40[04]|not valid: is this a git repository/,
    'NOT_FOUND',
    'There is no repository at this URI. Create it, or correct the URI.',
  ],
  [
    /returned error: 3\d\d|unable to update url base from redirection/,
    'BAD_INPUT',
    'The remote redirects to another URI; redirects are not followed. Use that URI.',
  ],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|timed out|reset)|Operation too slow|Empty reply|hung up|early EOF|SSL|TLS|certificate/i,
    'RESOURCE_UNREACHABLE',
    'The remote cannot be reached, closes the connection, or has no trusted certificate. Check its URI, or try again later.',
  ],
  [
    /is not a valid branch name|invalid refspec|bad ref/i,
    'BAD_INPUT',
    'This is not a valid branch name. Use letters, digits, "-", "_", "." and "/".',
  ],
  [
    /cannot lock ref/,
    'CONFLICT',
    'The branch has changed in the meantime, or another branch name begins with its name. Check the branch, then call again.',
  ],
  [
    /^(?:fatal|error): Out of memory|Cannot allocate memory/im,
    'RESOURCE_TOO_LARGE',
    'Git needs more memory than it may have: the repository is larger than this tool supports.',
  ],
  [/No space left/, 'UNAVAILABLE', 'The disk of the server is full. Ask the operator to free some space.'],
  [
    /git: (?:command )?not found/,
    'UNAVAILABLE',
    'The server has no git. Ask the operator to install git 2.32 or later.',
  ],
];

/** @param output what git wrote when it failed; at most an excerpt of it becomes part of the message */
export function gitFault(output: string, cause: unknown): Fault {
  const [, code, message] = KNOWN_FAILURES.find(([pattern]) => pattern.test(output)) ?? [
    undefined,
    'BAD_INPUT' as const,
    `Git failed: ${excerpt(output)}`,
  ];
  return new Fault(code, message, { cause });
}

const MAX_EXCERPT_CHARS = 400;

function excerpt(output: string): string {
  const errors = output
    .split('\n')
    .filter((line) => /^(?:fatal|error):/.test(line))
    .join(' ');
  return (errors || output).slice(0, MAX_EXCERPT_CHARS).toWellFormed().trim();
}
