/** What follows `signalbox` on the command line. */
export interface Verb {
  readonly name: string;
  /** Its arguments, for the usage text. */
  readonly usage?: string;
  readonly description: string;
  /** Runs it, with the arguments after its name. Resolves with the exit code. @throws UsageError */
  run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number>;
}

/** Every verb. Each is loaded when it runs: `mcp` is started once for every client and needs no server. */
export const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    description: 'Starts the server, as npm start does.',
    run: async (_, env) => (await import('./serve.ts')).serve(env),
  },
  {
    name: 'worker',
    usage: '--pool NAME[,NAME…]',
    description: 'Performs the steps of remote pools for a server, which it reaches over NATS. Needs no database.',
    run: async (args, env) => (await import('./worker.ts')).worker(args, env),
  },
  {
    name: 'migrate',
    description: 'Migrates the database to the current schema.',
    run: async (_, env) => (await import('./migrate.ts')).migrate(env),
  },
  {
    name: 'doctor',
    usage: '[--json]',
    description: 'Checks everything that the server uses, and says what to do about what is not usable.',
    run: async (args, env) => (await import('./doctor.ts')).doctor(args, env),
  },
  {
    name: 'mcp',
    description: 'Connects an MCP client on standard input and output to a running server.',
    run: async (_, env) => (await import('./mcp.ts')).mcp(env),
  },
  {
    name: 'verify',
    usage: '[run] [FILE] [--key FILE]… [--json]',
    description:
      'Verifies an export of a run (Run.export) without a server: its chain, its place in the tree, the signature. Reads standard input unless FILE is given.',
    run: async (args) => (await import('./verify.ts')).verify(args),
  },
  {
    name: 'verify',
    usage: 'inclusion [FILE] [--checkpoint FILE [--consistency FILE]] [--key FILE]… [--json]',
    description:
      'Verifies that a signed checkpoint covers the end of an exported run: that of the export, or one in FILE, such as checkpoints.log; a newer one with a proof of consistency.',
    run: async (args) => (await import('./verify.ts')).verify(args),
  },
  {
    name: 'verify',
    usage: 'consistency [FILE] [--older FILE] [--newer FILE] [--key FILE]… [--json]',
    description:
      'Verifies that a newer checkpoint covers all that an older one does, from a proof (Query.treeConsistency); with checkpoints that you have kept in place of those of the proof.',
    run: async (args) => (await import('./verify.ts')).verify(args),
  },
  {
    name: 'backup',
    usage: 'DIR',
    description:
      'Copies the database as of now, the artifacts that DIR does not have yet, and the keys in DATA_DIR, while the server runs; and verifies the database.',
    run: async (args, env) => (await import('./backup.ts')).backup(args, env),
  },
  {
    name: 'restore',
    usage: 'DIR',
    description: 'Fills an empty DATA_DIR, or an empty database, from a backup, which is verified before.',
    run: async (args, env) => (await import('./backup.ts')).restore(args, env),
  },
  {
    name: 'user',
    usage: 'add NAME --roles ROLE[,ROLE…] [--tenant NAME]',
    description:
      'Adds an account or replaces it, which also signs it out everywhere. Reads its password from standard input.',
    run: async (args, env) => (await import('./user.ts')).user(args, env),
  },
  {
    name: 'user',
    usage: 'revoke|disable|enable NAME, or --subject SUB [--tenant NAME]',
    description:
      'Signs an account out everywhere; disables it in addition; enables it again. --subject names a user of an identity provider.',
    run: async (args, env) => (await import('./user.ts')).user(args, env),
  },
  {
    name: 'token',
    usage: 'create NAME --user NAME [--roles ROLE[,ROLE…]] [--days N], or list, or revoke ID; with [--tenant NAME]',
    description:
      'API tokens for programs: prints a new one, once; lists them; ends one on all nodes. --subject SUB --roles ROLE names a user of an identity provider.',
    run: async (args, env) => (await import('./token.ts')).token(args, env),
  },
  {
    name: 'reseal',
    description:
      'Seals with CREDENTIALS_KEY what CREDENTIALS_PREVIOUS_KEY has sealed in the database, while the server runs.',
    run: async (args, env) => (await import('./reseal.ts')).reseal(args, env),
  },
];

const WIDTH = 96;
const INDENT = ' '.repeat(6);

/** The usage text: each verb with its arguments, and what it does below. */
export function usageText(): string {
  const entries = VERBS.map(({ name, usage, description }) => {
    const heading = usage === undefined ? name : `${name} ${usage}`;
    return `  ${heading}\n${wrap(description)}`;
  });
  return ['Usage: signalbox VERB', '', ...entries, '  --help', wrap('Prints this text.')].join('\n');
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > WIDTH) lines.push(`${INDENT}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
