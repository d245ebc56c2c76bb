import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { VERBS } from '../../../src/cli/verbs.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { renderChart } from './render-chart.ts';

const CHART = 'deploy/helm/signalbox';
const values = parse(await readFile(`${CHART}/values.yaml`, 'utf8'));
const schema = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8'));

/** Values with everything that is optional. */
const full = () => {
  const all = structuredClone(values);
  for (const part of [all.serve.autoscaling, all.worker.autoscaling, all.ingress]) part.enabled = true;
  all.worker.sandbox = true;
  all.ingress.className = 'nginx';
  all.ingress.annotations = { 'example.com/a': 'b' };
  all.shared.storageClass = 'files';
  all.serve.settings = { PUBLIC_URL: 'https://signalbox.example', TRUST_PROXY: 'true' };
  all.worker.settings = { LLM_MODEL: 'a "large" one' };
  all.networkPolicy.egress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }];
  return all;
};

// biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the manifests
type Manifest = any;

/** What the chart makes of the values. */
async function manifestsOf(some: object): Promise<readonly Manifest[]> {
  const documents = [...(await renderChart(CHART, some)).values()].flatMap((text) => parseAllDocuments(text));
  return documents.flatMap((document) => {
    expect((document as { errors: unknown[] }).errors).toEqual([]);
    const manifest = (document as { toJS(): Manifest }).toJS();
    return manifest === null ? [] : [manifest];
  });
}
const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((one) => one.kind === kind);
const named = (manifests: readonly Manifest[], kind: string, name: string) =>
  ofKind(manifests, kind).find(({ metadata }) => metadata.name === name);
const containerOf = (set: Manifest) => set.spec.template.spec.containers[0];
const envOf = (set: Manifest): Record<string, string> =>
  Object.fromEntries(containerOf(set).env.map(({ name, value = 'from a field' }: Manifest) => [name, value]));

describe('deploy/helm/signalbox', () => {
  const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);

  it('has values that its schema accepts, each of which the schema describes', () => {
    for (const some of [values, full()]) expect(validate(some) || validate.errors).toBe(true);
  });

  it.each([
    ['an unknown value', (v: Manifest) => Object.assign(v, { replicas: 2 })],
    ['no servers', (v: Manifest) => Object.assign(v.serve, { replicas: 0 })],
    ['a tag that changes', (v: Manifest) => Object.assign(v.image, { tag: 'latest' })],
    ['a secret in the settings', (v: Manifest) => Object.assign(v.settings, { JWT_SECRET: 'x' })],
    ['a setting that is no string', (v: Manifest) => Object.assign(v.settings, { MAX_RUNS: 1 })],
  ])('refuses %s', (_, change) => {
    const some = structuredClone(values);
    change(some);
    expect(validate(some)).toBe(false);
  });

  it.each([
    ['the default values', values, 9],
    ['everything that is optional', full(), 12],
    [
      'a volume that exists, and no workers',
      { ...values, shared: { ...values.shared, existingClaim: 'mine' }, worker: { ...values.worker, replicas: 0 } },
      6,
    ],
  ])('makes manifests of %s', async (_, some, count) => {
    const manifests = await manifestsOf(some);
    expect(manifests).toHaveLength(count);
    const keys = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(keys).size).toBe(count);
    for (const { apiVersion, metadata } of manifests) {
      expect(apiVersion).toMatch(/^(?:[a-z.0-9]+\/)?v\d$/);
      expect(metadata.name).toMatch(/^[a-z0-9-]+$/);
    }
    // Whatever refers to a name finds it.
    for (const set of ofKind(manifests, 'StatefulSet')) {
      const { spec } = set.spec.template;
      expect(named(manifests, 'ServiceAccount', spec.serviceAccountName)).toMatchObject({
        automountServiceAccountToken: false,
      });
      const volumes = [
        ...spec.volumes,
        ...(set.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata),
      ];
      const mounted = containerOf(set).volumeMounts.map(({ name }: Manifest) => name);
      expect([...new Set(mounted)].sort()).toEqual(volumes.map(({ name }: Manifest) => name).sort());
      expect(set.spec.template.metadata.labels).toMatchObject(set.spec.selector.matchLabels);
      expect(named(manifests, 'PodDisruptionBudget', set.metadata.name).spec.selector).toEqual(set.spec.selector);
      for (const { configMap, persistentVolumeClaim: claim } of spec.volumes) {
        if (configMap) expect(named(manifests, 'ConfigMap', configMap.name)).toBeDefined();
        if (claim && claim.claimName !== 'mine')
          expect(named(manifests, 'PersistentVolumeClaim', claim.claimName)).toBeDefined();
      }
    }
    for (const { spec } of ofKind(manifests, 'HorizontalPodAutoscaler'))
      expect(named(manifests, spec.scaleTargetRef.kind, spec.scaleTargetRef.name).spec.replicas).toBeUndefined();
    const serve = named(manifests, 'StatefulSet', 'test-serve');
    expect(serve.spec.template.metadata.labels).toMatchObject(named(manifests, 'Service', 'test-serve').spec.selector);
    const ports = containerOf(serve).ports.map(({ name }: Manifest) => name);
    for (const probe of ['startupProbe', 'readinessProbe'])
      expect(ports).toContain(containerOf(serve)[probe].httpGet.port);
  });

  it('gives pods no rights: no root, no writable files of the image, no token of the cluster', async () => {
    const manifests = await manifestsOf(values);
    const sets = ofKind(manifests, 'StatefulSet');
    expect(sets).toHaveLength(2);
    for (const set of sets) {
      const { spec } = set.spec.template;
      expect(spec).toMatchObject({ automountServiceAccountToken: false });
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(containerOf(set).securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ['ALL'] },
      });
      expect(containerOf(set).resources.limits.memory).toBeDefined();
    }
    const [policy] = ofKind(manifests, 'NetworkPolicy');
    expect(policy.spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(policy.spec.ingress[0].from).toHaveLength(1);
  });

  it('gives workers nothing that is for servers alone', async () => {
    const worker = named(await manifestsOf(values), 'StatefulSet', 'test-worker');
    const { items } = worker.spec.template.spec.volumes.find(({ name }: Manifest) => name === 'secrets').secret;
    const files = Object.values(envOf(worker)).flatMap(
      (value) => /^\/run\/secrets\/signalbox\/(.+)$/.exec(value)?.[1] ?? [],
    );
    expect(items.map(({ key }: Manifest) => key).sort()).toEqual(files.sort());
    expect(files.join()).not.toMatch(/database|jwt|credentials|checkpoint|metrics/);
  });

  it('starts verbs that exist, and names only variables that do', async () => {
    const known = new Set((await readFile('docs/configuration.md', 'utf8')).match(/(?<=`)[A-Z][A-Z0-9_]+(?=`)/g));
    for (const set of ofKind(await manifestsOf(full()), 'StatefulSet')) {
      expect(VERBS.map(({ name }) => name)).toContain(containerOf(set).args[0]);
      expect(Object.keys(envOf(set)).filter((name) => !known.has(name))).toEqual([]);
    }
    const serve = named(await manifestsOf(values), 'StatefulSet', 'test-serve');
    expect(containerOf(serve).ports[0].containerPort).toBe(readEnvironment({}).server.port);
    expect(serve.spec.template.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(
      readEnvironment({}).engine.drainMs,
    );
  });

  it('scales by metrics that exist', async () => {
    const text = await createMetrics().scrape();
    const scalers = ofKind(await manifestsOf(full()), 'HorizontalPodAutoscaler');
    const metrics = scalers.map(({ spec }) => (spec.metrics[0].pods ?? spec.metrics[0].external).metric.name);
    expect(metrics).toEqual(['signalbox_steps_queued', 'signalbox_jobs_parked']);
    for (const name of metrics) expect(text).toContain(`# TYPE ${name} gauge`);
  });

  it('lets the sandbox work where that is asked for, and nowhere else', async () => {
    const worker = named(await manifestsOf(full()), 'StatefulSet', 'test-worker');
    expect(worker.spec.template.spec).toMatchObject({
      hostUsers: false,
      securityContext: { seccompProfile: { type: 'Unconfined' } },
    });
    expect(containerOf(worker).securityContext).toMatchObject({
      procMount: 'Unmasked',
      capabilities: { drop: ['ALL'] },
    });
    const serve = named(await manifestsOf(full()), 'StatefulSet', 'test-serve');
    expect(serve.spec.template.spec.hostUsers).toBeUndefined();
  });
});
