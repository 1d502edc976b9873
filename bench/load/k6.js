// The same work for k6: RATE requests a second for SECONDS, whatever becomes of those before.
import http from 'k6/http';

const { URL, RATE, SECONDS, VUS } = __ENV;

export const options = {
  scenarios: {
    load: {
      executor: 'constant-arrival-rate',
      rate: Number(RATE),
      timeUnit: '1s',
      duration: `${SECONDS}s`,
      preAllocatedVUs: Number(VUS),
      maxVUs: 4 * Number(VUS),
    },
  },
  discardResponseBodies: true,
  summaryTrendStats: ['p(50)', 'p(95)', 'p(99)', 'count'],
};

export default function () {
  http.get(URL);
}

export function handleSummary({ metrics }) {
  const { http_req_duration: duration, http_req_failed: failed } = metrics;
  const { 'p(50)': p50, 'p(95)': p95, 'p(99)': p99, count } = duration.values;
  return {
    stdout: `${JSON.stringify({ requests: count, ok: count - failed.values.passes, p50, p95, p99 })}\n`,
  };
}
