import type { Clock } from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import type { HubDriver } from '../hub-driver.ts';
import { type AwsAccount, type AwsAccountOptions, connectAwsAccount } from './aws-account.ts';
import { awsirsaDriver } from './awsirsa-driver.ts';
import { awsirsaSettings } from './awsirsa-settings.ts';

/**
 * The driver from the flags of the hub controller.
 *
 * @throws ConfigError when a flag is wrong or there are no AWS credentials
 */
export async function openAwsirsaDriver(
  flags: Parameters<typeof awsirsaSettings>[0],
  { clock, random = Math.random, endpoints }: { readonly clock: Clock } & Partial<AwsAccountOptions>,
): Promise<HubDriver> {
  const settings = awsirsaSettings(flags);
  const options = { hub: settings.hub, clock, random, ...(endpoints === undefined ? {} : { endpoints }) };
  const account = await withCredentials(() => connectAwsAccount(options));
  return awsirsaDriver(settings, { account, clock });
}

async function withCredentials(connect: () => Promise<AwsAccount>): Promise<AwsAccount> {
  try {
    return await connect();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      [`the driver awsirsa has no AWS credentials: ${problem}; give the service account of the hub controller a role`],
      { cause },
    );
  }
}
