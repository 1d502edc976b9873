/**
 * For tests: expressions that are right, from the documentation of Prometheus, the Site Reliability Workbook, and what
 * monitoring mixins do.
 */

import { contractFrom } from './index.ts';

export const wellKnown = [
  // Querying: examples, basics, operators, functions.
  'http_requests{job="apiserver", handler="/api/comments"}',
  'rate(http_requests_total[5m])',
  'sum by (job) (rate(http_requests_total[5m]))',
  'rate(http_requests_total[5m])[30m:1m]',
  'max_over_time(deriv(rate(distance_covered_total[5s])[30s:5s])[10m:])',
  '(instance_memory_limit_bytes - instance_memory_usage_bytes) / 1024 / 1024',
  'sum by (app, proc) (instance_memory_limit_bytes - instance_memory_usage_bytes) / 1024 / 1024',
  'topk(3, sum by (app, proc) (rate(instance_cpu_time_ns[5m])))',
  'count by (app) (instance_cpu_time_ns)',
  'http_requests{environment=~"staging|testing|development", method!="GET"}',
  'http_requests_total{job="prometheus"}[5m]',
  'sum(rate(http_requests_total[5m] offset 1w))',
  'rate(http_requests_total[5m] @ 1609746000)',
  'method_code:http_errors:rate5m{code="500"} / ignoring(code) method:http_requests:rate5m',
  'method_code:http_errors:rate5m / ignoring(code) group_left method:http_requests:rate5m',
  'sum without (instance) (rate(http_requests_total[5m]))',
  'count_values("version", build_version)',
  'limit_ratio(0.1, http_requests)',
  'absent(nonexistent{job="myjob", instance=~".*"})',
  'absent_over_time(sum(nonexistent{job="myjob"})[1h:])',
  'delta(cpu_temp_celsius{host="zeus"}[2h])',
  'histogram_quantile(0.9, sum by (job, le) (rate(http_request_duration_seconds_bucket[10m])))',
  'histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[10m]))',
  'histogram_quantile(0.9, sum by (job) (rate(http_request_duration_seconds[10m])))',
  'histogram_fraction(0, 0.2, rate(http_request_duration_seconds[1h]))',
  'label_join(up{job="api-server", src1="a"}, "foo", ",", "src1", "src2", "src3")',
  'label_replace(up{job="api-server", service="a:c"}, "foo", "$1", "service", "(.*):.*")',
  'rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])',
  // Histograms and summaries: the share within a target, Apdex.
  `sum by (job) (rate(http_request_duration_seconds_bucket{le="0.3"}[5m]))
     / sum by (job) (rate(http_request_duration_seconds_count[5m]))`,
  `(sum by (job) (rate(http_request_duration_seconds_bucket{le="0.3"}[5m]))
     + sum by (job) (rate(http_request_duration_seconds_bucket{le="1.2"}[5m])))
     / 2 / sum by (job) (rate(http_request_duration_seconds_count[5m]))`,
  // Alerting: practices and mixins.
  'up == 0',
  'sum(up{job="node"}) / count(up{job="node"}) < 0.5',
  'predict_linear(node_filesystem_avail_bytes{mountpoint="/"}[6h], 4 * 3600) < 0',
  'time() - node_boot_time_seconds < 600',
  '100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 90',
  'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < 10',
  `kube_pod_status_phase{phase=~"Pending|Unknown"}
     * on (namespace, pod) group_left (owner_kind) topk by (namespace, pod) (1, max by (namespace, pod, owner_kind) (kube_pod_owner{owner_kind!="Job"})) > 0`,
  'increase(kube_pod_container_status_restarts_total[1h]) > 5',
  'up * on (instance, job) group_left (version) prometheus_build_info',
  'changes(process_start_time_seconds[15m]) > 2',
  'process_open_fds / process_max_fds > 0.8',
  'count(count by (version) (prometheus_build_info)) > 1',
  'rate(prometheus_notifications_dropped_total[5m]) > 0',
  'prometheus_tsdb_head_series > 1e6',
  'scalar(sum(up)) > bool 3',
  'avg_over_time(up[5m]) < 0.9 unless on (instance) maintenance == 1',
  'vector(0) or sum(rate(http_errors_total[5m]))',
  'day_of_week() > 0 < 6',
  'max by (instance) (go_gc_duration_seconds{quantile="1"})',
  'sum(ALERTS{alertstate="firing"}) by (alertname)',
  'group by (job) (http_requests_total)',
  'timestamp(http_requests_total) < time() - 300',
  '-sum(rate(node_network_transmit_bytes_total[5m]))',
  'sort_desc(sum by (instance) (irate(http_requests_total{code=~"5.."}[1m])))',
  // Multiwindow, multi-burn-rate: Site Reliability Workbook, chapter 5.
  `job:slo_errors_per_request:ratio_rate1h{job="myjob"} > (14.4 * 0.001)
     and job:slo_errors_per_request:ratio_rate5m{job="myjob"} > (14.4 * 0.001)`,
  // Grafana.
  'sum by (job) (rate(http_requests_total{job=~"$job"}[$__rate_interval]))',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  'topk($n, sum by ($by) (increase(http_requests_total[${range}])))',
  'avg_over_time(up[$__range:$__interval]) offset $shift',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  '${metric}_total{job="$job"} > $threshold',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  'sum(increase(http_requests_total[${__range_s}s]))',
  'sum(rate(http_requests_total{job="[[job]]"}[[[interval]]]))',
  'sum(rate(http_requests_total{$filters}[5m]))',
  'sum(rate(http_requests_total{job="x",$filters}[5m]))',
  'sum(rate(http_requests_total{$filters, job="x"}[5m]))',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  'sum(rate(http_requests_total{job=~${job:doublequote}, $label="a"}[5m]))',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own.
  '${aggregation}(queue_length)',
  '$aggregation by (job) (queue_length)',
  'sum($function(http_requests_total[5m])) / $scale',
  'queue_length $operator 5',
];

/** As kubernetes-mixin, node-mixin, the mixins of Prometheus and of databases have them, beside a contract that does not know them. */
export const mixins = [
  `sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Unknown|Failed"})
     * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"}))) > 0`,
  'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff", job="kube-state-metrics"}[5m]) >= 1',
  '(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)',
  `sum without (id, metrics_path, name, image, endpoint, job, node) (increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m]))
     / on (cluster, namespace, pod, container, instance) group_left ()
     sum without (id, metrics_path, name, image, endpoint, job, node) (increase(container_cpu_cfs_periods_total[5m])) > 0.25`,
  `kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03 and kubelet_volume_stats_used_bytes > 0
     unless on (cluster, namespace, persistentvolumeclaim) kube_persistentvolumeclaim_access_mode{access_mode="ReadOnlyMany"} == 1`,
  `count by (node, cluster) ((kube_pod_status_phase{phase="Running"} == 1)
     * on (instance, pod, namespace, cluster) group_left (node) topk by (instance, pod, namespace, cluster) (1, kube_pod_info))
     / max by (node, cluster) (kube_node_status_capacity{resource="pods"} != 1) > 0.95`,
  'absent(up{job="kube-scheduler"})',
  'absent(up{job="app"} == 1)',
  '1 - avg without (mode, cpu) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
  'node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 5 and node_filesystem_readonly == 0',
  'count without (cpu) (count without (mode) (node_cpu_seconds_total{mode="idle"})) > 0',
  'instance:node_cpu_utilisation:rate5m > 0.9',
  'node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate > 3',
  'vllm:num_requests_waiting > 5',
  'histogram_quantile(0.99, sum by (le, model_name) (rate(vllm:e2e_request_latency_seconds_bucket[5m])))',
  'pg_up == 0',
  'probe_success == 0',
  'probe_ssl_earliest_cert_expiry - time() < 86400 * 14',
  'redis_up == 0',
  'rate(mysql_global_status_slow_queries[5m]) > 0',
  'sum by (area) (jvm_memory_used_bytes) / sum by (area) (jvm_memory_max_bytes) > 0.9',
  'sum by (destination_service) (rate(istio_requests_total{response_code=~"5.."}[5m]))',
  'max by (gpu) (DCGM_FI_DEV_GPU_TEMP) > 90',
  'kafka_consumergroup_lag > 1000',
  'http_requests_total unless http_requests_total offset 5m',
  '(http_requests_total unless http_requests_total offset 1h) > 0',
  'http_requests_total > 0 unless http_requests_total offset 1h',
  'increase(http_requests_total[5m]) > 0 or (http_requests_total unless http_requests_total offset 5m) > 0',
  'sum by (code) (rate(http_requests_total[5m])) * on (code) group_left (runbook) max by (code, version, runbook) (app_info{version="1"})',
  'rate(http_requests_total[5m]) * on (job, instance) group_left (version) app_info',
  'count(up{job="app"} == 1) < 2',
  'count(up == 1) / count(up) < 0.5',
  '(count(up{job="app"} == 1) or vector(0)) == 0',
  'sum(up{job="app"}) == 0',
  'sum(rate(http_requests_total[5m])) == 0',
  '(sum(rate(http_requests_total{code="500"}[5m])) or vector(0)) / sum(rate(http_requests_total[5m])) > 0.01',
  '(sum by (job) (rate(http_requests_total{code="500"}[5m])) or 0 * sum by (job) (rate(http_requests_total[5m]))) / sum by (job) (rate(http_requests_total[5m]))',
  'sum by (job) (rate(http_request_duration_seconds_bucket{le=~"0.3|1.2"}[5m])) / 2 / sum by (job) (rate(http_request_duration_seconds_count[5m]))',
  'sum by (le) (increase(http_request_duration_seconds_bucket[2m]))',
  'max_over_time(cpu_temp_celsius[10s])',
];

/** Of which these can be known. */
export const rightContract = contractFrom({
  requests: { name: 'http_requests_total', type: 'counter', labels: ['code', 'method'] },
  time: { name: 'http_request_duration_seconds', type: 'histogram', labels: ['code'], buckets: [0.3, 1.2] },
  native: { name: 'rpc_duration_seconds', type: 'histogram', labels: [] },
  summary: { name: 'gc_seconds', type: 'summary', labels: [] },
  info: { name: 'app_info', type: 'gauge', labels: ['version', 'runbook', 'code'] },
  temperature: { name: 'cpu_temp_celsius', type: 'gauge', labels: ['cpu'] },
});

export const right = [
  'sum by (code) (rate(http_requests_total[5m])) / ignoring (code) group_left () sum (rate(http_requests_total[5m]))',
  'sum by (code) (rate(http_requests_total[5m])) / on () group_left () sum (rate(http_requests_total[5m]))',
  'rate(http_requests_total{code="500", method="GET"}[5m]) / on (instance, job) sum by (instance, job) (rate(http_requests_total[5m]))',
  'sum without (code, method) (rate(http_requests_total[5m])) / on (job, instance) up',
  'rate(http_request_duration_seconds_bucket{le="0.3"}[5m]) / ignoring (le) rate(http_request_duration_seconds_count[5m])',
  'histogram_quantile(0.5, sum (rate(rpc_duration_seconds[5m])))',
  'max by (job) (gc_seconds{quantile="0.99"})',
  'rate(gc_seconds_sum[5m]) / rate(gc_seconds_count[5m])',
  'up * on (job, instance) group_left (version) app_info',
  'sum by (version) (rate(http_requests_total[5m]) * on (job, instance) group_left (version) app_info)',
  'cpu_temp_celsius >= on (instance) group_left () (max by (instance) (cpu_temp_celsius offset 5m))',
  'cpu_temp_celsius - cpu_temp_celsius offset 10m',
  'label_replace(cpu_temp_celsius, "core", "$1", "cpu", "(.*)") * on (core) group_left () vector(1) or cpu_temp_celsius',
  'label_replace(up, "x", "a", "job", "k.*") == up',
  'count by (core) (count_values without (cpu) ("core", cpu_temp_celsius))',
  'sum by (namespace, pod) (rate(http_requests_total[5m]))',
  'absent(http_requests_total{code="200"}) and on (code) absent(http_requests_total{code="200", method="GET"})',
];
