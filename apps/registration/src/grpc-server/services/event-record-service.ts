import { Event, semanticEqual } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { type EventService, RefusedError } from '../event-service.ts';
import { publishedObject, unsupportedAction } from './published-object.ts';
import type { ServiceContext } from './service-context.ts';

/** Events of Kubernetes: agents write them and count their repetitions; nothing comes back. */
export function eventRecordService({ client }: Pick<ServiceContext, 'client'>): EventService {
  const events = client.kind(Event);
  return {
    dataType: dataTypes.event,
    run: async ({ synced }) => synced(),
    answer() {
      throw new RefusedError('failed-precondition', 'list not supported: events.k8s.io have no resync');
    },
    async publish(publication, signal) {
      const { subresource, action } = publication.type;
      switch (`${subresource}.${action}`) {
        case 'spec.create_request':
          await events.create(publishedObject(Event, publication), { signal });
          break;
        case 'spec.update_request': {
          const sent = publishedObject(Event, publication);
          const stored = await events.find(sent.metadata, { signal });
          const counted = stored === undefined ? undefined : withSeries(stored, sent);
          if (counted !== undefined) await events.replace(counted, { signal });
          break;
        }
        default:
          throw unsupportedAction(publication);
      }
    },
  };
}

/** The stored event with the series that was sent, and nothing else of it (cloudevents-grpc 5.5); `undefined` when that changes nothing. */
export function withSeries(stored: Event, { series }: Pick<Event, 'series'>): Event | undefined {
  return series === undefined || semanticEqual(stored.series, series) ? undefined : { ...stored, series };
}
