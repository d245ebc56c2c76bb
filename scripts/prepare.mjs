// Runs after `npm ci`: generates the Prisma client without touching the network.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));

// A production install without development dependencies brings its generated client along.
if (existsSync(cli)) {
  const { status } = spawnSync(process.execPath, [cli, 'generate'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // `generate` insists on finding the native schema engine but never runs it; any executable satisfies it.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  process.exitCode = status ?? 1;
}
