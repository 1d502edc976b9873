/**
 * Metrics of services and their load balancers, each with the sets of dimensions under which it is there. A metric under any
 * other set has no data and never will: CloudWatch does not add up over dimensions.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
 */

type Sets = readonly (readonly string[])[];

const whole: Sets = [['LoadBalancer'], ['AvailabilityZone', 'LoadBalancer']];
const group: Sets = [
  ['LoadBalancer', 'TargetGroup'],
  ['AvailabilityZone', 'LoadBalancer', 'TargetGroup'],
];
const both: Sets = [...whole, ...group];
const service: Sets = [['ClusterName', 'ServiceName']];
const cluster: Sets = [['ClusterName']];
const family: Sets = [['ClusterName', 'TaskDefinitionFamily']];

export const metrics: Readonly<Record<string, Readonly<Record<string, Sets>>>> = {
  'AWS/ApplicationELB': {
    ActiveConnectionCount: whole,
    ClientTLSNegotiationErrorCount: whole,
    HTTPCode_ELB_3XX_Count: whole,
    HTTPCode_ELB_4XX_Count: whole,
    HTTPCode_ELB_500_Count: whole,
    HTTPCode_ELB_502_Count: whole,
    HTTPCode_ELB_503_Count: whole,
    HTTPCode_ELB_504_Count: whole,
    HTTPCode_ELB_5XX_Count: whole,
    HTTPCode_Target_2XX_Count: both,
    HTTPCode_Target_3XX_Count: both,
    HTTPCode_Target_4XX_Count: both,
    HTTPCode_Target_5XX_Count: both,
    HealthyHostCount: group,
    NewConnectionCount: whole,
    ProcessedBytes: whole,
    RejectedConnectionCount: whole,
    RequestCount: both,
    RequestCountPerTarget: [['TargetGroup'], ['AvailabilityZone', 'TargetGroup'], ...group],
    TargetConnectionErrorCount: both,
    TargetResponseTime: both,
    TargetTLSNegotiationErrorCount: both,
    UnHealthyHostCount: group,
    UnhealthyRoutingRequestCount: both,
  },
  'ECS/ContainerInsights': {
    CpuReserved: [...cluster, ...service, ...family],
    CpuUtilized: [...cluster, ...service, ...family],
    DeploymentCount: service,
    DesiredTaskCount: service,
    EphemeralStorageUtilized: [...cluster, ...service, ...family],
    MemoryReserved: [...cluster, ...service, ...family],
    MemoryUtilized: [...cluster, ...service, ...family],
    PendingTaskCount: service,
    RestartCount: [...cluster, ...service, ...family],
    RunningTaskCount: service,
    ServiceCount: cluster,
    TaskCount: cluster,
    TaskSetCount: service,
  },
  'AWS/ECS': {
    CPUReservation: cluster,
    CPUUtilization: [...cluster, ...service],
    MemoryReservation: cluster,
    MemoryUtilization: [...cluster, ...service],
  },
};
