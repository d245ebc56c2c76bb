import { inspectNats, type NatsState } from '../../bus/inspect-nats.ts';
import type { Config, NatsSettings } from '../../config/config.ts';
import { isLoopbackAddress } from '../../lib/ip-address.ts';
import { type Finding, limited, unusable, usable } from './finding.ts';

/** Whether NATS accepts this server, keeps its messages, and lets it use its subjects. */
export async function checkBus({ nats }: Config): Promise<readonly Finding[]> {
  if (!nats) return [usable('bus', 'in process: jobs go to no other node or worker (NATS_URL)')];
  try {
    const state = await inspectNats(nats);
    return [connectionFinding(nats, state), streamsFinding(state), permissionsFinding(state)];
  } catch (error) {
    const advice = 'docs/configuration.md#nats describes the settings.';
    return [unusable('bus', error instanceof Error ? error.message : String(error), advice)];
  }
}

function connectionFinding({ servers, login }: NatsSettings, { version, encrypted }: NatsState): Finding {
  const detail = `NATS ${version} at ${servers.join(', ')}, ${encrypted ? 'over TLS' : 'without TLS'}`;
  const isLocal = servers.every((server) => isLoopbackAddress(new URL(`nats://${server}`).hostname));
  if (encrypted || isLocal) return usable('bus', detail);
  const what = login?.kind === 'password' ? 'the password and all jobs' : 'all jobs';
  return limited(
    'bus',
    `${detail}: the network can read ${what}`,
    'Configure TLS in NATS, and write tls:// in NATS_URL.',
  );
}

function streamsFinding({ jetstreamProblem, streams }: NatsState): Finding {
  const name = 'bus streams';
  if (jetstreamProblem !== undefined) {
    const advice = 'Enable JetStream (jetstream { store_dir: … }), and allow this user $JS.API.> and _INBOX.>.';
    return unusable(name, `JetStream cannot be used (${jetstreamProblem}): jobs would be lost`, advice);
  }
  const taken = streams.find(({ expected, stream }) => stream !== undefined && stream.name !== expected);
  if (taken) {
    const detail = `the stream ${taken.stream?.name} holds ${taken.subject}, which ${taken.expected} has to hold alone`;
    return unusable(name, detail, `Remove ${taken.subject} from the subjects of that stream.`);
  }
  const missing = streams.filter(({ stream }) => stream === undefined).map(({ expected }) => expected);
  const states = streams.flatMap(({ stream }) => (stream ? [`${stream.name} (${stream.messages} messages)`] : []));
  if (missing.length > 0) states.push(`created at the next start: ${missing.join(', ')}`);
  return usable(name, states.join(', '));
}

function permissionsFinding({ denied }: NatsState): Finding {
  const name = 'bus permissions';
  if (denied.length === 0) return usable(name, 'the subjects of jobs, results and heartbeats are allowed');
  const advice = 'deploy/nats.conf shows what this user has to be allowed.';
  return unusable(name, `NATS refuses: ${denied.join(', ')}`, advice);
}
