import type { JobRequest } from './generated/cordum/agent/v1/job_pb.js';
import type { BusPacket } from './generated/cordum/agent/v1/packet_pb.js';
import { PacketError } from './packet-error.ts';
import { isTopic } from './subjects.ts';

/** Of the id of a job, a worker or a sender. */
const MAX_ID_LENGTH = 256;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/**
 * Checks what the protocol requires of each payload. Packets of old SDKs lack trace ids and times, which is valid.
 * @throws PacketError
 */
export function checkPayload(packet: BusPacket): void {
  const { payload, senderId } = packet;
  if (payload.case === undefined) {
    throw new PacketError('PROTOCOL_UNKNOWN_PAYLOAD', 'The packet has no payload of a kind that is known.');
  }
  if (senderId !== '') checkId(senderId, 'sender_id');
  switch (payload.case) {
    case 'jobRequest':
      checkJobRequest(payload.value);
      break;
    case 'jobResult':
      checkId(payload.value.jobId, 'job_result.job_id');
      if (payload.value.executionMs < 0n) throw invalid('job_result.execution_ms', 'is negative');
      break;
    case 'jobProgress': {
      const { jobId, percent } = payload.value;
      checkId(jobId, 'job_progress.job_id');
      if (percent < 0 || percent > 100) throw invalid('job_progress.percent', 'is not within 0 and 100');
      break;
    }
    case 'jobCancel':
      checkId(payload.value.jobId, 'job_cancel.job_id');
      break;
    case 'heartbeat':
      checkId(payload.value.workerId, 'heartbeat.worker_id');
      break;
    case 'handshake':
      checkId(payload.value.componentId, 'handshake.component_id');
      break;
  }
}

function checkJobRequest({ jobId, topic, compensation, budget, stepIndex }: JobRequest): void {
  checkId(jobId, 'job_request.job_id');
  checkTopic(topic, 'job_request.topic');
  if (compensation && compensation.topic !== '') checkTopic(compensation.topic, 'job_request.compensation.topic');
  if (budget && budget.deadlineMs < 0n) throw invalid('job_request.budget.deadline_ms', 'is negative');
  if (stepIndex < 0) throw invalid('job_request.step_index', 'is negative');
}

function checkTopic(topic: string, field: string): void {
  if (!isTopic(topic)) throw invalid(field, 'is not job. and names of A-Z, a-z, 0-9, _ and -, separated by full stops');
}

function checkId(id: string, field: string): void {
  if (id === '') throw invalid(field, 'is empty');
  if (id.length > MAX_ID_LENGTH) throw invalid(field, `is longer than ${MAX_ID_LENGTH} characters`);
  if (CONTROL_CHARACTER.test(id)) throw invalid(field, 'contains a control character');
}

function invalid(field: string, is: string): PacketError {
  return new PacketError('JOB_INVALID_INPUT', `The field ${field} ${is}.`);
}
