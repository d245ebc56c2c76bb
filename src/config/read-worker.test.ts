import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { readWorkerEnvironment } from './read-worker.ts';

const ENV = { NATS_URL: 'nats://127.0.0.1:4222', ARTIFACTS_DIR: '/srv/artifacts', DATA_DIR: '/srv/data' };

describe('the settings of a worker', () => {
  it('need no database, no token and no credentials, also in production', () => {
    const worker = readWorkerEnvironment({ ...ENV, NODE_ENV: 'production', WORKER_ID: 'w1' }, ['gpu']);
    expect(worker).toMatchObject({ id: 'w1', topics: ['job.pool.gpu'], serverId: 'signalbox', isTemporary: false });
    expect(worker.config.dataDir).toBe('/srv/data/workers/w1');
    expect(worker.config.peers.senderId).toBe('w1');
  });

  it('have an id that can be a part of a subject, whatever the host is called', () => {
    const { id, isTemporary } = readWorkerEnvironment(ENV, ['gpu']);
    expect(id).toMatch(/^[\w-]{9,100}$/);
    expect(isTemporary).toBe(true);
  });

  it('take topics from POOLS_FILE', async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, 'pools.yaml');
    await writeFile(file, 'a: { runtime: remote, topic: job.other }\nb: { runtime: inline }\n');
    const env = { ...ENV, POOLS_FILE: file };
    expect(readWorkerEnvironment(env, ['a', 'c']).topics).toEqual(['job.other', 'job.pool.c']);
    expect(() => readWorkerEnvironment(env, ['b'])).toThrow(/the pool b has the runtime inline/);
  });

  it('read labels', () => {
    const { labels } = readWorkerEnvironment({ ...ENV, WORKER_LABELS: 'gpu=a100, zone=b=c' }, ['a']);
    expect(labels).toEqual({ gpu: 'a100', zone: 'b=c' });
  });

  it.each([
    ['WORKER_ID', { WORKER_ID: 'a.b' }],
    ['WORKER_ID', { WORKER_ID: 'signalbox' }],
    ['WORKER_LABELS', { WORKER_LABELS: 'gpu' }],
    ['WORKER_CONCURRENCY', { WORKER_CONCURRENCY: '0' }],
    ['NATS_URL', { NATS_URL: undefined }],
    ['ARTIFACTS_URL', { ARTIFACTS_DIR: undefined }],
  ])('are refused with the name of %s', (name, env) => {
    expect(() => readWorkerEnvironment({ ...ENV, ...env }, ['gpu'])).toThrow(name);
  });
});
