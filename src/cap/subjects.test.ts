import { describe, expect, it } from 'vitest';
import { isTopic, SUBJECTS, workerSubject } from './subjects.ts';

describe('a topic', () => {
  it.each(['job.echo', 'job.chat.simple', 'job.A-z_0.9'])('is %s', (topic) => {
    expect(isTopic(topic)).toBe(true);
  });

  it.each([
    'job',
    'job.',
    'job..a',
    'job.a.',
    'job.*',
    'job.a.>',
    'job.a b',
    'job.é',
    'Job.a',
    `job.${'a'.repeat(200)}`,
    '',
  ])('is not %j', (topic) => {
    expect(isTopic(topic)).toBe(false);
  });

  it('is no subject of the protocol itself', () => {
    expect(Object.values(SUBJECTS).filter(isTopic)).toEqual([]);
  });
});

describe('the subject of a worker', () => {
  it('has its id', () => {
    expect(workerSubject('builds-1')).toBe('worker.builds-1.jobs');
  });

  it.each(['*', 'a.b', '>', '', 'a b', 'x'.repeat(101)])('does not exist for the id %j', (id) => {
    expect(() => workerSubject(id)).toThrow(RangeError);
  });
});
