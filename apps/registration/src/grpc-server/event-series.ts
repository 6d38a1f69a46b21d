import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricsSource } from '@ocm/service';

export type Method = 'Publish' | 'Subscribe';

/** Whose call it is, once that is certain: labels must not be what a stranger wrote. */
export interface CallLabels {
  readonly consumer: string;
  readonly dataType: string;
}

/** Of calls that were refused before anybody knew whose they are (cloudevents-grpc 11.4). */
export const UNKNOWN_CALL: CallLabels = { consumer: 'unknown', dataType: 'unknown' };

/** What is counted for each cluster and data type (cloudevents-grpc 11.4). */
export interface EventMetrics {
  subscribed(call: CallLabels): void;
  unsubscribed(call: CallLabels): void;
  /** A call about events, and the message it brought. */
  called(method: Method, call: CallLabels): void;
  processed(method: Method, call: CallLabels, outcome: { readonly code: string; readonly seconds: number }): void;
  /** Counts an event that was sent on a stream; made once per stream. */
  sentEvents(call: CallLabels): () => void;
}

/** Seconds: 1 microsecond to 1,000 seconds. */
export const DURATION_BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000] as const;

/** What comes on top is counted as unknown: whoever may speak for any cluster could make up names. */
const MOST_SERIES = 200_000;
/** Of so many series the text is made at once; then others have a turn. */
const LOT = 200;

/** What is counted of one cluster and data type. */
interface Series {
  /** As they are written. */
  readonly labels: string;
  subscribers: number;
  sent: number;
  readonly calls: Map<Method, Calls>;
}

interface Calls {
  started: number;
  readonly outcomes: Map<string, Outcome>;
}

interface Outcome {
  count: number;
  seconds: number;
  /** Calls that took no longer than each bound, and longer than the one before. */
  readonly buckets: number[];
}

/**
 * Series that there are tens of thousands of. Those of prom-client take fourteen kilobytes for each cluster and data type, most of it for a
 * histogram, and their text is made in one go: for ten thousand clusters that takes a second, in which no heartbeat would be sent.
 */
export function createEventSeries(): EventMetrics & { readonly source: MetricsSource } {
  const all = new Map<string, Series>();
  const find = (call: CallLabels): Series => {
    const key = `${call.dataType}\0${call.consumer}`;
    const found = all.get(key);
    if (found !== undefined) return found;
    if (all.size >= MOST_SERIES && call !== UNKNOWN_CALL) return find(UNKNOWN_CALL);
    const series = { labels: labelsOf(call), subscribers: 0, sent: 0, calls: new Map<Method, Calls>() };
    all.set(key, series);
    return series;
  };
  return {
    subscribed(call) {
      find(call).subscribers += 1;
    },
    unsubscribed(call) {
      find(call).subscribers -= 1;
    },
    called(method, call) {
      callsOf(find(call), method).started += 1;
    },
    processed(method, call, { code, seconds }) {
      const outcome = outcomeOf(callsOf(find(call), method), code);
      outcome.count += 1;
      outcome.seconds += seconds;
      const at = DURATION_BUCKETS.findIndex((bound) => seconds <= bound);
      if (at >= 0) outcome.buckets[at] = (outcome.buckets[at] ?? 0) + 1;
    },
    sentEvents(call) {
      const series = find(call);
      return () => {
        series.sent += 1;
      };
    },
    source: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      metrics: () => textOf(all),
    },
  };
}

function callsOf({ calls }: Series, method: Method): Calls {
  const known = calls.get(method) ?? { started: 0, outcomes: new Map<string, Outcome>() };
  calls.set(method, known);
  return known;
}

function outcomeOf({ outcomes }: Calls, code: string): Outcome {
  const known = outcomes.get(code) ?? { count: 0, seconds: 0, buckets: DURATION_BUCKETS.map(() => 0) };
  outcomes.set(code, known);
  return known;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  /** Lines without the name. */
  readonly lines: (series: Series) => readonly string[];
}

const FAMILIES: readonly Family[] = [
  {
    name: 'grpc_server_ce_subscribers',
    help: 'Open subscriptions.',
    type: 'gauge',
    lines: ({ labels, subscribers }) => (subscribers > 0 ? [`{${labels}} ${subscribers}`] : []),
  },
  { name: 'grpc_server_ce_called_total', help: 'Calls about events.', type: 'counter', lines: startedLines },
  // Each call has one request.
  {
    name: 'grpc_server_ce_msg_received_total',
    help: 'Requests about events.',
    type: 'counter',
    lines: startedLines,
  },
  {
    name: 'grpc_server_ce_msg_sent_total',
    help: 'Events sent.',
    type: 'counter',
    lines: ({ labels, sent }) => (sent > 0 ? [`{${labels},method="Subscribe"} ${sent}`] : []),
  },
  {
    name: 'grpc_server_ce_processed_total',
    help: 'Calls about events, by outcome.',
    type: 'counter',
    lines: ({ labels, calls }) =>
      [...calls].flatMap(([method, { outcomes }]) =>
        [...outcomes].map(([code, { count }]) => `{${labels},method="${method}",grpc_code="${code}"} ${count}`),
      ),
  },
  {
    name: 'grpc_server_ce_processing_duration_seconds',
    help: 'How long publications take.',
    type: 'histogram',
    lines: ({ labels, calls }) =>
      [...(calls.get('Publish')?.outcomes ?? [])].flatMap(([code, outcome]) =>
        durationLines(`${labels},method="Publish",grpc_code="${code}"`, outcome),
      ),
  },
];

function startedLines({ labels, calls }: Series): readonly string[] {
  return [...calls].map(([method, { started }]) => `{${labels},method="${method}"} ${started}`);
}

function durationLines(labels: string, { count, seconds, buckets }: Outcome): readonly string[] {
  let upTo = 0;
  const lines = DURATION_BUCKETS.map((bound, at) => {
    upTo += buckets[at] ?? 0;
    return `_bucket{le="${bound}",${labels}} ${upTo}`;
  });
  return [
    ...lines,
    `_bucket{le="+Inf",${labels}} ${count}`,
    `_sum{${labels}} ${seconds}`,
    `_count{${labels}} ${count}`,
  ];
}

async function textOf(all: ReadonlyMap<string, Series>): Promise<string> {
  const parts: string[] = [];
  for (const { name, help, type, lines } of FAMILIES) {
    parts.push(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    let lot: string[] = [];
    let inLot = 0;
    for (const series of all.values()) {
      for (const line of lines(series)) lot.push(name, line, '\n');
      inLot += 1;
      if (inLot < LOT) continue;
      parts.push(lot.join('')); // here, or the whole text is put together at the end, in one go
      lot = [];
      inLot = 0;
      await nextTurn();
    }
    parts.push(lot.join(''));
  }
  return parts.join('');
}

function labelsOf({ consumer, dataType }: CallLabels): string {
  return `consumer="${escaped(consumer)}",data_type="${escaped(dataType)}"`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
