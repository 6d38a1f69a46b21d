import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ControlPlane, freePort, type Supervisor, until, writeServingCertificate } from '@ocm/testing';
import { startRegistration } from '../registration-process.ts';
import { isServing } from './grpc-stage.ts';

interface RouteOptions {
  readonly hub: ControlPlane;
  readonly supervisor: Supervisor;
  /** For the files of both ends. */
  readonly directory: string;
}

/** Starts a server of events in front of a hub and waits until it serves; returns the flags of a work agent that is to use it. */
export async function startEventRoute({ hub, supervisor, directory }: RouteOptions): Promise<readonly string[]> {
  const path = (name: string): string => join(directory, name);
  const port = await freePort();
  await writeServingCertificate(hub.ca, directory);
  await writeFile(path('ca.crt'), hub.caPem);
  const server = {
    tls_cert_file: path('tls.crt'),
    tls_key_file: path('tls.key'),
    client_ca_file: path('ca.crt'),
    server_bind_port: port,
  };
  await writeFile(path('server.yaml'), JSON.stringify(server)); // JSON is YAML
  const args = [
    'grpc',
    `--kubeconfig=${hub.adminKubeconfigPath}`,
    `--server-config=${path('server.yaml')}`,
    '--namespace=open-cluster-management-hub',
  ];
  await startRegistration(supervisor, { name: 'grpc-server', directory, args });
  const { certificatePem: cert, privateKeyPem: key } = await hub.clientCertificate({
    user: 'work-agent',
    groups: ['system:masters'],
  });
  await until(() => isServing({ url: `https://127.0.0.1:${port}`, ca: hub.caPem, cert, key }), {
    describe: 'the server admits subscriptions',
    deadlineMs: 60_000,
  });
  const client = {
    url: `127.0.0.1:${port}`,
    caData: base64(hub.caPem),
    clientCertData: base64(cert),
    clientKeyData: base64(key),
  };
  await writeFile(path('client.yaml'), JSON.stringify(client));
  return [
    '--workload-source-driver=grpc',
    `--workload-source-config=${path('client.yaml')}`,
    '--cloudevents-client-id=bench',
  ];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
