import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type Service,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { EcsSimulator } from './index.ts';

/** The AWS SDK against a simulator, for the simulator's own tests. */
export interface TestClients {
  readonly ecs: ECSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  /** Registers the next revision of `web` with that image and rolls it out. */
  deploy(image: string, configuration?: DeploymentConfiguration): Promise<{ readonly arn: string }>;
  service(name?: string): Promise<Service>;
  serviceDeployment(arn: string): Promise<ServiceDeployment>;
}

export function clientsOf(simulator: EcsSimulator): TestClients {
  const common = {
    endpoint: simulator.url,
    region: simulator.env.AWS_REGION ?? '',
    credentials: {
      accessKeyId: simulator.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: simulator.env.AWS_SECRET_ACCESS_KEY ?? '',
    },
    maxAttempts: 1,
  };
  const ecs = new ECSClient(common);
  const service = async (name = 'web'): Promise<Service> => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: [name] }));
    const found = services?.[0];
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };
  return {
    ecs,
    cloudWatch: new CloudWatchClient(common),
    logs: new CloudWatchLogsClient(common),
    async deploy(image, configuration) {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [
            {
              name: 'app',
              image,
              logConfiguration: {
                logDriver: 'awslogs',
                options: { 'awslogs-group': '/ecs/web', 'awslogs-stream-prefix': 'ecs' },
              },
            },
          ],
        }),
      );
      const answer = await ecs.send(
        new UpdateServiceCommand({
          cluster: 'prod',
          service: 'web',
          taskDefinition: taskDefinition?.taskDefinitionArn,
          ...(configuration === undefined ? {} : { deploymentConfiguration: configuration }),
        }),
      );
      return { arn: answer.service?.currentServiceDeployment ?? '' };
    },
    service,
    async serviceDeployment(arn) {
      const { serviceDeployments } = await ecs.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
      );
      const found = serviceDeployments?.[0];
      if (found === undefined) throw new Error(`no service deployment ${arn}`);
      return found;
    },
  };
}
