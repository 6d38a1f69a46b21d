/** Every wait of the agent, in milliseconds (registration 27). Production uses the defaults; tests pass shorter ones. */
export interface AgentIntervals {
  /** How often the bootstrap phase looks whether the hub credential has become valid. */
  readonly validityPollMs: number;
  /** How often the credential is looked at for rotation. */
  readonly credentialResyncMs: number;
  /** How often the files are compared with the secret when nothing tells of a change. */
  readonly secretToFilesResyncMs: number;
  /** Least wait between two looks at the ManagedCluster during bootstrap; up to twice as long by chance. */
  readonly clusterCreationResyncMs: number;
  /** Wait after the hub refused the bootstrap credential; somebody has to replace it or to grant rights. */
  readonly bootstrapRefusedMs: number;
  /** First wait of an agent whose cluster is not accepted yet; each later one is twice as long. */
  readonly acceptancePollMs: number;
  /**
   * Longest wait of such an agent. Shorter than the 5 s within which an accepted cluster is to be reported as joined; it asks for one object
   * that it may not see yet, so 5,000 agents that wait cost the hub some 1,400 refusals a second.
   */
  readonly acceptancePollMaxMs: number;
  /** How long the API server of the cluster may fail before Available becomes False. */
  readonly unhealthyGraceMs: number;
  /** How soon a failing API server is asked again. */
  readonly unhealthyRecheckMs: number;
  /** How long the version of the API server is believed before it is asked again. */
  readonly versionRefreshMs: number;
  /** Longest time one lease renewal may take. */
  readonly leaseAttemptMs: number;
  /** Longest time to find out whether a hub can be used. */
  readonly hubExaminationMs: number;
  /** With several hubs: how often the agent looks whether it still has contact with its hub. */
  readonly hubContactCheckMs: number;
  /** With several hubs: how long after its start the agent does not look. */
  readonly hubContactGraceMs: number;
  /** How often the agent looks for what keeps it from its hub; it asks the hub only when there is reason to. */
  readonly diagnosisMs: number;
  /** How often the registrations of an add-on are looked at when nothing tells of a change. */
  readonly addOnResyncMs: number;
  /** How often the lease of an add-on is looked at. */
  readonly addOnLeaseCheckMs: number;
  /** How often credential files of the API clients are looked at. */
  readonly credentialReloadMs: number;
  /** How long caches may take until the process gives up (registration 1.3). */
  readonly cacheSyncMs: number;
}

export const defaultIntervals: AgentIntervals = {
  validityPollMs: 1_000,
  credentialResyncMs: 5 * 60_000,
  secretToFilesResyncMs: 5 * 60_000,
  clusterCreationResyncMs: 60 * 60_000,
  bootstrapRefusedMs: 30_000,
  acceptancePollMs: 1_000,
  acceptancePollMaxMs: 4_000,
  unhealthyGraceMs: 20_000,
  unhealthyRecheckMs: 5_000,
  versionRefreshMs: 10 * 60_000,
  leaseAttemptMs: 10_000,
  hubExaminationMs: 15_000,
  diagnosisMs: 15_000,
  hubContactCheckMs: 60_000,
  hubContactGraceMs: 10_000,
  addOnResyncMs: 10 * 60_000,
  addOnLeaseCheckMs: 30_000,
  credentialReloadMs: 60_000,
  cacheSyncMs: 10 * 60_000,
};
