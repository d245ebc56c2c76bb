import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecret } from '../../../src/config/secrets.ts';
import { createS3Artifacts } from '../../../src/resources/artifacts/s3-artifacts.ts';
import { createS3Client, type S3Client } from '../../../src/resources/s3/s3-client.ts';
import { type ArtifactHarness, artifactName } from './artifact-contract.ts';
import { artifactFiles } from './artifacts-in-folder.ts';
import { type FakeS3, startFakeS3 } from './fake-s3.ts';

/** A client with the settings in the environment of the fake, changed by `env`. */
export function s3ClientOf(
  fake: FakeS3,
  options: { env?: Record<string, string>; idleTimeoutMs?: number } = {},
): S3Client {
  const env = { ...fake.env, ...options.env };
  const settings = {
    endpoint: env.S3_ENDPOINT ?? '',
    region: env.S3_REGION ?? '',
    accessKeyId: env.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: createSecret(Buffer.from(env.S3_SECRET_ACCESS_KEY ?? '')),
  };
  return createS3Client(settings, options);
}

/** Artifacts on a fake of S3, in the bucket `bucket` under `some/prefix/`. */
export async function artifactsOnS3(): Promise<ArtifactHarness & { readonly fake: FakeS3; readonly client: S3Client }> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-scratch-'));
  const fake = await startFakeS3();
  const client = s3ClientOf(fake);
  const root = 'bucket/some/prefix/';
  const open = () =>
    createS3Artifacts({ client, bucket: 'bucket', prefix: 'some/prefix/', scratchFolder: folder, node: 'own' });
  const change = (digest: string, change: { bytes?: Buffer; lastModified?: Date }) => {
    const object = fake.objects.get(root + artifactName(digest));
    if (!object) throw new Error(`there is no object ${digest}`);
    Object.assign(object, change);
  };
  return {
    fake,
    client,
    store: await open(),
    reopen: open,
    names: async () => {
      const stored = [...fake.objects.keys()].map((place) => place.replace(root, ''));
      return [...stored, ...(await artifactFiles(folder))].sort();
    },
    write: async (name, text) => {
      fake.objects.set(root + name, { bytes: Buffer.from(text), lastModified: new Date(0), headers: {} });
    },
    damage: async (digest, text) => change(digest, { bytes: Buffer.from(text) }),
    setTime: async (digest, lastModified) => change(digest, { lastModified }),
    close: async () => {
      await client.close();
      await fake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
