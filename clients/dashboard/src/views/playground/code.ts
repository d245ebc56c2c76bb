import type { PlayRequest } from './play.ts';

export type CodeForm = 'graphql' | 'curl' | 'typescript' | 'cli';

const INPUT_TYPES: Readonly<Record<PlayRequest['mutation'], string>> = {
  execute: 'ExecuteInput',
  startRun: 'StartRunInput',
  runAgent: 'RunAgentInput',
};

/** The request as a program would send it to the server at this origin. */
export function codeOf(form: CodeForm, request: PlayRequest, origin: string): string {
  switch (form) {
    case 'graphql':
      return `${operationOf(request)}\n\n# Variables\n${JSON.stringify({ input: request.input }, null, 2)}`;
    case 'curl': {
      const body = JSON.stringify({ query: operationOf(request), variables: { input: request.input } });
      return [
        `curl ${origin}/graphql \\`,
        `  --header "Authorization: Bearer $SIGNALBOX_TOKEN" \\`,
        `  --header 'Content-Type: application/json' \\`,
        `  --data ${shellText(body)}`,
      ].join('\n');
    }
    case 'typescript':
      return typescriptOf(request, origin);
    case 'cli':
      return cliOf(request);
  }
}

function operationOf({ mutation }: PlayRequest): string {
  const result =
    mutation === 'execute'
      ? '... on CommandOutcome { run { id state } resource { uri text } }'
      : '... on Run { id state }';
  return [
    `mutation ($input: ${INPUT_TYPES[mutation]}!) {`,
    `  ${mutation}(input: $input) {`,
    `    ${result}`,
    '    ... on Refusal { code message }',
    '  }',
    '}',
  ].join('\n');
}

function typescriptOf({ mutation, input }: PlayRequest, origin: string): string {
  const method = { execute: 'commands.execute', startRun: 'runs.start', runAgent: 'runs.agent' }[mutation];
  const result = mutation === 'execute' ? '{ run, resource }' : '{ id }';
  return [
    "import { createClient } from '@signalbox/sdk';",
    '',
    `const client = createClient({ url: '${origin}', token: process.env.SIGNALBOX_TOKEN });`,
    `const ${result} = await client.${method}(${JSON.stringify(input, null, 2)});`,
    ...(mutation === 'execute' ? [] : ['console.log(await client.runs.result(id));']),
  ].join('\n');
}

function cliOf({ mutation, input }: PlayRequest): string {
  if (mutation === 'execute') {
    const { command, options } = input as {
      readonly command: string;
      readonly options: Readonly<Record<string, unknown>>;
    };
    const { source, ...others } = options;
    const uri = (source as { readonly uri?: string } | undefined)?.uri;
    const words = Object.entries(others).map(([name, value]) => `--${dashed(name)} ${shellText(textOf(value))}`);
    return ['signalbox command', command, ...(uri === undefined ? [] : [shellText(uri)]), ...words].join(' ');
  }
  if (mutation === 'runAgent') return `signalbox agent - <<'END'\n${JSON.stringify(input, null, 2)}\nEND`;
  const { source, inputs = {} } = input as {
    readonly source: { readonly name?: string; readonly yaml?: string; readonly document?: unknown };
    readonly inputs?: Readonly<Record<string, unknown>>;
  };
  const words = Object.entries(inputs).map(([name, value]) => ` --input ${shellText(`${name}=${textOf(value)}`)}`);
  if (source.name !== undefined) return `signalbox run ${source.name}${words.join('')} --watch`;
  const text = source.yaml ?? JSON.stringify(source.document, null, 2);
  return `signalbox run -${words.join('')} --watch <<'END'\n${text.trimEnd()}\nEND`;
}

const dashed = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** One word of a POSIX shell. */
function shellText(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
