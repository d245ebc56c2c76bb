import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { readWebUrl } from './read-network.ts';
import { readSecret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

/** Names that every S3 service accepts in a path. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/;

/** The folder of the artifacts, or their bucket: `s3://BUCKET/PREFIX`. */
export function readArtifacts(
  read: EnvironmentReader,
  { defaultFolder, s3 }: { readonly defaultFolder: string; readonly s3: Config['s3'] },
): Config['artifacts'] {
  const folder = read.text('ARTIFACTS_DIR');
  const url = read.text('ARTIFACTS_URL');
  if (url === undefined) return { kind: 'folder', folder: resolve(folder ?? defaultFolder) };
  if (folder !== undefined) read.addProblem('ARTIFACTS_DIR', 'set either ARTIFACTS_URL or this, not both');
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/*(.*?)\/*$/.exec(url) ?? [];
  const prefix = path === '' ? '' : `${path}/`;
  if (!BUCKET.test(bucket) || !PREFIX.test(prefix)) {
    const names = 'the bucket in lower case, the prefix of letters, digits, ".", "_" and "-"';
    read.addProblem('ARTIFACTS_URL', `write s3://BUCKET or s3://BUCKET/PREFIX, ${names}`);
  }
  if (!s3) read.addProblem('S3_ACCESS_KEY_ID', 'is required by ARTIFACTS_URL, with S3_SECRET_ACCESS_KEY');
  return { kind: 's3', bucket, prefix };
}

/** The S3 service and its credentials; undefined without credentials. */
export function readS3(read: EnvironmentReader): Config['s3'] {
  const region = read.text('S3_REGION') ?? 'us-east-1';
  if (!/^[a-z0-9-]{1,64}$/.test(region))
    read.addProblem('S3_REGION', 'write the name of a region, such as eu-central-1');
  const endpoint = readWebUrl(read, 'S3_ENDPOINT');
  if (endpoint?.includes('?')) read.addProblem('S3_ENDPOINT', 'write a URL without a query');
  const accessKeyId = read.text('S3_ACCESS_KEY_ID');
  const secretAccessKey = readSecret(read, 'S3_SECRET_ACCESS_KEY', 1);
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    read.addProblem('S3_SECRET_ACCESS_KEY', 'set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY together, or neither');
  }
  if (accessKeyId === undefined || !secretAccessKey) {
    if (endpoint !== undefined) read.addProblem('S3_ENDPOINT', 'requires S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY');
    return undefined;
  }
  const url = endpoint ?? `https://s3.${region}.amazonaws.com`;
  return { endpoint: url.replace(/\/$/, ''), region, accessKeyId, secretAccessKey };
}

/** The Redis server, a secret because of its password; undefined when the variable is unset. */
export function readRedisUrl(read: EnvironmentReader): Config['redisUrl'] {
  const url = readSecret(read, 'REDIS_URL', 1);
  if (url && !isRedisUrl(Buffer.from(url.reveal()).toString())) {
    const what = 'redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS, special characters percent-encoded';
    read.addProblem('REDIS_URL', `write ${what}`);
  }
  return url;
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol)) return false;
  const isEncoded = !/%(?![0-9A-Fa-f]{2})/.test(url.username + url.password);
  return url.hostname !== '' && /^\/?\d{0,4}$/.test(url.pathname) && url.search === '' && url.hash === '' && isEncoded;
}
