import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLegacy, encodeLegacy } from '../../test/support/cap/legacy-codec.ts';
import { JobRequestSchema } from './generated/cordum/agent/v1/job_pb.js';
import { BusPacketSchema } from './generated/cordum/agent/v1/packet_pb.js';
import { type Payload, readPacket, writePacket } from './packet.ts';
import { PacketError } from './packet-error.ts';

const NOW = new Date('2026-05-04T03:02:01.123Z');
const OPTIONS = { traceId: 'trace-1', senderId: 'gateway-1', createdAt: NOW };
const job = (fields: MessageInitShape<typeof JobRequestSchema> = {}): Payload => ({
  case: 'jobRequest',
  value: create(JobRequestSchema, { jobId: 'job-1', topic: 'job.echo', ...fields }),
});
/** A valid packet as a peer writes it, with these fields instead. */
const peer = (fields: object) => encodeLegacy({ trace_id: 't', sender_id: 's', protocol_version: 1, ...fields });

function refusal(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof PacketError) return [error.code, error.message];
    throw error;
  }
  return 'accepted';
}

describe('a packet', () => {
  const labels = fc.dictionary(
    fc.string({ unit: 'binary', maxLength: 8 }).filter((key) => !/^\d+$/.test(key) && key !== '__proto__'),
    fc.string({ unit: 'binary', maxLength: 8 }),
    { noNullPrototype: true },
  );
  const requests = fc.record({
    jobId: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
    topic: fc.constantFrom('job.echo', 'job.a.b-c_D9'),
    priority: fc.integer({ min: 0, max: 3 }),
    env: labels,
    labels,
    stepIndex: fc.nat({ max: 2 ** 31 - 1 }),
  });

  it('that is written is what another library reads, and what is read again', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const bytes = writePacket(job(request), OPTIONS);
        const { payload } = readPacket(bytes);
        expect(payload.value).toMatchObject(request);
        expect(decodeLegacy(bytes)).toMatchObject({
          trace_id: 'trace-1',
          sender_id: 'gateway-1',
          protocol_version: 1,
          job_request: { job_id: request.jobId, topic: request.topic },
        });
      }),
    );
  });

  it('of another library is read with the same values', () => {
    fc.assert(
      fc.property(requests, ({ jobId, topic, stepIndex, ...request }) => {
        const bytes = peer({ job_request: { ...request, job_id: jobId, topic, step_index: stepIndex } });
        expect(readPacket(bytes).payload.value).toMatchObject({ ...request, jobId, topic, stepIndex });
      }),
    );
  });

  it('has one encoding, in whatever order its maps were filled', () => {
    fc.assert(
      fc.property(requests, ({ labels: entries, ...request }) => {
        const reversed = Object.fromEntries(Object.entries(entries).reverse());
        const bytes = writePacket(job({ ...request, labels: entries }), OPTIONS);
        expect(bytes).toEqual(writePacket(job({ ...request, labels: reversed }), OPTIONS));
      }),
    );
  });

  it('sorts the keys of maps by their bytes, and leaves empty messages out', () => {
    const value = { labels: { é: '1', z: '2', '': '3' }, meta: { labels: {} }, budget: {} };
    const bytes = writePacket({ case: 'jobRequest', value: { jobId: 'j', topic: 'job.a', ...value } }, OPTIONS);
    const { job_request } = decodeLegacy(bytes);
    expect(Object.keys((job_request as { labels: object }).labels)).toEqual(['', 'z', 'é']);
    expect(job_request).not.toHaveProperty('meta');
    expect(job_request).not.toHaveProperty('budget');
  });

  it('is not written with a key that is a number, which peers reorder', () => {
    expect(refusal(() => writePacket(job({ labels: { 10: 'x' } }), OPTIONS))).toEqual([
      'JOB_INVALID_INPUT',
      'The key 10 of labels is a number, which peers reorder: add a letter.',
    ]);
  });

  it('keeps fields that this version does not know', () => {
    const unknown = new BinaryWriter().tag(99, WireType.LengthDelimited).string('new').finish();
    const bytes = Buffer.concat([peer({ job_request: { job_id: 'j', topic: 'job.a' } }), unknown]);
    const packet = readPacket(bytes);
    expect(Buffer.from(toBinary(BusPacketSchema, packet)).includes(Buffer.from(unknown))).toBe(true);
  });

  it('of an old SDK may lack its trace and its time', () => {
    const heartbeat = { worker_id: 'w', cpu_load: 12.5, active_jobs: 1 };
    const { payload } = readPacket(encodeLegacy({ sender_id: 'w', protocol_version: 1, heartbeat }));
    expect(payload).toMatchObject({ case: 'heartbeat', value: { workerId: 'w', cpuLoad: 12.5, activeJobs: 1 } });
  });
});

describe('a packet is refused', () => {
  const text = (length: number) => 'x'.repeat(length);
  const many = (length: number) => Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, 'v']));
  const request = (fields: object) => peer({ job_request: { job_id: 'j', topic: 'job.a', ...fields } });

  it.each([
    ['that is no packet', Buffer.from('hello'), 'PROTOCOL_MALFORMED_PACKET'],
    ['that is cut off', request({}).subarray(0, 12), 'PROTOCOL_MALFORMED_PACKET'],
    [
      'with text that is not UTF-8',
      Buffer.concat([request({}), Buffer.from([0x0a, 2, 0xc3, 0x28])]),
      'PROTOCOL_MALFORMED_PACKET',
    ],
    ['with groups inside each other', groups(200_000), 'PROTOCOL_MALFORMED_PACKET'],
    ['of more than a mebibyte', Buffer.alloc(2 ** 20 + 1), 'PROTOCOL_MALFORMED_PACKET'],
    ['of version 2', request({}) && peer({ protocol_version: 2 }), 'PROTOCOL_VERSION_MISMATCH'],
    ['without a version', peer({ protocol_version: 0 }), 'PROTOCOL_VERSION_MISMATCH'],
    ['without a payload', peer({}), 'PROTOCOL_UNKNOWN_PAYLOAD'],
    ['with a text that is too long', request({ env: { a: text(32_769) } }), 'JOB_INVALID_INPUT'],
    ['with a map that is too large', request({ meta: { labels: many(257) } }), 'JOB_INVALID_INPUT'],
    ['with a list that is too long', request({ meta: { risk_tags: Array(1_025).fill('a') } }), 'JOB_INVALID_INPUT'],
    ['without the id of the job', request({ job_id: '' }), 'JOB_INVALID_INPUT'],
    ['with a line break in an id', request({ job_id: 'a\nb' }), 'JOB_INVALID_INPUT'],
    ['with a wildcard as its topic', request({ topic: 'job.>' }), 'JOB_INVALID_INPUT'],
    ['with a system subject as its topic', request({ topic: 'sys.job.result' }), 'JOB_INVALID_INPUT'],
    [
      'with a compensation to another subject',
      request({ compensation: { topic: 'worker.a.jobs' } }),
      'JOB_INVALID_INPUT',
    ],
    ['with a deadline in the past', request({ budget: { deadline_ms: -1 } }), 'JOB_INVALID_INPUT'],
    ['with more than all of its progress', peer({ job_progress: { job_id: 'j', percent: 101 } }), 'JOB_INVALID_INPUT'],
    ['with a heartbeat of nobody', peer({ heartbeat: {} }), 'JOB_INVALID_INPUT'],
  ])('%s', (_, bytes, code) => {
    expect(refusal(() => readPacket(bytes))).toEqual([code, expect.any(String)]);
  });

  it('in words that name the field', () => {
    expect(refusal(() => readPacket(request({ meta: { labels: many(257) } })))).toEqual([
      'JOB_INVALID_INPUT',
      'The field job_request.meta.labels has 257 entries, and may have 256.',
    ]);
  });

  it('in no other way than by a PacketError, whatever its bytes', () => {
    const valid = request({ labels: { a: 'b' }, meta: { risk_tags: ['x'] } });
    const damaged = fc
      .tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 }))
      .map(([at, byte]) => valid.map((old, i) => (i === at ? byte : old)));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        expect(refusal(() => readPacket(bytes))).toBeDefined();
      }),
    );
  });
});

/** Starts groups of a field that is not known inside each other. */
function groups(count: number): Uint8Array {
  const writer = new BinaryWriter();
  for (let i = 0; i < count; i += 1) writer.tag(99, WireType.StartGroup);
  return writer.finish();
}
