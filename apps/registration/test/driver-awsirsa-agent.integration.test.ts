import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '@ocm/testing';
import { parse } from 'yaml';
import { type AgentLab, startAgentLab } from './agent-lab.ts';

const HUB_ARN = 'arn:aws:eks:us-west-2:111111111111:cluster/hub';
const ARN = 'arn:aws:eks:eu-north-1:222222222222:cluster/oslo';
/** Hex MD5 of 111111111111#hub#222222222222#oslo. */
const SUFFIX = 'b1918928f9a94f9d97d6b629637b462e';
const FLAGS = ['--registration-auth=awsirsa', `--hub-cluster-arn=${HUB_ARN}`, `--managed-cluster-arn=${ARN}`];

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** A stand-in for the command line of AWS: it gives the identity that an access entry gives, and notes what it was asked. */
async function awsStandIn(
  cluster: string,
  directory: string,
): Promise<{ command: string; asked: () => Promise<string> }> {
  const { certificatePem, privateKeyPem } = await lab.hub.controlPlane.clientCertificate({
    user: cluster,
    groups: [`open-cluster-management:${cluster}`],
  });
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    kind: 'ExecCredential',
    status: { clientCertificateData: certificatePem, clientKeyData: privateKeyPem },
  };
  const [command, answer, notes] = ['aws', 'aws.json', 'aws.args'].map((name) => join(directory, name));
  await writeFile(answer ?? '', JSON.stringify(credential));
  await writeFile(command ?? '', `#!/bin/sh\necho "$@" >> "${notes ?? ''}"\ncat "${answer ?? ''}"\n`, { mode: 0o700 });
  return { command: command ?? '', asked: () => readFile(notes ?? '', 'utf8') };
}

test('an EKS cluster joins by the role of its ARNs, without any certificate request', async () => {
  const cluster = await lab.cluster('oslo');
  const aws = await awsStandIn('oslo', cluster.directory);
  const agent = await cluster.start({ flags: FLAGS, awsCommand: aws.command });
  const created = await until(() => cluster.find(), { describe: 'the cluster is created' });
  expect(created.metadata.annotations).toEqual({
    'agent.open-cluster-management.io/managed-cluster-arn': ARN,
    'agent.open-cluster-management.io/managed-cluster-iam-role-suffix': SUFFIX,
  });
  expect(await cluster.credential()).toBeUndefined();

  await cluster.accept();
  await cluster.untilCondition('ManagedClusterConditionAvailable', 'True');
  const { kubeconfig = '', ...rest } = (await cluster.credential()) ?? {};
  expect(rest).toEqual({ 'cluster-name': 'oslo', 'agent-name': expect.any(String) });
  const role = `arn:aws:iam::111111111111:role/ocm-hub-${SUFFIX}`;
  const args = [
    '--region',
    'us-west-2',
    'eks',
    'get-token',
    '--cluster-name',
    'hub',
    '--output',
    'json',
    '--role',
    role,
  ];
  expect(parse(kubeconfig)).toMatchObject({
    'current-context': 'default-context',
    users: [
      {
        name: 'default-auth',
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: aws.command, args } },
      },
    ],
  });
  expect((await aws.asked()).split('\n')).toContain(args.join(' '));
  expect(await cluster.requests()).toEqual([]);

  await cluster.editCredential({ kubeconfig: 'spoilt' });
  await until(async () => (await cluster.credential())?.['kubeconfig'] === kubeconfig, {
    describe: 'the kubeconfig is mended',
  });
  await agent.stop();
});

test('without the ARNs the agent does not start', async () => {
  const cluster = await lab.cluster('without-arns');
  const agent = await cluster.start({ flags: ['--registration-auth=awsirsa'] });
  await expect(agent.ended).rejects.toThrow('--hub-cluster-arn must be arn:aws:eks:');
});
