// Runs after `npm ci`: generates the Prisma client without touching the network, and compiles the server once.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));

// A production install has no development dependencies; it brings its generated client along.
if (existsSync(cli)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // `generate` insists on finding the native schema engine but never runs it; any executable satisfies it.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      // No version check over the network.
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    process.exitCode = status ?? 1;
  }
}

// The first start finds everything compiled; where that fails, it compiles for itself.
spawnSync(process.execPath, ['src/main.mjs', 'help'], { cwd: root, stdio: 'ignore' });
