/** Subjects of the bus that the protocol defines. */
export const SUBJECTS = {
  submit: 'sys.job.submit',
  result: 'sys.job.result',
  progress: 'sys.job.progress',
  cancel: 'sys.job.cancel',
  deadLetter: 'sys.job.dlq',
  heartbeat: 'sys.heartbeat',
  handshake: 'sys.handshake',
  alert: 'sys.alert',
  workflowEvent: 'sys.workflow.event',
} as const;

const MAX_TOPIC_LENGTH = 200;
const MAX_WORKER_ID_LENGTH = 100;
const TOPIC = /^job(?:\.[A-Za-z0-9_-]+)+$/;
const WORKER_ID = /^[A-Za-z0-9_-]+$/;

/** Whether jobs can be sent to it: `job.` and tokens without wildcards. A topic is a subject, and comes from a peer. */
export function isTopic(topic: string): boolean {
  return topic.length <= MAX_TOPIC_LENGTH && TOPIC.test(topic);
}

/** The action of the policy for a topic: `job:` and the topic without its first part. */
export function jobAction(topic: string): string {
  return `job:${topic.slice('job.'.length)}`;
}

/** Whether the id can be a part of a subject. Other ids are valid too, but have no subject. */
export function isSubjectToken(workerId: string): boolean {
  return workerId.length <= MAX_WORKER_ID_LENGTH && WORKER_ID.test(workerId);
}

/** Where one node takes the results of jobs whose runs it has in memory, from the other nodes. Not of the protocol. */
export function nodeResultsSubject(nodeId: string): string {
  return `signalbox.node.${nodeId}.results`;
}

/** Where one worker takes jobs. @throws RangeError for an id that cannot be a part of a subject */
export function workerSubject(workerId: string): string {
  if (!isSubjectToken(workerId))
    throw new RangeError(`a worker with the id ${JSON.stringify(workerId)} has no subject`);
  return `worker.${workerId}.jobs`;
}
