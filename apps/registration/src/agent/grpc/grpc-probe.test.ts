import { dataTypes, type EventTransport } from '@ocm/cloudevents';
import { systemClock } from '@ocm/kube';
import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { grpcProbe } from './grpc-probe.ts';

const { signal } = new AbortController();

/** Asks a server that refuses with this code and message. */
function ask(code: status, message: string, isConnected = false) {
  const transport: EventTransport = {
    address: 'hub:8090',
    connect: () => Promise.reject(new Error(message, { cause: { code } })),
    reloadCredential: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const subscription = { dataType: dataTypes.managedCluster, clusterName: 'c1', source: '' };
  return grpcProbe(transport, { subscription, clock: systemClock, isConnected: () => isConnected })(signal);
}

test('while the agent is connected nobody is asked', async () => {
  await expect(ask(status.UNAVAILABLE, 'away', true)).resolves.toEqual({ status: 200, hubTime: undefined });
});

test.each([
  { code: status.UNAUTHENTICATED, http: 401 },
  { code: status.PERMISSION_DENIED, http: 403 },
])('a refusal ($code) is what the API would say: $http', async ({ code, http }) => {
  await expect(ask(code, 'no')).resolves.toEqual({ status: http, hubTime: undefined });
});

test.each([
  { message: 'Last error: Error: self-signed certificate in certificate chain', code: 'untrusted' },
  { message: 'connect ECONNREFUSED', code: 'unavailable' },
])('$message: $code, with the address', async ({ message, code }) => {
  await expect(ask(status.UNAVAILABLE, message)).rejects.toMatchObject({ code, message: `hub:8090: ${message}` });
});

test('a server that cannot check the token says nothing against it', async () => {
  const message =
    'UNAUTHENTICATED: could not verify peer certificate; the token could not be checked: connect ECONNREFUSED';
  await expect(ask(status.UNAUTHENTICATED, message)).rejects.toMatchObject({
    code: 'unavailable',
    message: `hub:8090: ${message}`,
  });
});
