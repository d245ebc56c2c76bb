import type { NewEvent } from '../core/event.ts';
import {
  isReported,
  MAX_REPORTED_EVENTS,
  type RemoteWorkResult,
  type ReportedEvent,
} from '../engine/model/remote-work.ts';
import { artifactUri } from '../lib/artifact-uri.ts';

/** Between two reports of one job. */
const INTERVAL_MS = 250;
/** Of the message of one progress, in characters. */
const MAX_MESSAGE_LENGTH = 30_000;
/** Of all events of one job, as JSON in characters; with them the result stays below its limit. */
const MAX_EVENTS_LENGTH = 2 ** 20;

const LIMIT_REACHED: ReportedEvent = {
  type: 'LOG',
  payload: { level: 'WARN', text: 'The limit of events of a job is reached; further ones are dropped.' },
};

/** What a job has reported so far. */
export interface Report {
  emit(event: NewEvent): void;
  /** The newest progress. */
  readonly progress: { readonly percent?: number; readonly memo?: string };
  /** Sends what is left. @returns what the result says about it */
  end(): Required<Pick<RemoteWorkResult, 'events' | 'artifacts'>>;
}

/** A piece of a report: an event as JSON, with its number unless it is a piece of text. */
interface Piece {
  readonly json: string;
  readonly number: number | undefined;
}

/** @param send sends the message of a progress, which may be lost */
export function createReport(send: (message: string) => void): Report {
  const events: ReportedEvent[] = [];
  const artifacts: NonNullable<RemoteWorkResult['artifacts']> = [];
  let progress: Report['progress'] = {};
  let length = 0;
  let isFull = false;
  const pending: Piece[] = [];
  /** What the last report had, which is repeated once in case it was lost. */
  let repeated: readonly Piece[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    while (pending.length > 0) {
      const again = fits([...repeated, ...pending]) ? repeated : [];
      const count = lengthThatFits(pending);
      // One that is too long is in the result, and so is what follows it.
      const sent = pending.splice(0, Math.max(1, count));
      if (count > 0) send(messageOf([...again, ...sent], events.length - numbered(pending) - numbered(sent)));
      repeated = sent.filter(({ number }) => number !== undefined);
    }
  };
  const add = (event: ReportedEvent) => {
    const json = JSON.stringify(event);
    const isNumbered = event.type !== 'AGENT_DELTA';
    pending.push({ json, number: isNumbered ? events.length : undefined });
    if (isNumbered) {
      events.push(event);
      length += json.length;
    }
    timer ??= setTimeout(flush, INTERVAL_MS);
  };

  return {
    get progress() {
      return progress;
    },
    emit({ type, payload }) {
      if (type === 'ARTIFACT_CREATED') {
        artifacts.push({ name: payload.name, media_type: payload.mediaType, uri: artifactUri(payload.digest) });
        return;
      }
      if (type === 'STEP_PROGRESS') progress = { ...progress, ...payload };
      if (!isReported(type) || isFull) return;
      isFull = length > MAX_EVENTS_LENGTH || events.length >= MAX_REPORTED_EVENTS - 1;
      add(isFull ? LIMIT_REACHED : ({ type, payload } as ReportedEvent));
    },
    end() {
      flush();
      return { events, artifacts };
    },
  };
}

function messageOf(pieces: readonly Piece[], position: number): string {
  const first = pieces.find(({ number }) => number !== undefined)?.number ?? position;
  return `{"from":${first},"events":[${pieces.map(({ json }) => json).join(',')}]}`;
}

function fits(pieces: readonly Piece[]): boolean {
  return lengthThatFits(pieces) === pieces.length;
}

/** How many of the pieces fit into one message. */
function lengthThatFits(pieces: readonly Piece[]): number {
  let length = 0;
  const over = pieces.findIndex(({ json }) => {
    length += json.length + 1;
    return length > MAX_MESSAGE_LENGTH;
  });
  return over === -1 ? pieces.length : over;
}

function numbered(pieces: readonly Piece[]): number {
  return pieces.filter(({ number }) => number !== undefined).length;
}
