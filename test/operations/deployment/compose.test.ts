import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VERBS } from '../../../src/cli/verbs.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { readPeersFile } from '../../../src/config/read-peers.ts';
import { readWorkerEnvironment } from '../../../src/config/read-worker.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
}
interface Files {
  readonly [name: string]: { readonly file: string };
}
const text = await readFile('deploy/compose.yaml', 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly secrets: Files;
  readonly configs: Files;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('signalbox:'));
const ofVerb = (verb: string) => ours.filter(([, { command = ['serve'] }]) => command[0] === verb);

describe('deploy/compose.yaml', () => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  beforeAll(async () => {
    folder = await createTempFolder();
    await mkdir(join(folder.path, 'deploy'));
    await cp('deploy/secrets.sh', join(folder.path, 'deploy/secrets.sh'));
    execFileSync('sh', [join(folder.path, 'deploy/secrets.sh')]);
  });
  afterAll(() => folder?.[Symbol.asyncDispose]());
  const secretFile = (name: string) => join(folder.path, 'deploy', compose.secrets[name]?.file ?? 'missing');
  /** The environment of a service, with the files that it would find at these paths. */
  const environmentOf = ({ environment = {}, configs = [] }: Service) =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => {
        const config = configs.find(({ target }) => target === value);
        if (config) return [name, resolve('deploy', compose.configs[config.source]?.file ?? 'missing')];
        return [name, value.replace(/^\/run\/secrets\/(.+)$/, (_, secret: string) => secretFile(secret))];
      }),
    );

  it('has two servers, two workers, and what they use', () => {
    expect(ofVerb('serve')).toHaveLength(2);
    expect(ofVerb('worker')).toHaveLength(2);
    for (const [, { command: [verb] = ['serve'] }] of ours) expect(VERBS.map(({ name }) => name)).toContain(verb);
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['postgres', 'nats', 'redis', 's3']));
  });

  it.each(services)('restricts %s, and fixes its version', (_, service) => {
    expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+[\w.-]*$/);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.deploy.resources.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) });
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    if (service.restart !== 'no') expect(service.healthcheck ?? 'that of the image').toBeTruthy();
  });

  it('starts each service when what it needs is ready', () => {
    for (const [name, service] of services) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[needed];
        expect(other, `${name} needs ${needed}`).toBeDefined();
        const ends = other?.restart === 'no';
        expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy');
        if (!ends) expect(other?.healthcheck?.test).toBeDefined();
      }
    }
    for (const [, { depends_on: needs = {} }] of ofVerb('serve'))
      expect(Object.keys(needs).sort()).toEqual(['migrate', 'nats', 'redis', 's3-bucket']);
  });

  it('names only volumes, secrets and files that exist, and no secret is in the environment', () => {
    const used = services.flatMap(([, { secrets = [] }]) => secrets);
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect(used.filter((name) => !existsSync(secretFile(name)))).toEqual([]);
    for (const { file } of Object.values(compose.configs)) expect(existsSync(resolve('deploy', file))).toBe(true);
    const volumes = services.flatMap(([, { volumes: mounts = [] }]) => mounts.map((mount) => mount.split(':')[0]));
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const [, { environment = {} }] of services)
      for (const name of Object.keys(environment))
        expect(name).not.toMatch(/(?:PASSWORD|SECRET|TOKEN|_KEY|_URL)$(?<!ARTIFACTS_URL)/);
  });

  it('gives each service only the secrets to which its settings point', () => {
    for (const [name, { secrets = [], environment = {}, command = [] }] of services) {
      const text = [...Object.values(environment), ...command].join(' ');
      const named = [...text.matchAll(/\/run\/secrets\/([\w.-]+)/g)].map(([, secret]) => secret);
      expect([...new Set(named)].sort(), name).toEqual([...secrets].sort());
    }
  });

  it('has settings that a server accepts, the same on both but for their folders', () => {
    const [one, two] = ofVerb('serve').map(([, service]) => ({ service, env: environmentOf(service) }));
    expect(one?.env).toEqual(two?.env);
    const config = readEnvironment({ NODE_ENV: 'production', DATA_DIR: folder.path, ...one?.env });
    expect(config.database).toMatchObject({ kind: 'postgres' });
    expect(config.pools.builds).toEqual({ runtime: 'remote', topic: 'job.builds' });
    const mountOf = (service?: Service) => service?.volumes?.find((mount) => mount.endsWith(':/data'));
    expect(mountOf(one?.service)).not.toBe(mountOf(two?.service));
    const shared = ({ volumes = [] }: Service) => volumes.filter((mount) => !mount.endsWith(':/data'));
    expect(shared(one?.service as Service)).toEqual(shared(two?.service as Service));
  });

  it('has settings that a worker accepts, whose keys and users belong to its id', async () => {
    const workers = ofVerb('worker').map(([, service]) => {
      const { command = [] } = service;
      const env = environmentOf(service);
      const pools = command[command.indexOf('--pool') + 1]?.split(',') ?? [];
      return { env, worker: readWorkerEnvironment({ NODE_ENV: 'production', DATA_DIR: folder.path, ...env }, pools) };
    });
    const nats = await readFile('deploy/nats.conf', 'utf8');
    const [, server] = ofVerb('serve')[0] as (typeof services)[number];
    const env = { NODE_ENV: 'production', DATA_DIR: folder.path, ...environmentOf(server) };
    const { peers } = readPeersFile(secretFile('peers.yaml'), readEnvironment(env).peers);
    for (const { env, worker } of workers) {
      expect(worker.topics).toEqual(['job.builds']);
      expect(await readFile(env.NATS_URL_FILE ?? '', 'utf8')).toContain(`//${worker.id}:`);
      expect(nats).toContain(`"worker.${worker.id}.jobs"`);
      expect(peers.get(worker.id)).toMatchObject({ isWorker: true });
      expect(readPeersFile(env.CAP_PEERS ?? '', worker.config.peers).peers.has('signalbox')).toBe(true);
    }
    expect(new Set(workers.map(({ worker }) => worker.id)).size).toBe(2);
  });

  it('keeps secrets that exist when they are made again', async () => {
    const names = Object.keys(compose.secrets);
    const read = () => Promise.all(names.map((name) => readFile(secretFile(name), 'utf8')));
    const before = await read();
    execFileSync('sh', [join(folder.path, 'deploy/secrets.sh')]);
    expect(await read()).toEqual(before);
  });
});
