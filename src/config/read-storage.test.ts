import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEnvironments, problemsOf } from '../../test/support/config/environment.ts';

const { development, dataDir, dir } = createEnvironments();
const KEYS = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hunter2' };

describe('artifacts', () => {
  it('are in DATA_DIR, in another folder, or in a bucket', () => {
    expect(development().artifacts).toEqual({ kind: 'folder', folder: join(dataDir, 'artifacts') });
    const folder = '/srv/artifacts';
    expect(development({ ARTIFACTS_DIR: `${folder}/` }).artifacts).toEqual({ kind: 'folder', folder });
    const onS3 = (ARTIFACTS_URL: string) => development({ ...KEYS, ARTIFACTS_URL }).artifacts;
    expect(onS3('s3://my-bucket')).toEqual({ kind: 's3', bucket: 'my-bucket', prefix: '' });
    expect(onS3('s3://my.bucket/a/B_1/')).toEqual({ kind: 's3', bucket: 'my.bucket', prefix: 'a/B_1/' });
  });

  it.each([
    'https://s3.example/bucket',
    's3:bucket',
    's3://',
    's3://Bucket',
    's3://ab',
    's3://bucket/a//b',
    's3://bucket/../b',
    's3://bucket/a b',
    's3://bucket?versions',
    's3://id:secret@bucket',
  ])('cannot be at %s', (ARTIFACTS_URL) => {
    expect(problemsOf(() => development({ ...KEYS, ARTIFACTS_URL }))).toEqual({
      ARTIFACTS_URL: expect.stringContaining('write s3://BUCKET'),
    });
  });

  it('are in one place, and on S3 with credentials', () => {
    const url = { ARTIFACTS_URL: 's3://bucket' };
    expect(problemsOf(() => development({ ...KEYS, ...url, ARTIFACTS_DIR: '/srv' }))).toHaveProperty('ARTIFACTS_DIR');
    expect(problemsOf(() => development(url))).toHaveProperty('S3_ACCESS_KEY_ID');
  });
});

describe('S3', () => {
  it('is that of Amazon by default, or another service', () => {
    expect(development()).not.toHaveProperty('s3');
    const keys = { accessKeyId: 'id', secretAccessKey: expect.anything() };
    expect(development(KEYS).s3).toEqual({
      ...{ ...keys, region: 'us-east-1', endpoint: 'https://s3.us-east-1.amazonaws.com' },
    });
    const other = { ...KEYS, S3_REGION: 'garage', S3_ENDPOINT: 'http://10.0.0.1:3900/base/' };
    expect(development(other).s3).toEqual({ ...keys, region: 'garage', endpoint: 'http://10.0.0.1:3900/base' });
  });

  it('reads its secret from a file too, and never shows it', () => {
    const file = join(dir, 's3-secret');
    writeFileSync(file, 'hunter2\n');
    const config = development({ S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY_FILE: file });
    expect(Buffer.from(config.s3?.secretAccessKey.reveal() ?? []).toString()).toBe('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });

  it.each([
    ['S3_SECRET_ACCESS_KEY', { S3_ACCESS_KEY_ID: 'id' }],
    ['S3_SECRET_ACCESS_KEY', { S3_SECRET_ACCESS_KEY: 'hunter2' }],
    ['S3_ENDPOINT', { S3_ENDPOINT: 'http://10.0.0.1' }],
    ['S3_ENDPOINT', { ...KEYS, S3_ENDPOINT: 'http://10.0.0.1/?a=b' }],
    ['S3_ENDPOINT', { ...KEYS, S3_ENDPOINT: 's3.example' }],
    ['S3_REGION', { ...KEYS, S3_REGION: 'eu/central' }],
  ])('does not start with a wrong %s', (name, env) => {
    expect(Object.keys(problemsOf(() => development(env)))).toEqual([name]);
  });
});

describe('Redis', () => {
  it.each(['redis://h', 'redis://:p%40ss@h:6380/15', 'rediss://user:p@[::1]:6379/', 'redis://10.0.0.1/0'])(
    'is at %s',
    (url) => {
      const config = development({ REDIS_URL: url });
      expect(Buffer.from(config.redisUrl?.reveal() ?? []).toString()).toBe(url);
      expect(JSON.stringify(config)).not.toContain(url);
    },
  );

  it.each([
    'h:6379',
    'redis:',
    'redis://',
    'http://hunter2@h',
    'redis://h/db',
    'redis://h?keyPrefix=a',
    'redis://h#a',
    'redis://:hunter2%@h',
    'redis://h:port',
  ])('cannot be at %s, which is not shown', (REDIS_URL) => {
    const { REDIS_URL: problem } = problemsOf(() => development({ REDIS_URL }));
    expect(problem).toContain('write redis://USER:PASSWORD@HOST:PORT/DATABASE');
    expect(problem).not.toContain('hunter2');
  });
});
