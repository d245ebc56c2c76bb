import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

describe('metrics', () => {
  it('count what is reported, in the text format of Prometheus', async () => {
    const metrics = createMetrics();
    metrics.httpRequest('/artifacts/:digest', 'GET', 206, 0.003);
    metrics.runEnded('COMMAND', 'SUCCEEDED', 0.02);
    metrics.runEnded('COMMAND', 'SUCCEEDED', 7);
    metrics.journalCommitted(3, 12, 0.001);
    metrics.policyDecided('DENY');
    const text = await metrics.scrape();
    for (const line of [
      'signalbox_http_request_duration_seconds_bucket{le="0.005",route="/artifacts/:digest",method="GET",status="206"} 1',
      'signalbox_runs_total{kind="COMMAND",state="SUCCEEDED"} 2',
      'signalbox_run_duration_seconds_bucket{le="0.05",kind="COMMAND"} 1',
      'signalbox_run_duration_seconds_count{kind="COMMAND"} 2',
      'signalbox_journal_appends_total 3',
      'signalbox_journal_events_total 12',
      'signalbox_journal_batch_appends_bucket{le="4"} 1',
      'signalbox_policy_decisions_total{effect="DENY"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('count active subscriptions', async () => {
    const metrics = createMetrics();
    const first = metrics.subscriptionOpened();
    metrics.subscriptionOpened();
    first();
    expect(await metrics.scrape()).toContain('signalbox_subscriptions_active 1\n');
  });

  it('read the queues at each scrape, and do without them when they cannot be read', async () => {
    const metrics = createMetrics();
    const sizes = { steps: 3, jobs: new Map([['job.a', 2]]), parkedJobs: new Map([['job.b', 5]]) };
    metrics.queuesFrom(async () => sizes);
    const lines = (await metrics.scrape()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'signalbox_steps_queued 3',
        'signalbox_jobs_waiting{topic="job.a"} 2',
        'signalbox_jobs_parked{topic="job.b"} 5',
      ]),
    );
    metrics.queuesFrom(async () => Promise.reject(new Error('there is no database')));
    const text = await metrics.scrape();
    expect(text).not.toContain('topic=');
    expect(text).toContain('signalbox_runs_active');
  });

  it('are all described in docs/configuration.md', async () => {
    const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name).sort();
    const documented = named(await readFile('docs/configuration.md', 'utf8'), /^\| `(signalbox_\w+)`/gm);
    expect(documented).toEqual(named(await createMetrics().scrape(), /^# TYPE (signalbox_\w+)/gm));
  });

  it('of two servers in one process are separate', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.policyDecided('ALLOW');
    expect(await other.scrape()).not.toContain('effect="ALLOW"');
  });
});
