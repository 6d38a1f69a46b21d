import { describe, expect, test } from '@jest/globals';
import { createEventSeries, UNKNOWN_CALL } from './event-series.ts';

const CALL = { consumer: 'c1', dataType: 'g.v1.things' };
const LABELS = 'consumer="c1",data_type="g.v1.things"';

async function linesOf({ source }: ReturnType<typeof createEventSeries>, prefix: string): Promise<readonly string[]> {
  return (await source.metrics()).split('\n').filter((line) => line.startsWith(prefix));
}

describe('series of a cluster and data type', () => {
  test('count what happens', async () => {
    const series = createEventSeries();
    series.subscribed(CALL);
    series.subscribed(CALL);
    series.called('Subscribe', CALL);
    const sent = series.sentEvents(CALL);
    sent();
    sent();
    series.called('Publish', CALL);
    series.processed('Publish', CALL, { code: 'OK', seconds: 0.0005 });
    series.processed('Subscribe', CALL, { code: 'Canceled', seconds: 7 });
    expect(await linesOf(series, 'grpc_server_ce_')).toEqual([
      `grpc_server_ce_subscribers{${LABELS}} 2`,
      `grpc_server_ce_called_total{${LABELS},method="Subscribe"} 1`,
      `grpc_server_ce_called_total{${LABELS},method="Publish"} 1`,
      `grpc_server_ce_msg_received_total{${LABELS},method="Subscribe"} 1`,
      `grpc_server_ce_msg_received_total{${LABELS},method="Publish"} 1`,
      `grpc_server_ce_msg_sent_total{${LABELS},method="Subscribe"} 2`,
      `grpc_server_ce_processed_total{${LABELS},method="Subscribe",grpc_code="Canceled"} 1`,
      `grpc_server_ce_processed_total{${LABELS},method="Publish",grpc_code="OK"} 1`,
      ...['0.000001', '0.00001', '0.0001'].map((bound) => duration(`_bucket{le="${bound}",`, 0)),
      ...['0.001', '0.01', '0.1', '1', '10', '100', '1000', '+Inf'].map((bound) =>
        duration(`_bucket{le="${bound}",`, 1),
      ),
      duration('_sum{', 0.0005),
      duration('_count{', 1),
    ]);
  });

  test('a call that takes longer than all bounds is in the last bucket only', async () => {
    const series = createEventSeries();
    series.processed('Publish', CALL, { code: 'OK', seconds: 5000 });
    const buckets = await linesOf(series, 'grpc_server_ce_processing_duration_seconds_bucket');
    expect(buckets.filter((line) => line.endsWith(' 1'))).toEqual([duration('_bucket{le="+Inf",', 1)]);
  });

  test('say nothing of subscriptions that are over', async () => {
    const series = createEventSeries();
    series.subscribed(CALL);
    series.unsubscribed(CALL);
    expect(await linesOf(series, 'grpc_server_ce_subscribers')).toEqual([]);
  });

  test('escape what is in names', async () => {
    const series = createEventSeries();
    series.subscribed({ consumer: 'a"b\\c\nd', dataType: 'g.v1.things' });
    expect(await linesOf(series, 'grpc_server_ce_subscribers')).toEqual([
      'grpc_server_ce_subscribers{consumer="a\\"b\\\\c\\nd",data_type="g.v1.things"} 1',
    ]);
  });
});

test('names without end are counted as unknown', async () => {
  const series = createEventSeries();
  for (let index = 0; index < 200_010; index += 1) {
    series.called('Publish', { consumer: `c${index}`, dataType: 'g.v1.things' });
  }
  const lines = await linesOf(series, 'grpc_server_ce_called_total');
  expect(lines).toHaveLength(200_001);
  const { consumer, dataType } = UNKNOWN_CALL;
  expect(lines.at(-1)).toContain(`{consumer="${consumer}",data_type="${dataType}",method="Publish"} 10`);
});

test('while the text of many is made, others have a turn', async () => {
  const series = createEventSeries();
  for (let index = 0; index < 2000; index += 1) series.subscribed({ ...CALL, consumer: `c${index}` });
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await series.source.metrics();
  clearImmediate(next);
  expect(turns).toBeGreaterThan(10);
});

function duration(rest: string, value: number): string {
  return `grpc_server_ce_processing_duration_seconds${rest}${LABELS},method="Publish",grpc_code="OK"} ${value}`;
}
