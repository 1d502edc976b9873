/**
 * How long something must have lasted before it is certain, in milliseconds, each with its reason. Tests pass shorter ones.
 */

export interface Patience {
  /** Pull errors that may pass: the kubelet tries again after 10 s and 20 s more, so that three tries have failed. */
  readonly pullMs: number;
  /** A ConfigMap or Secret that is missing may be made by an operator in a moment; the kubelet looks every 10 s or so. */
  readonly configMs: number;
  /** Volumes and networks of a pod: the kubelet's own tries double from 0.5 s, so that some seven have failed. */
  readonly mountMs: number;
  /**
   * No node for a pod: an autoscaler decides within 60 s even in large clusters (the cluster autoscaler's FAQ), so that one that
   * helps has said so after twice that time; pods that end (30 s of grace usually) have made room by then.
   */
  readonly schedulingMs: number;
  /** A quota that is used up: pods of the former revision that end within their 30 s of grace give it back. */
  readonly quotaMs: number;
  /**
   * A container without a readiness probe counts as ready once its process runs, and one that has restarted may do so again:
   * their pods must have run this long without a restart. The second and third life of one that dies at its start end by then.
   */
  readonly settleMs: number;
  /** Until the controllers must have seen a new object. */
  readonly controllerMs: number;
  /** For the queries of an analysis that the deadline cuts short. */
  readonly judgingMs: number;
  /** For a rollback, after the rollout's own time; progressDeadlineSeconds is as long by default. */
  readonly rollbackMs: number;
  /** For a rollback of a cancelled job: GitHub kills it some 10 s after it was cancelled. */
  readonly cancelledMs: number;
  /** Between two looks where nothing happens. */
  readonly tickMs: number;
}

export const usualPatience: Patience = {
  pullMs: 30_000,
  configMs: 30_000,
  mountMs: 60_000,
  schedulingMs: 120_000,
  quotaMs: 45_000,
  settleMs: 20_000,
  controllerMs: 60_000,
  judgingMs: 15_000,
  rollbackMs: 600_000,
  cancelledMs: 5000,
  tickMs: 1000,
};
