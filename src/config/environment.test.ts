import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { Fault } from '../core/errors.ts';
import { readEnvironment } from './environment.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-environment-')));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SECRET = 'correct-horse-battery-staple-0123456789';
const dataDir = join(dir, 'data');
const development = (env: Record<string, string> = {}) => readEnvironment({ DATA_DIR: dataDir, ...env });
const production = (env: Record<string, string> = {}) =>
  readEnvironment({ NODE_ENV: 'production', DATA_DIR: dataDir, JWT_SECRET: SECRET, ...env });

function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    const fault = error as Fault;
    expect(fault.code).toBe('BAD_INPUT');
    for (const { message } of fault.violations) expect(fault.message).toContain(message);
    return Object.fromEntries(fault.violations.map(({ path, message }) => [path.slice(1), message]));
  }
  throw new Error('the environment was accepted');
}

describe('an empty environment', () => {
  it('is development on loopback with dev accounts, GraphiQL and the examples', () => {
    const config = development();
    expect(config).toMatchObject({
      mode: 'development',
      server: {
        host: '127.0.0.1',
        port: 4000,
        corsOrigins: [],
        trustProxy: false,
        introspection: true,
        graphiql: true,
      },
      auth: { tokenMinutes: 60, devAccounts: true },
      resources: { fetchMaxBytes: 52_428_800, allowedPrivateHosts: [] },
      engine: { commandTimeoutMs: 60_000 },
      telemetry: { logLevel: 'info' },
    });
    expect(config.resources.localRoots).toEqual([
      { name: '/data', folder: resolve('examples/data') },
      { name: '/schemas', folder: resolve('examples/schemas') },
    ]);
    expect(config.policy.rulesFile).toBe(resolve('policy/policy.csv'));
    expect(config.telemetry).not.toHaveProperty('otlpEndpoint');
  });

  it('counts a variable that is set to nothing as unset', () => {
    expect(development({ PORT: '', NODE_ENV: '  ', CORS_ORIGINS: ' , ' })).toEqual(
      expect.objectContaining({
        mode: 'development',
        server: expect.objectContaining({ port: 4000, corsOrigins: [] }),
      }),
    );
  });
});

describe('the development secret', () => {
  const secretOf = (folder: string) => {
    const { issuer } = readEnvironment({ DATA_DIR: folder }).auth;
    if (issuer.kind !== 'secret') throw new Error('no secret');
    return Buffer.from(issuer.secret.reveal()).toString('hex');
  };

  it('is random, survives a restart and is for its owner only', () => {
    const [first, second] = [join(dir, 'first'), join(dir, 'second')];
    expect(secretOf(first)).toHaveLength(64);
    expect(secretOf(first)).toBe(secretOf(first));
    expect(secretOf(first)).not.toBe(secretOf(second));
    expect(statSync(join(first, 'development-jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('is refused when somebody has cut it short', () => {
    const folder = join(dir, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, 'development-jwt-secret'), 'c2hvcnQ\n');
    expect(problemsOf(() => secretOf(folder))).toEqual({ DATA_DIR: expect.stringContaining('delete it') });
  });

  it('is not made when something else is wrong', () => {
    const folder = join(dir, 'untouched');
    expect(() => readEnvironment({ DATA_DIR: folder, PORT: 'x' })).toThrow(Fault);
    expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('says which folder cannot be written', () => {
    const folder = join(dir, 'a-file');
    writeFileSync(folder, '');
    expect(problemsOf(() => secretOf(join(folder, 'below')))).toHaveProperty('DATA_DIR');
  });
});

describe('production', () => {
  it('listens everywhere, and shows neither GraphiQL nor the schema unless told', () => {
    const closed = { host: '0.0.0.0', introspection: false, graphiql: false };
    expect(production()).toMatchObject({ mode: 'production', server: closed, auth: { devAccounts: false } });
    expect(production({ GRAPHIQL: 'true', HOST: '::1' }).server).toMatchObject({ graphiql: true, host: '::1' });
  });

  it('does not start without a secret or a key set', () => {
    expect(problemsOf(() => production({ JWT_SECRET: '' }))).toEqual({
      JWT_SECRET: expect.stringMatching(/at least 32 bytes.*JWKS_URL/),
    });
  });

  it('does not start with a secret that is shorter than 32 bytes', () => {
    expect(problemsOf(() => production({ JWT_SECRET: 'x'.repeat(31) })).JWT_SECRET).toContain('31 bytes');
    expect(production({ JWT_SECRET: 'ż'.repeat(16) }).auth.issuer.kind).toBe('secret');
    expect(development({ JWT_SECRET: 'short' }).auth.issuer.kind).toBe('secret');
  });

  it('takes the secret from a file, without the newline at its end', () => {
    const file = join(dir, 'jwt-secret');
    writeFileSync(file, `${SECRET}\n`);
    const { issuer } = production({ JWT_SECRET: '', JWT_SECRET_FILE: file }).auth;
    expect(issuer.kind === 'secret' && Buffer.from(issuer.secret.reveal()).toString()).toBe(SECRET);
    expect(problemsOf(() => production({ JWT_SECRET_FILE: file }))).toHaveProperty('JWT_SECRET');
    const missing = { JWT_SECRET: '', JWT_SECRET_FILE: join(dir, 'nowhere') };
    expect(problemsOf(() => production(missing))).toEqual({ JWT_SECRET_FILE: expect.stringContaining('nowhere') });
  });
});

describe('a key set', () => {
  const keys = { JWKS_URL: 'https://id.example/keys', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'signalbox' };

  it('replaces the secret and the dev accounts', () => {
    const { auth } = development(keys);
    expect(auth.devAccounts).toBe(false);
    expect(auth.issuer).toEqual({
      kind: 'jwks',
      url: 'https://id.example/keys',
      issuer: 'https://id.example',
      audience: 'signalbox',
    });
  });

  it('needs issuer and audience, and no secret beside it', () => {
    const onlyUrl = { JWT_SECRET: '', JWKS_URL: keys.JWKS_URL };
    expect(Object.keys(problemsOf(() => production(onlyUrl)))).toEqual(['JWT_ISSUER', 'JWT_AUDIENCE']);
    expect(problemsOf(() => production(keys)).JWT_SECRET).toContain('not both');
    expect(Object.keys(problemsOf(() => production({ JWT_SECRET: '', JWT_ISSUER: 'x' })))).toContain('JWKS_URL');
  });

  it('comes over https, or from a host that was named as private', () => {
    const plain = { ...keys, JWKS_URL: 'http://127.0.0.1:8080/keys' };
    expect(problemsOf(() => development(plain)).JWKS_URL).toContain('https');
    expect(development({ ...plain, ALLOWED_PRIVATE_HOSTS: '127.0.0.1:8080' }).auth.issuer.kind).toBe('jwks');
  });
});

describe('what does not fit', () => {
  it('is reported all at once, each with what to write', () => {
    const problems = problemsOf(() =>
      production({
        PORT: '70000',
        HOST: 'bad host',
        JWT_SECRET: 'short',
        ACCESS_TOKEN_EXPIRE_MINUTES: '1h',
        GRAPHIQL: 'yes',
        LOG_LEVEL: 'verbose',
        CORS_ORIGINS: 'https://app.example/',
        ALLOWED_PRIVATE_HOSTS: 'models.internal',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
        POLICY_FILE: join(dir, 'no-policy.csv'),
        SIGNALBOX_PLUGINS: join(dir, 'no-plugin.ts'),
      }),
    );
    expect(Object.keys(problems).sort()).toEqual([
      'ACCESS_TOKEN_EXPIRE_MINUTES',
      'ALLOWED_PRIVATE_HOSTS',
      'CORS_ORIGINS',
      'GRAPHIQL',
      'HOST',
      'JWT_SECRET',
      'LOG_LEVEL',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'POLICY_FILE',
      'PORT',
      'SIGNALBOX_PLUGINS',
    ]);
    expect(problems.PORT).toBe('PORT: write a whole number from 0 to 65535');
  });

  it.each(['test', 'staging', 'Production'])('NODE_ENV=%s is neither development nor production', (NODE_ENV) => {
    expect(problemsOf(() => development({ NODE_ENV }))).toEqual({
      NODE_ENV: 'NODE_ENV: write one of development, production',
    });
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'signalbox.example'])('development does not listen on %s', (HOST) => {
    expect(problemsOf(() => development({ HOST })).HOST).toContain('loopback');
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('development listens on %s', (HOST) => {
    expect(development({ HOST }).server.host).toBe(HOST);
  });

  it.each(['1e3', '0x10', '-1', '1.5', 'four', '99999999999999999999'])('PORT=%s is no port', (PORT) => {
    expect(problemsOf(() => development({ PORT }))).toHaveProperty('PORT');
  });

  it('never repeats the secret', () => {
    const secret = 'hunter2-hunter2';
    expect(JSON.stringify(problemsOf(() => production({ JWT_SECRET: secret })))).not.toContain(secret);
    expect(JSON.stringify(problemsOf(() => production({ METRICS_TOKEN: 'hunter2' })))).not.toContain('hunter2');
  });
});

describe('local roots', () => {
  it('map a name to a real folder, or name the folder itself', () => {
    const files = join(dir, 'files');
    mkdirSync(files);
    symlinkSync(files, join(dir, 'link'));
    const { localRoots } = development({
      ALLOWED_LOCAL_ROOTS: `/data = ${files} ,/linked=${join(dir, 'link')},${files}`,
    }).resources;
    expect(localRoots).toEqual([
      { name: '/data', folder: files },
      { name: '/linked', folder: files },
      { name: files, folder: files },
    ]);
  });

  it.each([
    ['data=.', 'is no root'],
    ['/=.', 'is no root'],
    ['/a/../b=.', 'is no root'],
    ['/a/=.', 'is no root'],
    ['/data=/', 'whole disk'],
    ['/data=./package.json', 'there is no folder'],
    ['/no-such-folder-here', 'there is no folder'],
    ['/data=.,/data=.', 'stands twice'],
  ])('%s is refused: %s', (ALLOWED_LOCAL_ROOTS, why) => {
    expect(problemsOf(() => development({ ALLOWED_LOCAL_ROOTS })).ALLOWED_LOCAL_ROOTS).toContain(why);
  });
});

describe('private hosts', () => {
  it('are written as canonical URIs have them', () => {
    const ALLOWED_PRIVATE_HOSTS = 'Models.Internal:80, 127.1:8080,[FD00::1]:443,bücher.example:1';
    expect(development({ ALLOWED_PRIVATE_HOSTS }).resources.allowedPrivateHosts).toEqual([
      'models.internal:80',
      '127.0.0.1:8080',
      '[fd00::1]:443',
      'xn--bcher-kva.example:1',
    ]);
  });

  it.each(['host', 'host:0', 'host:99999', 'a@b:80', 'a/b:80', 'http://a:80', ':80', 'a b:80'])(
    '%s is refused',
    (host) => {
      expect(problemsOf(() => development({ ALLOWED_PRIVATE_HOSTS: host }))).toHaveProperty('ALLOWED_PRIVATE_HOSTS');
    },
  );
});

describe('artifacts', () => {
  it('lie in DATA_DIR, or in a folder that nodes share', () => {
    expect(development().artifactsDir).toBe(join(dataDir, 'artifacts'));
    expect(development({ ARTIFACTS_DIR: '/srv/artifacts/' }).artifactsDir).toBe('/srv/artifacts');
  });
});

describe('the database', () => {
  const url = 'postgresql://signalbox:hunter2@db.internal:5432/signalbox?sslmode=verify-full';

  it('is a file in DATA_DIR unless a PostgreSQL URL is given, by itself or in a file', () => {
    expect(development().database).toEqual({ kind: 'sqlite', file: join(dataDir, 'signalbox.db') });
    const file = join(dir, 'database-url');
    writeFileSync(file, `${url}\n`);
    for (const env of [{ DATABASE_URL: url }, { DATABASE_URL_FILE: file }]) {
      const config = development(env);
      expect(config.database.kind === 'postgres' && Buffer.from(config.database.url.reveal()).toString()).toBe(url);
      expect(`${JSON.stringify(config)}${inspect(config, { depth: 10, showHidden: true })}`).not.toContain('hunter2');
    }
    expect(problemsOf(() => development({ DATABASE_URL: url, DATABASE_URL_FILE: file }))).toHaveProperty(
      'DATABASE_URL',
    );
  });

  it.each([
    'mysql://a:hunter2@h/d',
    'postgresql://h:hunter2',
    'postgresql://u:hunter2@h/',
    'hunter2',
    'postgres://u:hunter2@h:port/d',
  ])('%s is refused, without showing it', (DATABASE_URL) => {
    const { DATABASE_URL: problem } = problemsOf(() => development({ DATABASE_URL }));
    expect(problem).toContain('write postgresql://USER:PASSWORD@HOST:PORT/DATABASE');
    expect(problem).not.toContain('hunter2');
  });
});

describe('what is kept', () => {
  it('is everything unless told, and the key of the checkpoints is the server’s own', () => {
    expect(development().audit).toEqual({});
    const file = join(dir, 'checkpoint-key.pem');
    writeFileSync(file, 'a key');
    expect(development({ RETENTION_DAYS: '90', CHECKPOINT_KEY_FILE: file }).audit).toEqual({
      checkpointKeyFile: file,
      retentionDays: 90,
    });
  });

  it('is at least a day, and the key a file that is there', () => {
    expect(problemsOf(() => development({ RETENTION_DAYS: '0', CHECKPOINT_KEY_FILE: join(dir, 'none') }))).toEqual({
      RETENTION_DAYS: expect.stringContaining('write a whole number from 1 to 36500'),
      CHECKPOINT_KEY_FILE: expect.stringContaining('there is no file'),
    });
  });
});

describe('printing the settings', () => {
  it('shows no secret', () => {
    const config = production({ METRICS_TOKEN: 'scraper-token-0123456789' });
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 10, showHidden: true }),
      `${config.auth.issuer}`,
    ]) {
      expect(text).not.toContain('battery');
      expect(text).not.toContain('scraper');
      expect(text).not.toContain(Buffer.from(SECRET).toString('hex').slice(0, 16));
      expect(text).not.toContain(Buffer.from(SECRET).join(','));
    }
    expect(JSON.stringify(config)).toContain('[secret]');
    expect(String(config.server.metricsToken)).toBe('[secret]');
  });
});

describe('limits of kinds of steps', () => {
  const limitsOf = (text: string) =>
    readEnvironment({ DATA_DIR: dataDir, MAX_RUNNING_BY_KIND: text }).engine.maxRunningByKind;

  it('are read by kind, and there are none unless told', () => {
    expect(limitsOf('transform=2, command=64')).toEqual({ TRANSFORM: 2, COMMAND: 64 });
    expect(limitsOf('')).toEqual({});
  });

  it.each(['thing=1', 'transform', 'transform=0', 'transform=-1', 'TRANSFORM=2'])('are refused as %s', (text) => {
    expect(() => limitsOf(text)).toThrow('MAX_RUNNING_BY_KIND: write kinds of steps with numbers');
  });
});

describe('the documents', () => {
  it('name exactly the variables that are read', () => {
    const names = new Set<string>();
    const recording = new Proxy<Record<string, string>>(
      { DATA_DIR: dataDir },
      {
        get: (env, name: string) => {
          names.add(name);
          return env[name];
        },
      },
    );
    readEnvironment(recording);
    const read = [...names].sort();
    const documented = readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z0-9_]+)`/gm);
    const exemplified = readFileSync('.env.example', 'utf8').matchAll(/^# ?([A-Z0-9_]+)=/gm);
    expect([...documented].map(([, name]) => name).sort()).toEqual(read);
    expect([...exemplified].map(([, name]) => name).sort()).toEqual(read);
  });
});
