import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createEnvironments, problemsOf, SECRET } from '../../test/support/config/environment.ts';
import { readEnvironment } from './environment.ts';
import { readWorkerEnvironment } from './read-worker.ts';

const { dataDir, development, dir, production } = createEnvironments();

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
      auth: { tokenMinutes: 60, sessionHours: 12, apiTokenDays: 365, devAccounts: true },
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

  it('treats an empty variable as unset', () => {
    expect(development({ PORT: '', NODE_ENV: '  ', CORS_ORIGINS: ' , ' })).toEqual(
      expect.objectContaining({
        mode: 'development',
        server: expect.objectContaining({ port: 4000, corsOrigins: [] }),
      }),
    );
  });
});

describe('production', () => {
  it('listens everywhere, and by default shows neither GraphiQL nor the schema', () => {
    const closed = { host: '::', introspection: false, graphiql: false };
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

  it('reads the secret from a file, without the newline at its end', () => {
    const file = join(dir, 'jwt-secret');
    writeFileSync(file, `${SECRET}\n`);
    const { issuer } = production({ JWT_SECRET: '', JWT_SECRET_FILE: file }).auth;
    expect(issuer.kind === 'secret' && Buffer.from(issuer.secret.reveal()).toString()).toBe(SECRET);
    expect(problemsOf(() => production({ JWT_SECRET_FILE: file }))).toHaveProperty('JWT_SECRET');
    const missing = { JWT_SECRET: '', JWT_SECRET_FILE: join(dir, 'nowhere') };
    expect(problemsOf(() => production(missing))).toEqual({ JWT_SECRET_FILE: expect.stringContaining('nowhere') });
  });
});

describe('invalid values', () => {
  it('are reported together, each with what to write', () => {
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

  it.each(['1e3', '0x10', '-1', '1.5', 'four', '99999999999999999999'])('PORT=%s is invalid', (PORT) => {
    expect(problemsOf(() => development({ PORT }))).toHaveProperty('PORT');
  });

  it('never show the secret', () => {
    const secret = 'hunter2-hunter2';
    expect(JSON.stringify(problemsOf(() => production({ JWT_SECRET: secret })))).not.toContain(secret);
    expect(JSON.stringify(problemsOf(() => production({ METRICS_TOKEN: 'hunter2' })))).not.toContain('hunter2');
  });
});

describe('the database', () => {
  const url = 'postgresql://signalbox:hunter2@db.internal:5432/signalbox?sslmode=verify-full';

  it('is a file in DATA_DIR unless a PostgreSQL URL is set, directly or in a file', () => {
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
  ])('%s is rejected, without showing it', (DATABASE_URL) => {
    const { DATABASE_URL: problem } = problemsOf(() => development({ DATABASE_URL }));
    expect(problem).toContain('write postgresql://USER:PASSWORD@HOST:PORT/DATABASE');
    expect(problem).not.toContain('hunter2');
  });
});

describe('retention', () => {
  it('keeps everything by default, and the checkpoint key is generated', () => {
    expect(development().audit).toEqual({});
    const file = join(dir, 'checkpoint-key.pem');
    writeFileSync(file, 'a key');
    expect(development({ RETENTION_DAYS: '90', CHECKPOINT_KEY_FILE: file }).audit).toEqual({
      checkpointKeyFile: file,
      retentionDays: 90,
    });
  });

  it('is at least a day, and the key file must exist', () => {
    expect(problemsOf(() => development({ RETENTION_DAYS: '0', CHECKPOINT_KEY_FILE: join(dir, 'none') }))).toEqual({
      RETENTION_DAYS: expect.stringContaining('write a whole number from 1 to 36500'),
      CHECKPOINT_KEY_FILE: expect.stringContaining('does not exist'),
    });
  });
});

describe('limits of kinds of steps', () => {
  const limitsOf = (text: string) =>
    readEnvironment({ DATA_DIR: dataDir, MAX_RUNNING_BY_KIND: text }).engine.maxRunningByKind;

  it('are read by kind, and do not exist by default', () => {
    expect(limitsOf('transform=2, command=64')).toEqual({ TRANSFORM: 2, COMMAND: 64 });
    expect(limitsOf('')).toEqual({});
  });

  it.each(['a thing=1', 'transform', 'transform=0', 'transform=-1', 'TRANSFORM=2'])('are rejected as %s', (text) => {
    expect(() => limitsOf(text)).toThrow('MAX_RUNNING_BY_KIND: write kinds of steps with numbers');
  });
});

describe('the documents', () => {
  it('list exactly the variables that are read', () => {
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
    // Without a pool it is not complete, and says so when it has read everything.
    expect(() => readWorkerEnvironment(recording, [])).toThrow(/NATS_URL/);
    const read = [...names].sort();
    const unique = (matches: Iterable<RegExpMatchArray>) => [...new Set([...matches].map(([, name]) => name))].sort();
    const documented = readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z0-9_]+)`/gm);
    const exemplified = readFileSync('.env.example', 'utf8').matchAll(/^# ?([A-Z0-9_]+)=/gm);
    expect(unique(documented)).toEqual(read);
    expect(unique(exemplified)).toEqual(read);
  });
});
