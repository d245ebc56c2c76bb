import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { hasSandbox } from './test/support/runtime/has-sandbox.ts';

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
  'clients/cli/test/transcript.test.ts',
];
const leftOut = hasSandbox ? [] : IN_SANDBOX;
if (leftOut.length > 0) console.warn('Without bubblewrap and python3 the tests of the sandbox are left out.');

export default defineConfig({
  resolve: {
    alias: [
      // Vitest resolves its `development` condition in addition to the plain one, and would load it twice.
      { find: /^graphql$/, replacement: fileURLToPath(new URL('./node_modules/graphql/index.mjs', import.meta.url)) },
      // Vitest may load plugins itself, without the hook of the server.
      { find: 'signalbox/plugin', replacement: fileURLToPath(new URL('./src/plugins/plugin.ts', import.meta.url)) },
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
