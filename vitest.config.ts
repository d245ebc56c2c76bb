import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of what runs in the sandbox. They are left out where it is missing, unless REQUIRE_SERVICES is set. */
const IN_SANDBOX = [
  'src/agents/{bash-cli,litellm,mcp,registry}.test.ts',
  'src/agents/mcp/stdio-transport.test.ts',
  'src/step-kinds/{registry,evaluate,repo}.test.ts',
  'src/tools/{repo-git,repo-git-push,git/repository}.test.ts',
  'src/runtime/sandbox/{bubblewrap,egress-proxy,find-sandbox,sandbox-escape,seccomp-filter}.test.ts',
  'src/runtime/{pools/process-runtime,python/*}.test.ts',
  'test/workflows/{agents,build-service,document-doors,examples,source-documents,workers}.test.ts',
  'test/security/{sandbox-escape,hostile-agents}.test.ts',
];
const hasSandbox = existsSync('/usr/bin/bwrap') && existsSync('/usr/bin/python3');
const leftOut = hasSandbox || process.env.REQUIRE_SERVICES ? [] : IN_SANDBOX;
if (leftOut.length > 0) console.warn('Without bubblewrap and python3 the tests of the sandbox are left out.');

export default defineConfig({
  // Vitest resolves graphql's `development` condition in addition to the plain one, and would load it twice.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: fileURLToPath(new URL('./node_modules/graphql/index.mjs', import.meta.url)) },
    ],
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'clients/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut],
    server: { deps: { inline: [/graphql/, /pothos/] } },
    // Tests wait for facts. These limits only end what hangs, also on a machine that is busy with something else.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 110_000, interval: 20 } },
    globalSetup: ['test/support/global-setup.ts'],
    // Tests wait more than they compute: three workers keep two processors busy.
    maxWorkers: 3,
    // A new process for each file would take a quarter of the time. Files share modules, so they leave no state in them.
    isolate: false,
  },
});
