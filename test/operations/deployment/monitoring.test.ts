import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { startServer, tokenFor } from '../../support/server.ts';

const FOLDER = resolve(import.meta.dirname, '../../../deploy/grafana');
const FETCH = 'mutation { fetch(input: { source: { uri: "data:,a" } }) { ... on CommandOutcome { run { id } } } }';
/** What Prometheus adds to each series. */
const TARGET_LABELS = ['instance', 'job'];
const NOT_METRICS = new Set(['by', 'without', 'on', 'ignoring', 'and', 'or', 'unless', 'bool', 'offset', 'instance']);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

/** The labels of each series, by its name. */
type Series = ReadonlyMap<string, ReadonlySet<string>>;

function seriesOf(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

/** Metrics with a value for every label: those that a server has only after the first packet, webhook or job. */
async function withEveryLabel(): Promise<string> {
  const metrics = createMetrics();
  metrics.packetRefused('BAD_SIGNATURE');
  metrics.webhookAttempted(true);
  metrics.queuesFrom(async () => ({ steps: 1, jobs: new Map([['a', 1]]), parkedJobs: new Map([['a', 1]]) }));
  return metrics.scrape();
}

/** The metrics of an expression with the labels of their matchers, and the labels that it groups by. */
function readExpression(expr: string) {
  const grouped: string[] = [];
  const plain = expr
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring) \(([^)]*)\)/g, (_, labels: string) => {
      grouped.push(...labels.split(/,\s*/));
      return '';
    });
  const metrics = [...plain.matchAll(/([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\w)(\s*\()?/g)]
    .filter(([, name = '', , call]) => call === undefined && !NOT_METRICS.has(name) && !/^e\d+$/.test(name))
    .map(([, name = '', matchers = '']) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
    }));
  return { metrics, grouped };
}

const templateLabels = (text: string) =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)/g)].map(([, label = '']) => label);

/** What an expression, and a text about its result, name that does not exist. */
function unknownNames(series: Series, expr: string, text = ''): readonly string[] {
  const { metrics, grouped } = readExpression(expr);
  const labelsOf = (name: string) => (name === 'up' ? new Set<string>() : series.get(name));
  const all = new Set([...TARGET_LABELS, ...metrics.flatMap(({ name }) => [...(labelsOf(name) ?? [])])]);
  const shown = grouped.length > 0 || /\bsum\(|\bmax\(|\bmin\(/.test(expr) ? grouped : [...all];
  return [
    ...(metrics.length === 0 ? ['no metric'] : []),
    ...metrics.filter(({ name }) => !labelsOf(name)).map(({ name }) => name),
    ...metrics.flatMap(({ name, labels }) =>
      labels.filter((label) => !labelsOf(name)?.has(label) && !TARGET_LABELS.includes(label)),
    ),
    ...grouped.filter((label) => !all.has(label)),
    ...templateLabels(text).filter((label) => label !== 'value' && !shown.includes(label)),
  ];
}

let series: Series;
beforeAll(async () => {
  await using server = await startServer();
  await server.query(FETCH, {}, await tokenFor('anna', { roles: ['analyst'] }));
  const scraped = seriesOf(await (await server.fetch('/metrics')).text());
  for (const [name, labels] of seriesOf(await withEveryLabel())) {
    if (labels.size > (scraped.get(name)?.size ?? 0)) scraped.set(name, labels);
  }
  series = scraped;
});

describe('the dashboard of Grafana', () => {
  const load = async () => JSON.parse(await readFile(join(FOLDER, 'signalbox.json'), 'utf8'));

  it('asks only for metrics and labels that the server has', async () => {
    const panels: readonly Panel[] = (await load()).panels;
    const targets = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
    expect(targets.length).toBeGreaterThan(20);
    const unknown = targets.map(({ title, expr, legendFormat }) => [title, unknownNames(series, expr, legendFormat)]);
    expect(unknown.filter(([, names]) => names?.length)).toEqual([]);
  });

  it('shows every metric of the server', async () => {
    const text = JSON.stringify(await load());
    const own = [...series.keys()].filter(
      (name) => name.startsWith('signalbox_') && !/_(?:bucket|sum|count)$/.test(name),
    );
    expect(own.filter((name) => !text.includes(name))).toEqual([]);
  });

  it('has a variable for the data source, panels with different ids, and units', async () => {
    const dashboard = await load();
    const panels: readonly Panel[] = dashboard.panels;
    const [source] = dashboard.templating.list;
    expect(source).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const graphs = panels.filter(({ type }) => type !== 'row');
    expect(graphs.filter(({ fieldConfig }) => !fieldConfig?.defaults.unit)).toEqual([]);
    expect(new Set(graphs.map(({ datasource }) => datasource?.uid))).toEqual(new Set([`\${datasource}`]));
  });
});

describe('the alerts of Prometheus', () => {
  const load = async (): Promise<readonly Rule[]> =>
    parse(await readFile(join(FOLDER, 'alerts.yaml'), 'utf8')).groups.flatMap(
      (group: { rules: Rule[] }) => group.rules,
    );

  it('ask only for metrics and labels that the server has', async () => {
    const rules = await load();
    const unknown = rules.map(({ alert, expr, annotations }) => [
      alert,
      unknownNames(series, expr, annotations.summary),
    ]);
    expect(unknown.filter(([, names]) => names?.length)).toEqual([]);
  });

  it('have different names, a severity, a summary, and a row in docs/operate.md that says what to do', async () => {
    const rules = await load();
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    const guide = await readFile(resolve(FOLDER, '../../docs/operate.md'), 'utf8');
    const documented = [...guide.matchAll(/^\| `(Signalbox\w+)` \|/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$/);
    }
  });
});

describe('the check of expressions', () => {
  it.each([
    ['sum(rate(signalbox_run_total[5m]))', ['signalbox_run_total']],
    ['sum by (node) (signalbox_runs_active)', ['node']],
    ['signalbox_runs_total{status="FAILED"}', ['status']],
    ['1 > 0', ['no metric']],
  ])('finds what %s names and nothing has', (expr, names) => {
    expect(unknownNames(series, expr)).toEqual(names);
  });

  it('finds a label in a text that the result does not have', () => {
    expect(unknownNames(series, 'sum by (kind) (signalbox_runs_total)', '{{ $labels.state }}')).toEqual(['state']);
  });
});
