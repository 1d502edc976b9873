const orders = `
          schema-path: schemas/order.schema.json
          rules: |
            row_count >= 100
            unique(order_id)
            exists(customer in data/customers.csv:id)
            holds(shipped_at >= ordered_at)
            warn: null_fraction(note) <= 10%`;

/** Copies what the gate has written, and its outputs, to where the test finds them. */
function keep(job: string): string {
  return `
        env:
          OUTPUTS: \${{ toJSON(steps.gate.outputs) }}
        run: |
          cp "\${{ steps.gate.outputs.result-path }}" "$ACT_OUTBOX/${job}.json"
          cp "\${{ steps.gate.outputs.report-path }}" "$ACT_OUTBOX/${job}.html"
          cp "\${{ steps.gate.outputs.violations-path }}" "$ACT_OUTBOX/${job}.violations.jsonl"
          cp "\${{ steps.gate.outputs.sarif-path }}" "$ACT_OUTBOX/${job}.sarif"
          cp "\${{ steps.gate.outputs.junit-path }}" "$ACT_OUTBOX/${job}.junit.xml"
          echo "$OUTPUTS" > "$ACT_OUTBOX/${job}.outputs.json"`;
}

/**
 * How a team uses the data gate: a job that passes, one that fails, one with mistakes in its inputs, and one that
 * infers a schema and judges by it.
 */
export const validateDataWorkflow = `
name: Data
on: pull_request
permissions:
  contents: read
  pull-requests: write
  checks: write
jobs:
  passing:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-data@v1
        with:
          data-path: data/orders.csv${orders}
          id: orders
      - run: |
          test "\${{ steps.gate.outputs.verdict }}" = pass
          test "\${{ steps.gate.outputs.rows }}" = 400
      - id: reader${keep('passing')}
  failing:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-data@v1
        with:
          data-path: data/export.csv${orders}
          id: export
          check-run: true
          max-annotations: 5
      - id: not-reached
        run: echo "a failed gate lets the job go on"
      - if: always()
        run: |
          test "\${{ steps.gate.outcome }}" = failure
          test "\${{ steps.gate.outputs.verdict }}" = fail
      - id: reader
        if: always()${keep('failing')}
  mistaken:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: org/action-validate-data@v1
        continue-on-error: true
        with:
          data-path: data/orders.csv
          schema-path: schemas/oder.schema.json
          max-invalid-rows: few
          mode: check
          id: mistaken
      - id: misnamed
        uses: org/action-validate-data@v1
        continue-on-error: true
        with:
          data-path: data/orders.csv
          rules: unique(oder_id)
          id: misnamed
      - id: reader
        run: |
          test "\${{ steps.gate.outcome }}" = failure
          test -z "\${{ steps.gate.outputs.verdict }}"
          test "\${{ steps.misnamed.outcome }}" = failure
          test -z "\${{ steps.misnamed.outputs.verdict }}"
          test ! -e gate-results/validate-data.json
  inferring:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: infer
        uses: org/action-validate-data@v1
        with:
          data-path: data/orders.csv
          mode: infer
          schema-path: inferred/order.schema.json
          id: inferred
          result-path: gate-results/inferred.json
      - id: gate
        uses: org/action-validate-data@v1
        with:
          data-path: data/export.csv
          schema-path: \${{ steps.infer.outputs.schema-path }}
          enforce: false
          id: by-inferred
      - run: |
          test "\${{ steps.infer.outputs.verdict }}" = pass
          test "\${{ steps.gate.outputs.verdict }}" = fail
          cp "\${{ steps.infer.outputs.schema-path }}" "$ACT_OUTBOX/inferred.schema.json"
      - id: reader${keep('inferring')}
`;
