/** Metrics that nobody has to declare: those of Prometheus about its targets, of the process, of Node.js, of common exporters. */

import type { ContractMetric } from './contract.ts';

const gauge = (name: string, ...labels: readonly string[]): ContractMetric => ({
  name,
  type: 'gauge',
  labels,
});
const counter = (name: string): ContractMetric => ({ name, type: 'counter', labels: [] });

const ofTargets = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
];

/** prom-client's, client_golang's and client_python's; the names are those of Prometheus' guidelines for libraries. */
const ofProcess = [
  'resident_memory_bytes',
  'virtual_memory_bytes',
  'virtual_memory_max_bytes',
  'heap_bytes',
  'open_fds',
  'max_fds',
  'start_time_seconds',
];
const processCounters = [
  'cpu_seconds_total',
  'cpu_user_seconds_total',
  'cpu_system_seconds_total',
  'network_receive_bytes_total',
  'network_transmit_bytes_total',
];

const lag = ['', '_min', '_max', '_mean', '_stddev', '_p50', '_p90', '_p99'];
/** Some are gauges though their names end in `_total`. */
const ofNode = [
  ...['heap_size_total_bytes', 'heap_size_used_bytes', 'external_memory_bytes'],
  ...['active_handles_total', 'active_requests_total', 'active_resources_total'],
];

export const wellKnownMetrics: readonly ContractMetric[] = [
  ...ofTargets.map((name) => gauge(name)),
  ...ofProcess.map((name) => gauge(`process_${name}`)),
  ...processCounters.map((name) => counter(`process_${name}`)),
  ...lag.map((suffix) => gauge(`nodejs_eventloop_lag${suffix}_seconds`)),
  ...ofNode.map((name) => gauge(`nodejs_${name}`)),
  ...['handles', 'requests', 'resources'].map((name) => gauge(`nodejs_active_${name}`, 'type')),
  ...['total', 'used', 'available'].map((name) => gauge(`nodejs_heap_space_size_${name}_bytes`, 'space')),
  gauge('nodejs_version_info', 'version', 'major', 'minor', 'patch'),
  { name: 'nodejs_gc_duration_seconds', type: 'histogram', labels: ['kind'] },
  { name: 'ALERTS', type: 'gauge', labels: ['alertname', 'alertstate'], open: true },
  { name: 'ALERTS_FOR_STATE', type: 'gauge', labels: ['alertname'], open: true },
];

/** Programs with too many metrics to list: what begins so is taken as it is, and typed by its name. */
export const wellKnownFamilies: readonly RegExp[] = [
  /^(?:prometheus|alertmanager|pushgateway|push|promhttp|net_conntrack|go|grafana|otelcol|tempo|traces|target)_/,
  /^(?:node|container|machine|cadvisor|kube|kubelet|kubeproxy|apiserver|etcd|coredns|scheduler|workqueue|rest_client)_/,
  /^(?:nginx|haproxy|traefik|istio|envoy|pilot|cert_manager|certmanager|controller_runtime|argocd|keda|karpenter|velero|vault|cilium|calico|felix)_/,
  /^(?:pg|postgres|pgbouncer|cnpg|mysql|redis|mongodb|elasticsearch|kafka|rabbitmq|zookeeper|memcached|minio|ceph|consul|nats)_/,
  /^(?:probe|blackbox|windows|snmp|smartctl|ipmi|loki|promtail|thanos|cortex|mimir|jaeger|kong|snowflake|statsd|collectd|cloudwatch|ecs)_/,
  // What the cost exporter of this platform says begins with aws_cost_, and is in its contract.
  /^aws_(?!cost_)/,
  /^(?:python|jvm|tomcat|jetty|hikaricp|logback|dotnet|aspnetcore|ruby|puma|gunicorn|uwsgi|flask|fastapi)_/,
  /^(?:DCGM_FI_|dcgm_|nv_|triton_|torchserve_|ray_|vllm:|tgi_|kserve_|knative_|activator_|autoscaler_|queue_proxy_)/,
  /^(?:airflow|celery|spark|flink|dagster|prefect|mlflow|feast)_/,
];
