/** Everything that talks to GitHub: the run's context, the API, the artifact service, the runner's files. */

export {
  type ArtifactRequest,
  type ArtifactUploader,
  artifactName,
  officialUploader,
  type UploadedArtifact,
} from './artifact.ts';
export { type CheckAnnotation, type Conclusion, checkRunName, conclusionOf } from './check-run.ts';
export { type ClientOptions, createClient, type GitHubClient } from './client.ts';
export { commentOnce, type Once, type OnceComment, removeComment } from './comment-once.ts';
export { type Environment, type EventContext, type PullRequest, readContext } from './context.ts';
export {
  type Deployment,
  type DeploymentDeps,
  type DeploymentRequest,
  type DeploymentState,
  openDeployment,
} from './deployments.ts';
export {
  dispatchEvent,
  dispatchWorkflow,
  type WorkflowDispatch,
  type WorkflowDispatched,
  wasRefused,
} from './dispatch.ts';
export { describeFailure, type Failure, type FailureKind } from './failure.ts';
export type { Memory } from './memory.ts';
export { proxyFetch } from './proxy.ts';
export {
  type PublishDeps,
  type Published,
  type PublishRequest,
  publish,
  type ReportLinks,
} from './publish.ts';
export {
  type FoundIssues,
  type IssueText,
  issueBodyLimit,
  type RepositoryPlace,
  type RollingIssue,
  type RollingIssueKey,
  type RollingIssues,
  rollingIssues,
} from './rolling-issue.ts';
export { type CommentMode, commentMarker } from './sticky-comment.ts';
export {
  appendSummary,
  maskSecret,
  type SummaryOutcome,
  type WorkflowFiles,
  writeOutputs,
} from './workflow-files.ts';
